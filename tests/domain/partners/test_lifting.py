"""Measures stop: at their time, replaced by the final one, or taken back; and what another measure holds stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from tests.builders import file_report
from tests.conftest import Cast
from tests.domain.partners.conftest import choose
from tests.domain.partners.little import Little
from tests.processing import process_all
from webapp.core.audit import AuditEntry
from webapp.core.db import db, transaction
from webapp.core.errors import Refused
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions import service as deciding
from webapp.domain.partners import lifting, queries, service
from webapp.domain.partners.models import Effect, Event
from webapp.domain.staff.models import Staff

Uphold = Callable[..., str]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOURS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))


def go() -> int:
    """Run what is due, but for scans and letters."""
    return process_all("work", "capture", "hooks")


def captured(**answers: object) -> str:
    """A report whose subject the platform was asked about; gives the report's id."""
    report_id = file_report(**answers).report.id
    go()
    return report_id


def states(decision_id: str) -> list[tuple[str, str, str]]:
    """(measure, state, reason) of each measure of the decision, freshly read."""
    db.session.expire_all()
    return [(e.action.kind, e.state, e.reason) for e in queries.effects_of(decision_id)]


def overturn(report_id: str, staff_id: str, *actions: tuple[str, int | None]) -> str:
    """The case decided anew on appeal; gives the new decision's id."""
    with transaction():
        case = cases.case_of(report_id)
        earlier = decisions.verdict_of(case.id)
        assert earlier is not None
        staff = db.session.get_one(Staff, staff_id)
        return deciding.redecide(case.id, staff, choose(report_id, actions), earlier).id


def readings() -> int:
    """How many readings are still to come."""
    waiting = select(func.count()).select_from(Task).where(Task.topic == "effect.read", Task.state == "todo")
    return db.session.scalar(waiting) or 0


def hours(clock: time_machine.Coordinates) -> None:
    """The first readings: after a minute, ten, an hour."""
    for wait in HOURS:
        clock.shift(wait)
        go()


# ── at their time ────────────────────────────────────────────────────────────


def test_a_suspension_ends_at_its_time_and_the_end_is_read_back(little: Little, uphold: Uphold) -> None:
    """Three days: confirmed; the hour comes, the platform is asked to lift it, it shows; after a week nobody looks."""
    report_id = captured()
    with time_machine.travel(NOON, tick=False) as clock:
        decision_id = uphold(report_id, ("suspend", 3))
        go()
        clock.shift(timedelta(days=3) - timedelta(seconds=1))
        go()
        assert states(decision_id) == [("suspend", "confirmed", "")]
        clock.shift(1)
        go()
        assert states(decision_id) == [("suspend", "ended", "")]
        assert little.post["account"]["state"] == "active"
        (effect,) = queries.effects_of(decision_id)
        assert effect.ended_at == NOON + timedelta(days=3)
        (lifted,) = [m["data"] for m in little.told if m["data"]["kind"] == "unsuspend"]
        assert (lifted["undoes"], lifted["action_id"]) == (effect.action_id, f"{effect.action_id}:end")
        for _ in range(12):
            clock.shift(timedelta(days=1))
            go()
        assert readings() == 0
        assert little.orders == ["suspend", "unsuspend"]


def test_a_platform_that_goes_on_restricting_is_seen_and_asked_again(
    little: Little, uphold: Uphold, cast: Cast
) -> None:
    """An hour after the end it still restricts: shown like a failed measure, sent again by the desk, then ended."""
    staff_id, report_id = cast.rui.id, captured()
    with time_machine.travel(NOON, tick=False) as clock:
        decision_id = uphold(report_id, ("no_posting", 1))
        go()
        assert states(decision_id) == [("no_posting", "confirmed", "")]
        little.obeys = False
        clock.shift(timedelta(days=1))
        go()
        assert states(decision_id) == [("no_posting", "ending", "")]
        hours(clock)
        assert states(decision_id) == [("no_posting", "stuck", "not_lifted")]
        little.obeys = True
        with transaction():
            event = service.resend(queries.effects_of(decision_id)[0], db.session.get_one(Staff, staff_id))
            assert event is not None
            assert event.cause.endswith(":again:1")
        go()
        assert states(decision_id) == [("no_posting", "ended", "")]
        little.post["account"]["limits"] = ["no_posting"]
        clock.shift(timedelta(minutes=1))
        go()
        assert states(decision_id) == [("no_posting", "stuck", "restricts_again")]


def test_an_end_the_platform_could_not_be_told_of_is_the_desks(little: Little, uphold: Uphold) -> None:
    """Nothing but 503 for a night."""
    report_id = captured()
    with time_machine.travel(NOON, tick=False) as clock:
        decision_id = uphold(report_id, ("suspend", 1))
        go()
        little.hook_answers = [503] * 20
        clock.shift(timedelta(days=1))
        for _ in range(48):
            go()
            clock.shift(timedelta(minutes=15))
        assert states(decision_id) == [("suspend", "stuck", "unreachable")]


def test_the_later_of_two_suspensions_counts(little: Little, uphold: Uphold) -> None:
    """Two cases about one account: when the shorter ends nothing is lifted; when the longer ends it is."""
    little.others.add("p2")
    first = captured()
    second = captured(content_ref="p2", address="http://127.0.0.1:8001/posts/p2", email="b@example.org")
    with time_machine.travel(NOON, tick=False) as clock:
        short, long = uphold(first, ("suspend", 1)), uphold(second, ("suspend", 3))
        go()
        clock.shift(timedelta(days=1))
        go()
        assert states(short) == [("suspend", "ended", "still_held")]
        assert little.post["account"]["state"] == "suspended"
        clock.shift(timedelta(days=2))
        go()
        assert states(long) == [("suspend", "ended", "")]
        assert little.orders == ["suspend", "suspend", "unsuspend"]


def test_a_measure_the_platform_never_had_ends_without_a_message(little: Little, uphold: Uphold) -> None:
    """Refused for good when it was imposed: at its time there is nothing to lift."""
    report_id = captured()
    little.hook_answers = [422]
    with time_machine.travel(NOON, tick=False) as clock:
        decision_id = uphold(report_id, ("suspend", 1))
        go()
        assert states(decision_id) == [("suspend", "failed", "refused")]
        clock.shift(timedelta(days=1))
        go()
        assert states(decision_id) == [("suspend", "ended", "never_sent")]
    assert little.orders == []


def test_an_end_that_waits_is_dropped_when_a_new_measure_holds_the_same(little: Little, uphold: Uphold) -> None:
    """The platform is down at the end; before it is back another case suspends the account: nothing lifts that."""
    first = captured()
    little.others.add("p2")
    second = captured(content_ref="p2", address="http://127.0.0.1:8001/posts/p2", email="b@example.org")
    with time_machine.travel(NOON, tick=False) as clock:
        ended = uphold(first, ("suspend", 1))
        go()
        little.hook_answers = [503]
        clock.shift(timedelta(days=1))
        go()
        held = uphold(second, ("suspend", 3))
        go()
        hours(clock)
        assert states(ended) == [("suspend", "ended", "still_held")]
        assert states(held) == [("suspend", "confirmed", "")]
        assert "unsuspend" not in little.orders


# ── replaced ─────────────────────────────────────────────────────────────────


def test_the_final_measure_takes_the_place_of_the_provisional_one(little: Little, uphold: Uphold, hold: Uphold) -> None:
    """Hidden while it is looked at, then removed: nothing is put back in between."""
    report_id = captured()
    interim = hold(report_id, "disable")
    go()
    assert states(interim) == [("disable", "confirmed", "")]
    assert little.post["state"] == "disabled"
    final = uphold(report_id, ("remove", None))
    go()
    assert states(interim) == [("disable", "ended", "replaced")]
    assert states(final) == [("remove", "confirmed", "")]
    assert little.orders == ["disable", "remove"]


def test_a_provisional_measure_is_lifted_when_nothing_was_found(little: Little, uphold: Uphold, hold: Uphold) -> None:
    """Hidden, then decided against: the content is back, and the account is told both times."""
    report_id = captured()
    interim = hold(report_id, "disable")
    go()
    final = uphold(report_id)
    go()
    assert little.post["state"] == "live"
    assert states(interim) == [("disable", "undone", "")]
    assert states(final) == [("restore", "confirmed", "")]
    told = [m["data"]["kind"] for m in little.told if m["type"] == "notice.respondent"]
    assert told == ["interim", "decision"]


def test_a_provisional_measure_that_the_decision_leaves_out_ends_with_it(
    little: Little, uphold: Uphold, hold: Uphold
) -> None:
    """Hidden, then only labelled: visible again, with its label."""
    report_id = captured()
    hold(report_id, "disable")
    go()
    uphold(report_id, ("label_ai", None))
    go()
    assert (little.post["state"], little.post["labels"]) == ("live", ["ai_generated"])


def test_a_provisional_measure_ends_by_itself(little: Little, hold: Uphold) -> None:
    """Nobody decided in time: the content comes back at the latest moment the book allows."""
    report_id = captured()
    with time_machine.travel(NOON, tick=False) as clock:
        interim = hold(report_id, "disable")
        go()
        clock.shift(timedelta(days=11))
        go()
        assert states(interim) == [("disable", "ended", "")]
    assert little.post["state"] == "live"


# ── taken back ───────────────────────────────────────────────────────────────


def test_an_overturned_decision_is_taken_back_on_the_platform(little: Little, uphold: Uphold, cast: Cast) -> None:
    """Removed, warned and suspended; on appeal nothing was found: everything is as before, and stays unread."""
    second, report_id = cast.lan.id, captured()
    with time_machine.travel(NOON, tick=False) as clock:
        first = uphold(report_id, ("remove", None), ("warn", None), ("suspend", 3))
        go()
        appeal = overturn(report_id, second)
        go()
        assert [s for _k, s, _r in states(first)] == ["undone"] * 3
        assert {(k, s) for k, s, _r in states(appeal)} == {
            ("restore", "confirmed"),
            ("unwarn", "confirmed"),
            ("unsuspend", "confirmed"),
        }
        assert little.post["state"] == "live"
        assert (little.post["account"]["state"], little.post["account"]["warnings"]) == ("active", 0)
        undoes = {m["data"]["kind"]: m["data"].get("undoes") for m in little.told if m["type"] == "action.requested"}
        by_kind = {e.action.kind: e.action_id for e in queries.effects_of(first)}
        assert (undoes["restore"], undoes["unwarn"]) == (by_kind["remove"], by_kind["warn"])
        for _ in range(12):
            clock.shift(timedelta(days=1))
            go()
        assert readings() == 0  # not for the measures, and for a week only for what took them back
        assert [s for _k, s, _r in states(first)] == ["undone"] * 3  # the end of the suspension found nothing to do
        assert little.orders.count("unsuspend") == 1


def test_what_is_decided_again_goes_on_and_a_shorter_term_replaces_the_longer(
    little: Little, uphold: Uphold, cast: Cast
) -> None:
    """Removed and suspended for three days; on appeal removed and one day: the content is not touched."""
    second, report_id = cast.lan.id, captured()
    with time_machine.travel(NOON, tick=False) as clock:
        first = uphold(report_id, ("remove", None), ("suspend", 3))
        go()
        appeal = overturn(report_id, second, ("remove", None), ("suspend", 1))
        go()
        assert states(first) == [("remove", "confirmed", ""), ("suspend", "undone", "")]
        assert sorted(states(appeal)) == [("suspend", "confirmed", ""), ("unsuspend", "ended", "still_held")]
        assert little.orders == ["remove", "suspend", "suspend"]
        replaces = [m["data"].get("replaces") for m in little.told if m["data"]["kind"] == "suspend"]
        assert replaces == [None, queries.effects_of(first)[1].action_id]
        clock.shift(timedelta(days=1))
        go()
        assert little.post["account"]["state"] == "active"
        assert ("suspend", "ended", "") in states(appeal)


def test_one_of_two_removals_taken_back_leaves_the_other(little: Little, uphold: Uphold, cast: Cast) -> None:
    """Two cases about one item removed it; one is overturned: it stays removed until the other is, too."""
    second, report_id = cast.lan.id, captured()
    first = uphold(report_id, ("remove", None))
    go()
    again = captured(email="b@example.org")
    other = uphold(again, ("remove", None))
    go()
    appeal = overturn(report_id, second)
    go()
    assert states(appeal) == [("restore", "ended", "still_held")]
    assert states(first) == [("remove", "undone", "")]
    assert little.post["state"] == "removed"
    last = overturn(again, second)
    go()
    assert (states(other), states(last)) == ([("remove", "undone", "")], [("restore", "confirmed", "")])
    assert little.post["state"] == "live"


def test_of_two_warnings_the_overturned_one_is_taken_back(little: Little, uphold: Uphold, cast: Cast) -> None:
    """Warnings are counted: the other one stays, and the reading knows."""
    second, report_id = cast.lan.id, captured()
    uphold(report_id, ("remove", None), ("warn", None))
    go()
    again = captured(email="b@example.org")
    other = uphold(again, ("label_ai", None), ("warn", None))
    go()
    assert little.post["account"]["warnings"] == 2
    appeal = overturn(report_id, second)
    go()
    assert ("unwarn", "confirmed", "") in states(appeal)
    assert ("warn", "confirmed", "") in states(other)
    assert little.post["account"]["warnings"] == 1


def test_taking_back_what_is_still_on_its_way_sends_no_measure_late(little: Little, uphold: Uphold, cast: Cast) -> None:
    """The platform was down; before it was told of the removal the appeal was decided: only the inverse goes out."""
    second, report_id = cast.lan.id, captured()
    with time_machine.travel(NOON, tick=False) as clock:
        little.hook_answers = [503, 200]
        first = uphold(report_id, ("remove", None))
        go()
        appeal = overturn(report_id, second)
        go()
        hours(clock)
        assert little.orders == ["restore"]
        assert (states(first), states(appeal)) == ([("remove", "undone", "")], [("restore", "confirmed", "")])


def test_a_platform_that_does_not_put_it_back_is_the_desks_and_the_measure_is_not_sent_again(
    little: Little, uphold: Uphold, cast: Cast
) -> None:
    """The inverse fails after an hour and can be sent again; the measure itself cannot."""
    staff_id, second, report_id = cast.rui.id, cast.lan.id, captured()
    with time_machine.travel(NOON, tick=False) as clock:
        first = uphold(report_id, ("remove", None))
        go()
        little.obeys = False
        appeal = overturn(report_id, second)
        go()
        hours(clock)
        assert (states(first), states(appeal)) == (
            [("remove", "confirmed", "")],
            [("restore", "failed", "not_shown")],
        )
        with pytest.raises(Refused), transaction():
            service.resend(queries.effects_of(first)[0], db.session.get_one(Staff, staff_id))
        little.obeys = True
        with transaction():
            service.resend(queries.effects_of(appeal)[0], db.session.get_one(Staff, staff_id))
        go()
        assert (states(first), states(appeal)) == ([("remove", "undone", "")], [("restore", "confirmed", "")])


def test_restored_after_the_waiting_time(little: Little, uphold: Uphold) -> None:
    """Nobody went to court: the content is back, the account hears of it, the same message is never made twice."""
    report_id = captured()
    uphold(report_id, ("remove", None))
    go()
    with transaction():
        case = cases.case_of(report_id)
        verdict = decisions.verdict_of(case.id)
        assert verdict is not None
        restored = deciding.restore(case.id, verdict, "elapsed", None).id
    go()
    assert little.post["state"] == "live"
    assert states(restored) == [("restore", "confirmed", "")]
    assert [m["data"]["kind"] for m in little.told if m["type"] == "notice.respondent"] == ["decision", "restored"]
    events = db.session.scalar(select(func.count()).select_from(Event))
    with transaction():
        service.fan_out(decisions.get(restored))
        lifting.end(queries.effects_of(restored)[0])
    assert db.session.scalar(select(func.count()).select_from(Event)) == events


def test_every_step_of_a_measure_leaves_its_line(little: Little, uphold: Uphold, cast: Cast) -> None:
    """Who, what and why, from sending to taking back."""
    second, report_id = cast.lan.id, captured()
    first = uphold(report_id, ("remove", None))
    go()
    overturn(report_id, second)
    go()
    (effect,) = queries.effects_of(first)
    lines = select(AuditEntry.verb).where(AuditEntry.object_id == effect.action_id).order_by(AuditEntry.id)
    assert list(db.session.scalars(lines)) == ["effect.deliver", "effect.confirm", "effect.undo"]
    assert db.session.get_one(Effect, effect.action_id).ended_at is not None


def test_the_end_of_a_suspension_does_not_open_a_closed_account(little: Little, uphold: Uphold) -> None:
    """Suspended by one case, closed by another: when the suspension is over nothing is sent."""
    little.others.add("p2")
    first = captured()
    second = captured(content_ref="p2", address="http://127.0.0.1:8001/posts/p2", email="b@example.org")
    with time_machine.travel(NOON, tick=False) as clock:
        short, closed = uphold(first, ("suspend", 3)), uphold(second, ("close", None))
        go()
        clock.shift(timedelta(days=3))
        go()
        assert states(short) == [("suspend", "ended", "still_held")]
        assert states(closed) == [("close", "confirmed", "")]
        assert little.orders == ["suspend", "close"] and little.post["account"]["state"] == "closed"
