"""What becomes of decisions and of background work, who did what, and who works here."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.builders import rearm, unguard
from tests.conftest import Cast
from tests.desk.conftest import Browser, choice, fresh, matched_case
from webapp.core import outbox
from webapp.core.audit import Actor, AuditEntry
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.decisions.models import Decision
from webapp.domain.partners import service as partners
from webapp.domain.partners.models import Effect
from webapp.domain.reports import queries as reports
from webapp.domain.staff import queries as staff


def decided(rui: Browser) -> Decision:
    case = matched_case()
    rui.post(f"/desk/case/{case.reference}/take")
    rui.post(f"/desk/case/{case.reference}/decide", data=choice(case))
    assert fresh(case).state == "decided"
    decision = db.session.scalar(select(Decision))
    assert decision is not None
    return decision


def connect() -> None:
    with transaction():
        partners.connect(
            "demo",
            name="Lumo",
            api_url="http://127.0.0.1:9/api",
            hook_url="http://127.0.0.1:9/hooks",
            hook_secret="whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0",
            api_token="token",
            inbound_token="",
        )


def test_a_measure_that_could_not_be_sent_says_why_and_can_be_sent_again(at_desk: Callable[[str], Browser]) -> None:
    rui = at_desk("rui")
    decision = decided(rui)
    with transaction():
        partners.fan_out(db.session.get_one(Decision, decision.id))
    page = rui.get("/desk/actions").text
    assert "Did not take effect" in page
    assert "The content is on a platform that is not connected." in page
    connect()
    action_id = db.session.scalars(select(Effect.action_id)).one()
    assert rui.post(f"/desk/actions/{action_id}/resend").status_code == 302
    page = rui.get("/desk/actions").text
    assert "Not sent yet" in page


def test_every_try_and_drift_are_shown(at_desk: Callable[[str], Browser]) -> None:
    rui = at_desk("rui")
    connect()
    decision_id = decided(rui).id
    with transaction():
        (effect,) = partners.fan_out(db.session.get_one(Decision, decision_id))
        assert effect.event is not None
        partners.record_attempt(effect.event, 503, "", 40)
        partners.record_attempt(effect.event, 204, "", 12)
        partners.delivered(effect.event)
        effect.state, effect.confirmed_at = "drifted", decided_at(decision_id)
    page = rui.get("/desk/actions?state=drifted").text
    assert "No longer holds" in page
    assert "503" in page
    assert "204" in page
    assert "Send again" in page
    rui.post(f"/desk/actions/{effect.action_id}/resend")
    again = rui.get("/desk/actions").text
    assert "Not sent yet" in again
    assert "503" in again and "204" in again, "earlier tries stay"
    assert "No measure here." in rui.get("/desk/actions?state=confirmed").text


def decided_at(decision_id: str) -> object:
    return db.session.get_one(Decision, decision_id).decided_at


def test_a_parked_task_is_shown_and_starts_again(at_desk: Callable[[str], Browser]) -> None:
    with transaction():
        task = outbox.post("evidence.kept", evidence_id="x")
        task.state, task.last_error, task.attempts = "dead", "OSError: disk full", 6
        task_id = task.id
    lan = at_desk("lan")
    assert "OSError: disk full" in lan.get("/desk/tasks").text
    assert lan.post(f"/desk/tasks/{task_id}/retry").status_code == 302
    db.session.rollback()
    again = db.session.get_one(Task, task_id)
    assert (again.state, again.attempts) == ("todo", 0)
    assert lan.post(f"/desk/tasks/{task_id}/retry").status_code == 404


def test_the_log_tells_who_did_what_and_can_be_narrowed(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    rui = at_desk("rui")
    decision = decided(rui)
    reference = decision.case.reference
    lan = at_desk("lan")
    page = lan.get("/desk/audit").text
    assert "Violation found · Remove the content" in page
    about = lan.get(f"/desk/audit?about={reference}").text
    assert "Took the case" in about
    assert "Signed in" not in about.split("<tbody>")[1]
    by_lan = lan.get(f"/desk/audit?who={cast.lan.id}").text.split("<tbody>")[1]
    assert "Signed in" in by_lan
    assert "Took the case" not in by_lan


def test_the_chain_is_checked_and_a_changed_entry_is_found(at_desk: Callable[[str], Browser]) -> None:
    lan = at_desk("lan")
    matched_case()
    lan.post("/desk/audit/verify")
    assert "The chain is whole" in lan.get("/desk/audit").text
    unguard("audit_entry")
    with transaction():
        db.session.execute(db.text("UPDATE audit_entry SET actor_id = 'somebody else' WHERE id = 2"))
    lan.post("/desk/audit/verify")
    assert "The chain is broken at entry 2." in lan.get("/desk/audit").text
    rearm("audit_entry")


def test_an_administrator_lets_somebody_in_who_can_then_sign_in(
    at_desk: Callable[[str], Browser], stranger: Browser
) -> None:
    ada = at_desk("ada")
    person = {
        "name": "Bo",
        "email": "Bo@desk.example",
        "role": "reviewer",
        "language": "en",
        "password": "a long enough phrase",
    }
    assert ada.post("/desk/staff", data=person).status_code == 302
    assert stranger.sign_in("bo", "a long enough phrase").status_code == 302
    again = ada.post("/desk/staff", data=person)
    assert again.status_code == 422
    assert "already there" in again.text
    assert 'value="Bo@desk.example"' in again.text
    assert "a long enough phrase" not in again.text


@pytest.mark.parametrize(
    ("password", "sentence"), [("short", "at least 12 characters"), ("x" * 300, "at most 256 characters")]
)
def test_passwords_are_judged_by_length(at_desk: Callable[[str], Browser], password: str, sentence: str) -> None:
    form = {"name": "Bo", "email": "bo@desk.example", "role": "lead", "password": password}
    answer = at_desk("ada").post("/desk/staff", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_roles_sessions_and_doors(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    ada, rui = at_desk("ada"), at_desk("rui")
    ada.post(f"/desk/staff/{cast.rui.id}/role", data={"role": "lead"})
    assert rui.get("/desk/audit").status_code == 200
    ada.post(f"/desk/staff/{cast.rui.id}/revoke")
    assert rui.get("/desk/").status_code == 302
    ada.post(f"/desk/staff/{cast.rui.id}/deactivate")
    assert rui.sign_in("rui").status_code == 401
    ada.post(f"/desk/staff/{cast.rui.id}/activate")
    assert rui.sign_in("rui").status_code == 302
    db.session.rollback()
    verbs = list(db.session.scalars(select(AuditEntry.verb).where(AuditEntry.object_id == cast.rui.id)))
    assert [v for v in verbs if v != "staff.sign_in"] == [
        "staff.role",
        "staff.revoke",
        "staff.deactivate",
        "staff.sign_in_failed",
        "staff.activate",
    ]


def test_nobody_changes_their_own_role_or_shuts_themselves_out(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    ada = at_desk("ada")
    assert ada.post(f"/desk/staff/{cast.ada.id}/role", data={"role": "reviewer"}).status_code == 409
    assert ada.post(f"/desk/staff/{cast.ada.id}/deactivate").status_code == 409
    db.session.rollback()
    assert staff.get(cast.ada.id).role == "admin"


def test_what_people_write_after_the_decision_is_still_seen(at_desk: Callable[[str], Browser]) -> None:
    """A decided case is in no queue; the letters of both sides say that one may write back."""
    rui = at_desk("rui")
    case = matched_case()
    report = cases.active_reports(case.id)[0]
    with transaction():
        case_verbs.answer(report, "One thing I forgot.", Actor("reporter", "r"))
    rui.post(f"/desk/case/{case.reference}/take")
    rui.post(f"/desk/case/{case.reference}/decide", data=choice(fresh(case)))
    assert "Nobody has written after a decision." in rui.get("/desk/messages").text
    with transaction():
        case_verbs.answer(reports.get(report.id), "He published it again elsewhere.", Actor("reporter", "r"))
        case_verbs.answer_respondent(cases.get(case.id), "I have the negatives.", Actor("respondent", ""))
    page = rui.get("/desk/messages").text
    assert "He published it again elsewhere." in page and "I have the negatives." in page
    assert "One thing I forgot." not in page
    assert f"/desk/case/{case.reference}" in page
    assert "not dealt with" in page, "the number stands in the navigation"
    message = cases.written_after_decision()[0].id
    assert rui.post(f"/desk/messages/{message}/handled").status_code == 302
    db.session.rollback()
    assert len(cases.written_after_decision()) == 1
    done = rui.get("/desk/messages?show=done").text
    assert "Dealt with by" in done and "Rui" in done
