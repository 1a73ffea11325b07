"""Working from queues: who is offered what, passing over, moving, passing on; and what each leaves in the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask

from tests.conftest import Cast
from tests.domain.cases.notice import send
from webapp.core.audit import AuditEntry
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict, NotAllowed, Refused
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.policy.queries import book
from webapp.domain.queues import people, queries, service
from webapp.domain.reports.models import Report
from webapp.domain.staff.models import Staff
from webapp.domain.staff.service import actor
from webapp.domain.wellbeing import service as wellbeing

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def case_of(report: Report) -> Case:
    return cases.get(cases.case_of(report.id).id)


def offered(staff: Staff, queue: str = "") -> str | None:
    found = queries.next_for(staff, queue)
    return found.id if found else None


def verbs(case: Case) -> list[str]:
    rows = db.session.query(AuditEntry).filter_by(object_id=case.id).order_by(AuditEntry.id)
    return [row.verb for row in rows]


def test_a_case_finds_its_queue_and_goes_with_what_joins_it(app: APIFlask, cast: Cast) -> None:
    """A rumour waits with the rest; once somebody reports fraud about the same content it is urgent."""
    report = send("FABRICATION_RUMOUR")
    case = case_of(report)
    assert (case.queue, case.ready, dict(case.points)) == ("general", True, {"harm": 12})
    send("FRAUD", email="other@example.org")
    case = case_of(report)
    assert case.queue == "urgent"
    assert dict(case.points) == {"harm": 36, "reporters": 2}
    assert case.order_at == case.due_at  # by the clock alone


def test_more_points_come_first_and_the_place_never_changes_by_itself(app: APIFlask, cast: Cast) -> None:
    """Two cases due almost together: the one with more reporters is offered first, now and a day later."""
    with time_machine.travel(NOON, tick=False) as clock:
        one = case_of(send(content_ref="a"))
        clock.move_to(NOON + timedelta(hours=1))
        two = send(content_ref="b")
        for number in range(3):
            send(content_ref="b", email=f"r{number}@example.org")
        case = case_of(two)
        assert case.due_at > one.due_at and case.order_at < one.order_at
        assert offered(cast.rui) == case.id
        clock.move_to(NOON + timedelta(hours=30))
        assert [c.id for c in queries.page(cast.rui)] == [case.id, one.id]
        assert offered(cast.rui) == case.id


def test_membership_is_asked_when_a_case_is_taken(app: APIFlask, cast: Cast) -> None:
    """Whoever lost the training in between is refused, whatever their list showed; the others are not."""
    case = case_of(send("INTIMATE_DEEPFAKE"))
    assert offered(cast.rui) == case.id
    with transaction():
        people.train(cast.rui, ["minors"], ["zh"], actor(cast.ada))
    assert offered(cast.rui) is None
    assert case.id not in [c.id for c in queries.page(cast.rui)]
    with pytest.raises(NotAllowed, match="queue_skill"), transaction():
        service.take(case.id, cast.rui)
    with transaction():
        assert service.take_next(cast.rui) is None
        assert service.take(case.id, cast.mei).staff_id == cast.mei.id


@pytest.mark.parametrize(
    ("skills", "reads", "code"), [(["flying"], ["zh"], "skill_unknown"), ([], ["xx"], "reads_nothing")]
)
def test_training_is_what_the_book_knows(
    app: APIFlask, cast: Cast, skills: list[str], reads: list[str], code: str
) -> None:
    """Unknown skills, or nothing one reads, are refused."""
    with pytest.raises(Refused, match=code), transaction():
        people.train(cast.rui, skills, reads, actor(cast.ada))


def test_the_next_case_is_the_most_urgent_that_nobody_holds(app: APIFlask, cast: Cast) -> None:
    """Each gets another one; a queue of one's choice gives only its own."""
    fraud, picture, label = (
        case_of(send(kind, content_ref=kind)) for kind in ("FRAUD", "COPY_IMAGE", "AI_LABEL_MISSING")
    )
    with transaction():
        first = service.take_next(cast.rui)
    with transaction():
        second = service.take_next(cast.mei)
    with transaction():
        third = service.take_next(cast.lan, "labels")
        assert service.take_next(cast.lan, "person") is None
    assert [c and c.id for c in (first, second, third)] == [fraud.id, picture.id, label.id]
    with transaction():
        assert service.take_next(cast.ada) is None


def test_what_is_passed_over_comes_back_after_the_shift_and_to_others_at_once(app: APIFlask, cast: Cast) -> None:
    """A reason is asked; it is logged; nobody else is affected; it can be taken back."""
    with time_machine.travel(NOON, tick=False) as clock:
        case = case_of(send())
        with transaction():
            service.take(case.id, cast.rui)
        with pytest.raises(Refused, match="skip_why_missing"), transaction():
            service.skip(case.id, cast.rui, "because")
        with transaction():
            service.skip(case.id, cast.rui, "language", "It is all in French.")
        assert offered(cast.rui) is None and offered(cast.mei) == case.id
        assert cases.holder(case.id) is None
        assert verbs(case)[-2:] == ["case.release", "case.skip"]
        with transaction():
            service.unskip(case.id, cast.rui)
        assert offered(cast.rui) == case.id
        with transaction():
            service.skip(case.id, cast.rui, "other")
        clock.move_to(NOON + timedelta(hours=book().queues.shift_hours, minutes=1))
        assert offered(cast.rui) == case.id


def test_taking_it_after_all_ends_the_passing_over(app: APIFlask, cast: Cast) -> None:
    """Who changed their mind is not kept from it once they give it back."""
    case = case_of(send())
    with transaction():
        service.skip(case.id, cast.rui, "waits")
    assert queries.skipped(case.id, cast.rui.id) is not None
    with transaction():
        service.take(case.id, cast.rui)
        case_verbs.release(case.id, cast.rui)
    assert queries.skipped(case.id, cast.rui.id) is None and offered(cast.rui) == case.id


def test_a_hard_case_goes_to_those_who_know_better_and_stays_there(app: APIFlask, cast: Cast) -> None:
    """Its queue is a person's choice from then on: another report joining does not carry it off."""
    report = send()
    with transaction():
        case_id = service.take_next(cast.rui).id  # type: ignore[union-attr]  # there is one
        service.escalate(case_id, cast.rui, "I cannot tell which came first.")
    assert cases.holder(case_id) is None
    assert offered(cast.rui) is None and offered(cast.lan) == case_id
    send(email="other@example.org")
    case = case_of(report)
    assert (case.queue, case.queue_fixed) == ("seniors", True)
    told = queries.last_rerouting(case.id)
    assert told is not None and (told.staff.name, told.why) == ("Rui", "I cannot tell which came first.")
    with pytest.raises(Refused, match="nowhere_to_escalate"), transaction():
        service.escalate(case.id, cast.lan, "Still hard.")


def test_a_case_is_moved_with_a_reason_and_back(app: APIFlask, cast: Cast) -> None:
    """Moved by hand; given back to the criteria; a move taken back only while nobody moved it again."""
    case = case_of(send())
    with pytest.raises(Refused, match="reroute_why_missing"), transaction():
        service.move(case.id, "labels", cast.rui, "  ")
    with pytest.raises(Refused, match="no_such_queue"), transaction():
        service.move(case.id, "lables", cast.rui, "It is about the label.")
    with pytest.raises(Refused, match="same_queue"), transaction():
        service.move(case.id, "works", cast.rui, "It is about the label.")
    with transaction():
        first = service.move(case.id, "labels", cast.rui, "It is about the label.").id
    assert (cases.get(case.id).queue, cases.get(case.id).queue_fixed) == ("labels", True)
    with transaction():
        second = service.move(case.id, "person", cast.mei, "It is her face.").id
    with pytest.raises(Conflict, match="case_changed"), transaction():
        service.unmove(first, cast.rui)
    with transaction():
        service.unmove(second, cast.mei)
    assert (cases.get(case.id).queue, cases.get(case.id).queue_fixed) == ("labels", True)
    with transaction():
        service.move(case.id, "", cast.mei, "The criteria are right.")
    assert (cases.get(case.id).queue, cases.get(case.id).queue_fixed) == ("works", False)
    assert verbs(case).count("case.reroute") == 4


def test_what_a_colleague_holds_is_not_moved_away_from_them(app: APIFlask, cast: Cast) -> None:
    """The holder is named; they themselves may, and lose the case where the new queue is closed to them."""
    case = case_of(send())
    with transaction():
        service.take(case.id, cast.mei)
    with pytest.raises(Conflict, match="claimed_by_other"), transaction():
        service.move(case.id, "labels", cast.rui, "It is about the label.")
    with transaction():
        service.move(case.id, "labels", cast.mei, "It is about the label.")
    assert cases.holder(case.id) == cast.mei
    with transaction():
        service.move(case.id, "seniors", cast.mei, "It is hard.")
    assert cases.holder(case.id) is None


def test_after_much_that_is_heavy_something_light_comes_first(app: APIFlask, cast: Cast) -> None:
    """Unless the queue was chosen, or nothing light waits."""
    heavy, light = case_of(send("INTIMATE_DEEPFAKE", content_ref="a")), case_of(send(content_ref="b"))
    assert offered(cast.rui) == heavy.id
    with transaction():
        wellbeing.choose(cast.rui, "light")
    assert offered(cast.rui) == light.id
    assert offered(cast.rui, "intimate") == heavy.id
    with transaction():
        service.skip(light.id, cast.rui, "other")
    assert offered(cast.rui) == heavy.id


def test_a_case_handed_over_by_name_comes_before_everything_else(app: APIFlask, cast: Cast) -> None:
    """The colleague finds it first, whatever is more urgent."""
    send("FRAUD", content_ref="a")
    case = case_of(send(content_ref="b"))
    with transaction():
        service.take(case.id, cast.rui)
        case_verbs.hand_over(case.id, cast.rui, cast.mei, "You know this painter.")
    with transaction():
        found = service.take_next(cast.mei)
    assert found is not None and found.id == case.id


def test_pinned_queues_are_ones_own_and_only_those_one_may_enter(app: APIFlask, cast: Cast) -> None:
    """Pinned twice is pinned once; a queue that closes to a person leaves the top of their page."""
    with transaction():
        for code in ("works", "intimate", "works"):
            people.pin(cast.rui, code, on=True)
    assert people.pinned(cast.rui) == ["intimate", "works"]
    with transaction():
        people.train(cast.rui, [], ["zh"], actor(cast.ada))
        people.pin(cast.rui, "works", on=False)
    assert people.pinned(cast.rui) == []
    with pytest.raises(Refused, match="no_such_queue"), transaction():
        people.pin(cast.rui, "nowhere", on=True)
