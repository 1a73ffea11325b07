"""A notice that lacks something is received all the same, returned with what is missing, and completed step by step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from apiflask import APIFlask

from tests.builders import add_paper, file_report, picture
from tests.conftest import Cast
from webapp.core.audit import Actor
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import Refused
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.cases import returns
from webapp.domain.cases import service as case_verbs
from webapp.domain.claimants import rules as standings
from webapp.domain.claimants.models import Standing
from webapp.domain.claimants.service import refuse, verify
from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.service import store
from webapp.domain.intake import service as intake
from webapp.domain.reports.models import Report

MORNING = datetime(2026, 11, 23, 2, tzinfo=UTC)  # 10:00 in Shanghai


def waits_for(report: Report) -> list[str]:
    """What the report was returned for; nothing when it was not."""
    waiting = returns.open_return(report.id)
    return list(waiting.missing) if waiting else []


def supply(report: Report, **answers: object) -> list[str]:
    """The reporter adds this; what is still missing."""
    with transaction():
        return intake.supply(report, answers, Actor("reporter", report.standing.reporter_id))


def state(report: Report) -> str:
    """What the report's standing counts for now."""
    return standings.state(report.standing, now())


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({}, []),
        ({"postal_address": ""}, ["ADDRESS"]),
        ({"name": "", "work_title": ""}, ["WORK", "ID"]),
        ({"elected": ["US_DMCA"]}, []),
        ({"elected": ["US_DMCA"], "statements": ["PERJURY"], "signature": ""}, ["SIGNATURE", "AUTHORITY"]),
        ({"kind": "LIKENESS", "statements": []}, ["NOCONS"]),
        ({"kind": "DECEASED", "basis": "NR1", "proofs": {}}, ["KIN", "DEATH"]),
        ({"kind": "DECEASED", "basis": "NR1", "proofs": {"KIN": picture(1)}}, ["DEATH"]),
        ({"kind": "VOICE", "basis": "AGENT", "matters": ""}, ["POA"]),
        ({"kind": "VOICE", "basis": "AGENT", "scope": ["LIKENESS"]}, ["POA"]),
        # Never an urgent kind, a tip, or where anyone may give notice.
        ({"kind": "INTIMATE_DEEPFAKE", "statements": [], "elected": ["US_TIDA"], "signature": ""}, []),
        ({"kind": "INTIMATE_DEEPFAKE", "basis": "AGENT", "valid_to": "2020-01-01"}, []),
        ({"kind": "LIKENESS", "basis": "ANY", "statements": [], "name": ""}, []),
        ({"kind": "FABRICATION_RUMOUR", "basis": "AGENT", "matters": "", "proofs": {}}, []),
    ],
)
def test_what_a_valid_notice_lacks_is_asked_after_it_was_received(
    app: APIFlask, change: dict[str, Any], missing: list[str]
) -> None:
    """Answers → codes the notice is returned for, in the same moment."""
    receipt = file_report(**change)
    assert (list(receipt.missing), waits_for(receipt.report)) == (missing, missing)
    letters = db.session.query(Task).filter_by(topic="notice.returned").count()
    assert letters == bool(missing) and cases.case_of(receipt.report.id).state == "open"


@pytest.mark.parametrize(
    ("change", "obstacles"),
    [
        ({"kind": "DECEASED", "basis": "NR2", "statements": ["GF"]}, {"no_spouse", "no_child", "parents_dead"}),
        ({"kind": "DECEASED", "basis": "NR2", "statements": ["NO_SPOUSE", "NO_CHILD"]}, {"parents_dead"}),
        ({"kind": "VOICE", "basis": "AGENT", "valid_to": "next year"}, {"valid_to"}),
        ({"kind": "DECEASED", "basis": "HEIR"}, {"basis"}),
        ({"email": ""}, {"email"}),
        ({"kind": "LIKENESS", "anonymous": True, "email": ""}, {"email"}),
    ],
)
def test_what_cannot_be_handled_at_all_is_not_sent(app: APIFlask, change: dict[str, Any], obstacles: set[str]) -> None:
    """Another near relative declares all three; a day is a day; who cannot be anonymous leaves an address."""
    with pytest.raises(Refused) as error:
        file_report(**change)
    assert set(error.value.params["fields"]) == obstacles and db.session.query(Report).count() == 0


def test_the_cousin_declares_all_three_and_is_heard(app: APIFlask) -> None:
    """Civil Code art 994: only if there is no spouse, no child, and both parents have died. What she said is kept."""
    three = ["NO_SPOUSE", "NO_CHILD", "PARENTS_DEAD"]
    report = file_report(kind="DECEASED", basis="NR2", statements=three, prior_arrangement="unknown").report
    assert report.standing.declarations == three and report.standing.prior_arrangement == "unknown"
    assert {p.code for p in report.standing.proofs} == {"KIN", "DEATH"} and report.statements == ["GF"]


def test_an_agent_whose_authority_has_run_out_brings_a_new_one(app: APIFlask, cast: Cast) -> None:
    """Received and returned for the authority; a new paper with the old term is not enough."""
    with time_machine.travel(MORNING, tick=False):
        agent: dict[str, Any] = {"kind": "VOICE", "basis": "AGENT", "matters": "All matters", "valid_to": "2026-11-22"}
        report = file_report(**agent).report
        assert waits_for(report) == ["POA"] and state(report) == "expired"
        add_paper(report, "POA")
        assert supply(report) == ["POA"]
        assert supply(report, valid_to="2026-11-23") == []  # the last day counts whole
        assert waits_for(report) == [] and state(report) == "claimed"
        assert db.session.query(Task).filter_by(topic="notice.completed").count() == 1
        assert db.session.query(Standing).count() == 1  # nobody had checked it, so the claim was amended
        with pytest.raises(Refused, match="nothing_to_supply"):
            supply(report, valid_to="2027-11-23")
    with time_machine.travel(MORNING + timedelta(hours=14), tick=False):
        assert state(report) == "expired"


def test_words_supplied_are_kept_and_what_was_said_stays(app: APIFlask) -> None:
    """Name, address, statements; neither the complaint nor the kind can be changed that way."""
    report = file_report(name="", postal_address="", work_title="", elected=["US_DMCA"], signature="").report
    assert waits_for(report) == ["WORK", "ID", "ADDRESS", "SIGNATURE"]
    assert supply(report, work_title="Evening", wrong="Something else entirely", kind="FRAUD") == [
        "ID",
        "ADDRESS",
        "SIGNATURE",
    ]
    assert supply(report, name="Zhou Yun", postal_address="8 Lake Road", signature="Zhou Yun") == []
    assert (report.work_title, report.signature, report.kind) == ("Evening", "Zhou Yun", "COPY_IMAGE")
    assert report.wrong == "This is my painting, mirrored and recoloured."
    assert (report.standing.reporter.name, report.standing.reporter.postal_address) == ("Zhou Yun", "8 Lake Road")


def test_a_lapsed_notice_is_taken_up_again_first(app: APIFlask) -> None:
    """The same link opens it again; then what was missing can come."""
    report = file_report(postal_address="").report
    with time_machine.travel(now() + timedelta(days=11)):
        with transaction():
            assert case_verbs.lapse_returns() == 1
        with pytest.raises(Refused, match="nothing_to_supply"):
            supply(report, postal_address="8 Lake Road")
        with transaction():
            case_verbs.reopen(report, Actor("reporter", report.standing.reporter_id))
        assert intake.still_missing(report) == ["ADDRESS"]
        assert supply(report, postal_address="8 Lake Road") == []


def test_the_desk_asks_for_a_better_paper(app: APIFlask, cast: Cast) -> None:
    """What a person has seen and found wanting does not count again; the next one does."""
    report = file_report(kind="DECEASED", basis="NR1").report
    case = cases.case_of(report.id)
    with transaction():
        case_verbs.take(case.id, cast.rui)
        case_verbs.return_for_completion(report, ["KIN", "IDDOC"], "The page is not readable.", cast.rui)
    assert intake.still_missing(report) == ["KIN", "IDDOC"]
    add_paper(report, "KIN", 960)
    assert supply(report) == ["IDDOC"]
    add_paper(report, "IDDOC", 961)
    assert supply(report) == []


def test_standing_is_checked_once_and_used_again(app: APIFlask, cast: Cast) -> None:
    """A second report rests on the same row and needs no papers; when its time is over, it does again."""
    agent: dict[str, Any] = {"kind": "LIKENESS", "basis": "AGENT", "valid_to": "2026-12-31"}
    with time_machine.travel(MORNING, tick=False):
        first = file_report(**agent).report
        assert first.standing.state == "claimed"  # nobody has checked it
        with transaction():
            verify(first.standing, Actor("staff", cast.rui.id), "V2")
        assert state(first) == "verified"
        again: dict[str, Any] = {
            "standing_id": first.standing_id,
            "kind": "LIKENESS",
            "basis": "",
            "claimant_name": "",
            "proofs": {},
        }
        again |= {"statements": ["NOCONS"], "valid_to": ""}
        second = file_report(**again, content_ref="p2", name="", email="").report
        assert second.standing_id == first.standing_id and waits_for(second) == []
        assert second.standing.reporter.email == "zhou.yun@example.org"
    with time_machine.travel(datetime(2027, 1, 2, tzinfo=UTC), tick=False):
        assert state(second) == "expired"
        third = file_report(**again, content_ref="p3").report
        assert third.standing_id == first.standing_id and waits_for(third) == ["POA"]
        add_paper(third, "POA", 970)
        assert supply(third, valid_to="2027-12-31") == []
        db.session.expire_all()
        assert third.standing_id != first.standing_id and state(third) == "claimed"  # what was checked stays as it was
        assert third.standing.claimant_id == first.standing.claimant_id
        assert first.standing.state == "verified" and state(first) == "expired"


def test_outside_its_scope_a_checked_authority_does_not_reach(app: APIFlask, cast: Cast) -> None:
    """Checked for faces; a report about the voice needs its own paper."""
    first = file_report(kind="LIKENESS", basis="AGENT").report
    with transaction():
        verify(first.standing, Actor("staff", cast.rui.id), "V2", scope=["LIKENESS"])
    voice = file_report(kind="VOICE", standing_id=first.standing_id, content_ref="p2", proofs={}, valid_to="").report
    assert waits_for(voice) == ["POA"] and voice.standing_id == first.standing_id


def test_a_standing_of_another_address_is_nobodys_to_use(app: APIFlask, cast: Cast) -> None:
    """Should a face ever pass the wrong one."""
    first = file_report().report
    with pytest.raises(Refused) as error:
        file_report(standing_id=first.standing_id, email="thief@example.org")
    assert error.value.params["fields"] == {"email": "standing_of_another"}


def test_a_refused_standing_is_claimed_again_with_another_paper(app: APIFlask, cast: Cast) -> None:
    """The refusal stays in the file; the new claim is a new row."""
    report = file_report(kind="LIKENESS", basis="GUARD").report
    refused = report.standing
    case = cases.case_of(report.id)
    with transaction():
        case_verbs.take(case.id, cast.rui)
        refuse(refused, Actor("staff", cast.rui.id), "It names another child.")
        case_verbs.return_for_completion(report, ["GUARDPROOF"], "", cast.rui)
    add_paper(report, "GUARDPROOF", 980)
    assert report.standing_id != refused.id and state(report) == "claimed"
    assert supply(report) == []
    assert refused.state == "refused" and refused.refusal == "It names another child."


def test_no_media_of_a_sealed_kind_is_taken(app: APIFlask) -> None:
    """Neither before nor after sending; what an earlier choice of kind left behind is taken out."""
    with pytest.raises(Refused, match="media_not_taken"):
        file_report([picture(1)], kind="INTIMATE_DEEPFAKE")
    with transaction():
        draft, token = intake.create_draft({"kind": "LIKENESS"})
        intake.attach_file(
            draft, store().put(picture(2)), role="alleged", name="x.jpg", media_type="image/jpeg", width=1, height=1
        )
        intake.save_step(draft, {"kind": "MINOR_SEXUAL", "basis": "ANY", "address": "https://a.example/1"})
        intake.save_step(draft, {"anonymous": True})
    with transaction():
        report = intake.submit(token).report
    assert report.items == [] and all(item.dropped_at for item in db.session.query(Evidence))
    with pytest.raises(Refused, match="media_not_taken"), transaction():
        intake.add_late(
            report, store().put(picture(3)), role="reference", name="", media_type="image/jpeg", width=1, height=1
        )


def test_a_proof_says_what_it_is_to_show(app: APIFlask) -> None:
    """A known code, on a proof only; a paper for the right itself belongs to the report, not to the standing."""
    report = file_report(basis="RH", claimant_name="Zhou Studio").report
    assert {i.code for i in report.items if i.code} == {"TITLE"} and report.standing.proofs == []
    for role, code in (("proof", "NOPE"), ("proof", "GF"), ("reference", "POA")):
        with pytest.raises(Refused, match="proof_unknown"), transaction():
            intake.add_late(
                report,
                store().put(picture(4)),
                role=role,
                name="",
                media_type="image/jpeg",
                width=1,
                height=1,
                code=code,
            )


def test_an_anonymous_report_has_a_reference_and_no_address(app: APIFlask) -> None:
    """Chosen by the person, and only where the kind allows it; a name left in the draft is not kept."""
    receipt = file_report(kind="MINOR_SEXUAL", basis="ANY", anonymous=True, email="", name="Somebody")
    reporter = receipt.report.standing.reporter
    assert (reporter.name, reporter.email, reporter.email_index) == ("", "", "") and receipt.secret
    assert receipt.report.standing.claimant is None


def test_nothing_is_kept_that_was_not_asked(app: APIFlask) -> None:
    """A draft that changed its kind still holds the old answers; the report does not."""
    report = file_report(
        kind="FABRICATION_RUMOUR", basis="AGENT", loss="100", signature="Z", registry_ref="VH-1"
    ).report
    assert (report.loss, report.signature, report.registry_ref, report.work_title) == ("", "", "", "")
    assert report.standing.reporter.postal_address == "" and report.standing.matters == ""
    assert report.standing.valid_to is None and report.good_faith_at is not None  # the box was there, and ticked
