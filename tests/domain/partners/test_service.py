"""A decision takes effect on a real platform: captured, sent, tried again, read back, drifted, sent again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.builders import evidence_of, file_report, picture
from tests.conftest import Cast
from tests.domain.partners.little import Little
from tests.processing import process_all
from webapp.core import outbox
from webapp.core.audit import Actor, AuditEntry
from webapp.core.db import db, transaction
from webapp.core.errors import Refused
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.cases.service import take, withdraw
from webapp.domain.decisions.rules import Choice
from webapp.domain.decisions.service import decide
from webapp.domain.evidence.models import Custody, Evidence
from webapp.domain.partners import queries, service
from webapp.domain.partners.models import Effect, Event, Platform
from webapp.domain.reports.models import Report, Respondent, Subject
from webapp.domain.staff.models import Staff

Uphold = Callable[..., str]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def go() -> int:
    """Run what is due, but for scans and letters."""
    return process_all("work", "capture", "hooks")


def captured(**answers: object) -> str:
    """A report whose subject the platform was asked about; gives the report's id."""
    report_id = file_report(**answers).report.id
    go()
    return report_id


def only(decision_id: str) -> Effect:
    """The decision's one effect, freshly read."""
    db.session.expire_all()
    (effect,) = queries.effects_of(decision_id)
    return effect


def platforms(report_id: str) -> list[Evidence]:
    """The report's items that came from the platform."""
    items = [i.evidence for i in db.session.get_one(Report, report_id).items]
    return [item for item in items if item.source == "platform"]


def in_state(state: str) -> list[str]:
    """The measures in this state."""
    return list(db.session.scalars(select(Effect.action_id).where(Effect.state == state)))


def subject_of(report_id: str) -> Subject:
    """The report's subject, freshly read."""
    db.session.expire_all()
    return db.session.get_one(Report, report_id).subject


def rui() -> Staff:
    """The reviewer, freshly read."""
    return db.session.scalars(select(Staff).where(Staff.email == "rui@desk.example")).one()


# ── capture ──────────────────────────────────────────────────────────────────


def test_a_new_report_captures_what_the_platform_shows(little: Little) -> None:
    """Title, account, and a copy of the picture, which becomes part of the report with its custody written down."""
    report_id = captured()
    subject = subject_of(report_id)
    assert (subject.title, subject.capture) == ("River at dusk", "found")
    account = subject.respondent
    assert account is not None
    assert (account.account_ref, account.handle, account.email, account.language) == (
        "a1",
        "@copycat",
        "cat@little.example",
        "en",
    )
    (item,) = platforms(report_id)
    assert (item.role, item.source, item.media_type, item.width) == ("alleged", "platform", "image/jpeg", 480)
    acts = {c.act: c.facts for c in db.session.scalars(select(Custody).where(Custody.evidence_id == item.id))}
    assert acts["captured"] == {"url": f"{little.url}/media/m1", "platform_hash_agrees": True}


def test_the_same_bytes_are_kept_once_and_go_to_every_live_report(little: Little) -> None:
    """A second reporter gets the copy too; one who took the report back before does not; a changed picture is new."""
    first, gone = file_report().report.id, file_report(email="b@example.org").report.id
    with transaction():
        withdraw(db.session.get_one(Report, gone), Actor("reporter", "r"))
    second = captured(email="c@example.org")
    db.session.expire_all()
    item = {r: [e.id for e in platforms(r)] for r in (first, second, gone)}
    assert item[first] == item[second]
    assert len(item[first]) == 1
    assert item[gone] == []
    little.media["/media/m1"] = picture(9)
    captured(email="d@example.org")
    assert db.session.scalar(select(func.count()).select_from(Evidence).where(Evidence.source == "platform")) == 2
    assert db.session.scalar(select(func.count()).select_from(Respondent)) == 1


def test_what_may_not_be_kept_is_left_out_and_the_rest_is_kept(little: Little) -> None:
    """A script and a file elsewhere are refused; the capture still counts and says so in the audit log."""
    little.raw["/media/s"] = (200, {}, b"<script>alert(1)</script>")
    little.post["media"] += [{"url": "/media/s"}, {"url": "http://evil.example/m"}]
    report_id = captured()
    assert len(platforms(report_id)) == 1
    facts = db.session.scalar(select(AuditEntry.facts).where(AuditEntry.verb == "subject.capture"))
    assert facts is not None
    assert facts["refused"] == [{"code": "html_or_script"}, {"code": "other_host"}]


@pytest.mark.parametrize(
    ("answers", "status", "capture"),
    [
        ({"content_ref": "p404"}, 200, "missing"),
        ({"platform": "", "content_ref": ""}, 200, "unknown_platform"),
        ({"platform": "elsewhere"}, 200, "unknown_platform"),
        ({}, 500, "unreachable"),
    ],
)
def test_what_could_not_be_captured_is_said(
    little: Little, answers: dict[str, object], status: int, capture: str
) -> None:
    """The report stands all the same; only an unreachable platform is asked again."""
    if status != 200:
        little.raw["/content/p1"] = (status, {}, b"")
    report_id = captured(**answers)
    assert subject_of(report_id).capture == capture
    open_tasks = db.session.scalars(select(Task).where(Task.topic == "subject.opened", Task.state == "todo")).all()
    assert len(open_tasks) == (1 if capture == "unreachable" else 0)
    if capture == "unreachable":
        little.raw.clear()
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
            go()
        assert subject_of(report_id).capture == "found"


# ── taking effect ────────────────────────────────────────────────────────────


def test_every_measure_is_sent_signed_once_and_read_back(little: Little, uphold: Uphold) -> None:
    """Label, warn and suspend: each its own event, carried out, confirmed; the account gets a notice with its link."""
    decision_id = uphold(captured(), ("label_ai", None), ("warn", None), ("suspend", 7))
    go()
    effects = queries.effects_of(decision_id)
    assert [(e.action.kind, e.state) for e in effects] == [
        ("label_ai", "confirmed"),
        ("warn", "confirmed"),
        ("suspend", "confirmed"),
    ]
    assert effects[2].seen == {"account.state": "suspended", "state": "live"}  # nothing else of the account is kept
    asked = [m["data"] for m in little.told if m["type"] == "action.requested"]
    assert [(d["kind"], d["content_id"], d["account_id"], d["days"], d["reason_code"]) for d in asked] == [
        ("label_ai", "p1", "a1", None, "COPY_IMAGE"),
        ("warn", "p1", "a1", None, "COPY_IMAGE"),
        ("suspend", "p1", "a1", 7, "COPY_IMAGE"),
    ]
    assert little.post["account"]["suspended_until"] == asked[2]["ends_at"]
    (notice,) = [m["data"] for m in little.told if m["type"] == "notice.respondent"]
    assert (notice["account_id"], notice["language"]) == ("a1", "en")
    assert notice["url"].startswith("http://localhost/respond/C-")
    with transaction():
        service.fan_out(effects[0].action.decision)
    assert db.session.scalar(select(func.count()).select_from(Event)) == 4


def test_no_violation_sends_nothing(little: Little, cast: Cast) -> None:
    """A rejected report leaves the platform and the account alone."""
    report_id = captured()
    with transaction():
        staff = rui()
        case = cases.case_of(report_id)
        take(case.id, staff)
        decide(case.id, staff, case.version, Choice({report_id: "not_supported"}, "", [("no_violation", None)], "No."))
    go()
    assert little.told == []
    assert db.session.scalar(select(func.count()).select_from(Event)) == 0


def test_a_stumbling_platform_is_tried_again_with_the_same_message(little: Little, uphold: Uphold) -> None:
    """503, then 429, then taken: three attempts written down, one webhook-id, done once."""
    report_id = captured()
    little.hook_answers = [503, 200, 429]  # the notice is the second message of the first round
    with time_machine.travel(NOON, tick=False) as clock:
        decision_id = uphold(report_id, ("remove", None))
        for seconds in (0, 3, 20):
            clock.shift(seconds)
            go()
        effect = only(decision_id)
        assert effect.state == "confirmed"
        assert [a.status for a in queries.tries_of([effect.action_id])[effect.action_id]] == [503, 429, 200]
    assert little.seen_ids.count(effect.event_id) == 3
    assert [m["type"] for m in little.told].count("action.requested") == 1


def test_a_refusal_is_final_and_the_desk_can_ask_again(little: Little, uphold: Uphold) -> None:
    """422 parks the delivery at once; the button makes a new event under the next cause, which works."""
    report_id = captured()
    little.hook_answers = [422]
    decision_id = uphold(report_id, ("remove", None))
    go()
    effect = only(decision_id)
    assert (effect.state, effect.reason) == ("failed", "refused")
    assert in_state("failed") == [effect.action_id]
    with transaction():
        event = service.resend(queries.effect(effect.action_id), rui())
    assert event is not None
    assert event.cause == f"action:{effect.action_id}:again:1"
    go()
    assert only(decision_id).state == "confirmed"
    with pytest.raises(Refused), transaction():
        service.resend(queries.effects_of(decision_id)[0], rui())


def test_a_platform_that_is_gone_is_given_up_after_a_night(little: Little, uphold: Uphold) -> None:
    """Nine tries in nine hours, then it is the desk's; nothing hammers on."""
    report_id = captured()
    little.hook_answers = [503] * 40
    with time_machine.travel(NOON, tick=False) as clock:
        decision_id = uphold(report_id, ("remove", None))
        for _ in range(60):
            go()
            clock.shift(timedelta(minutes=15))
    effect = only(decision_id)
    assert (effect.state, effect.reason) == ("failed", "unreachable")
    assert len(queries.tries_of([effect.action_id])[effect.action_id]) == 9
    (notice,) = queries.undelivered_notices()
    notice_id, told = notice.id, notice.data["kind"]
    assert told == "decision"
    little.hook_answers = []
    with transaction():
        service.resend_notice(queries.event(notice_id), rui())
    go()
    assert queries.undelivered_notices() == []
    with pytest.raises(Refused), transaction():
        service.resend_notice(queries.event(notice_id), rui())


def test_where_nobody_can_be_asked_the_effect_says_why(app: APIFlask, uphold: Uphold) -> None:
    """No platform connected: failed at once with the reason; asking again after connecting works."""
    decision_id = uphold(file_report().report.id, ("remove", None), ("warn", None))
    go()
    assert [(e.state, e.reason) for e in queries.effects_of(decision_id)] == [("failed", "unknown_platform")] * 2
    little = Little()
    try:
        little.connect()
        with transaction():
            for effect in queries.effects_of(decision_id):
                service.resend(effect, rui())
        go()
        states = [(e.state, e.reason) for e in queries.effects_of(decision_id)]
        assert states == [("confirmed", ""), ("failed", "unknown_account")]
    finally:
        little.stop()


# ── holding ──────────────────────────────────────────────────────────────────


def test_what_comes_back_to_life_is_seen_the_next_day_and_sent_again(little: Little, uphold: Uphold) -> None:
    """Confirmed; the item is live again; the daily reading notices, says so, and the desk sends it once more."""
    report_id = captured()
    with time_machine.travel(NOON, tick=False) as clock:
        decision_id = uphold(report_id, ("remove", None))
        go()
        for wait in (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1)):
            clock.shift(wait)
            go()
        assert only(decision_id).state == "confirmed"
        little.post["state"] = "live"
        clock.shift(timedelta(hours=23))
        go()
        assert only(decision_id).state == "confirmed"  # not yet read
        clock.shift(timedelta(hours=1))
        go()
        effect = only(decision_id)
        assert (effect.state, effect.seen["state"]) == ("drifted", "live")
        assert in_state("drifted") == [effect.action_id]
        drifts = select(func.count()).select_from(AuditEntry).where(AuditEntry.verb == "effect.drift")
        assert db.session.scalar(drifts) == 1
        with transaction():
            service.resend(queries.effect(effect.action_id), rui())
        go()
        assert only(decision_id).state == "confirmed"
        assert little.post["state"] == "removed"
        clock.shift(timedelta(days=1))
        go()
    readings = db.session.scalars(select(Task).where(Task.topic == "effect.read", Task.state == "todo")).all()
    assert len(readings) == 1  # the readings of the first event ended when the second took its place


def test_taking_a_message_is_not_doing_it(little: Little, uphold: Uphold) -> None:
    """A platform that says 200 and does nothing has failed after an hour, and is confirmed if it does it later."""
    report_id = captured()
    little.obeys = False
    with time_machine.travel(NOON, tick=False) as clock:
        decision_id = uphold(report_id, ("label_ai", None))
        go()
        assert only(decision_id).state == "sent"
        for wait in (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1)):
            clock.shift(wait)
            go()
        assert (only(decision_id).state, only(decision_id).reason) == ("failed", "not_shown")
        little.post["labels"] = ["ai_generated"]
        clock.shift(timedelta(days=1))
        go()
        assert (only(decision_id).state, only(decision_id).reason) == ("confirmed", "")


def test_silence_of_the_platform_says_nothing_of_the_measure(little: Little, uphold: Uphold) -> None:
    """Unreachable at the daily reading: still confirmed, read again the next day."""
    report_id = captured()
    with time_machine.travel(NOON, tick=False) as clock:
        decision_id = uphold(report_id, ("remove", None))
        go()
        little.raw["/content/p1"] = (503, {}, b"")
        clock.shift(timedelta(minutes=1))
        go()
        effect = only(decision_id)
        assert (effect.state, effect.read_at) == ("confirmed", NOON)
        little.raw.clear()
        clock.shift(timedelta(minutes=10))
        go()
        assert only(decision_id).read_at == NOON + timedelta(minutes=11)


# ── telling ──────────────────────────────────────────────────────────────────


def test_the_account_is_told_of_a_forwarded_notice_once(little: Little, cast: Cast) -> None:
    """The platform passes it on with the link; a repeat makes no second message."""
    report_id = captured()
    for _ in range(2):
        with transaction():
            outbox.post("notice.forwarded", report_id=report_id)
        go()
    (told,) = [m["data"] for m in little.told if m["type"] == "notice.respondent"]
    assert (told["kind"], told["account_id"], told["content_id"]) == ("forwarded", "a1", "p1")


def test_a_live_stream_is_shown_its_phrase_once(little: Little) -> None:
    """One message a challenge; where no platform is connected there is nobody to ask."""
    subject_id = subject_of(captured()).id
    for _ in range(2):
        with transaction():
            service.ask_live(db.session.get_one(Subject, subject_id), "seven blue lanterns", NOON, "live:1")
    go()
    (told,) = [m["data"] for m in little.told if m["type"] == "live.challenge"]
    assert told == {
        "content_id": "p1",
        "account_id": "a1",
        "phrase": "seven blue lanterns",
        "due_at": "2026-11-22T12:00:00+00:00",
    }
    elsewhere = subject_of(captured(platform="elsewhere")).id
    with transaction():
        assert service.ask_live(db.session.get_one(Subject, elsewhere), "x", NOON, "live:2") is None
    nowhere = captured(platform="", content_ref="", email="b@example.org")
    with transaction():
        assert service.tell_respondent(cases.case_of(nowhere), "c", "cure") is None


# ── connecting ───────────────────────────────────────────────────────────────


def test_connecting_again_changes_the_row_and_keys_are_sealed(app: APIFlask, little: Little) -> None:
    """One platform a slug; its secrets are not readable in the file; its token opens our API, another does not."""
    with transaction():
        service.connect("demo", "Renamed", little.url, f"{little.url}/hooks", "whsec_" + "YWJj" * 8, "t2", "second")
    (row,) = db.session.scalars(select(Platform)).all()
    assert row.name == "Renamed"
    found = queries.by_inbound_token("second")
    assert found is not None
    assert found.slug == "demo"
    assert queries.by_inbound_token("inbound") is None
    assert queries.by_inbound_token("") is None
    raw = db.session.execute(db.text("SELECT hook_secret, api_token FROM platform")).one()
    assert b"YWJj" not in bytes(raw[0])
    assert b"t2" not in bytes(raw[1])


@pytest.mark.parametrize(
    ("hook_secret", "api_url", "code"),
    [
        ("", "http://p.example", "hook_secret_invalid"),
        ("whsec_not base64!", "http://p.example", "hook_secret_invalid"),
        ("whsec_YWJj", "ftp://p.example", "platform_address_invalid"),
        ("whsec_YWJj", "p.example", "platform_address_invalid"),
    ],
)
def test_a_wrong_secret_or_address_is_refused_when_connecting(
    app: APIFlask, hook_secret: str, api_url: str, code: str
) -> None:
    """Not at the first decision."""
    with pytest.raises(Refused) as error, transaction():
        service.connect("x", "X", api_url, "http://p.example/h", hook_secret, "t", "")
    assert error.value.code == code


def test_the_reporters_own_files_are_not_the_platforms(little: Little) -> None:
    """The same picture sent by the reporter stays hers; the platform's copy is a second item."""
    receipt = file_report([picture(1)])
    report_id, mine = receipt.report.id, evidence_of(receipt, "alleged")[0].id
    go()
    sources = {i.evidence.source for i in db.session.get_one(Report, report_id).items}
    assert sources == {"reporter", "platform"}
    assert db.session.get_one(Evidence, mine).source == "reporter"
