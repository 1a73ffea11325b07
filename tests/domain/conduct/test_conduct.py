"""Misuse of reporting: counted by people's marks only, step by step, never on one dismissal, and taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from apiflask import APIFlask

from tests.builders import file_report
from tests.conftest import Cast
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import Refused
from webapp.core.outbox import Task
from webapp.core.sealed import blind_index
from webapp.domain.conduct import queries, service
from webapp.domain.conduct.models import ConductMark, ConductStep
from webapp.domain.conduct.rules import Next, Tally, counts, ladder, next_step, refuses
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report

MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)
INDEX = "zhou.yun@example.org"


def reports(number: int, start: int = 0, **answers: Any) -> list[Report]:
    """So many reports of one reporter, each about content of its own."""
    asked: dict[str, Any] = {"kind": "AI_LABEL_MISSING", "basis": "ANY"} | answers
    return [file_report(content_ref=f"p{n}", **asked).report for n in range(start, start + number)]


def mark(report: Report, cast: Cast, grade: str = "unfounded") -> str:
    """A reviewer marks a report; the code of the step that follows, or ''."""
    with transaction():
        step = service.mark(report, grade, "The content is labelled in three places.", cast.rui.id)
    return step.step if step else ""


def end_of(index: str) -> datetime:
    """When the step in force ends."""
    step = queries.current(index)
    assert step is not None and step.until_at is not None
    return step.until_at


@pytest.mark.parametrize(
    ("taken", "marks", "total", "grade", "following"),
    [
        # Enough reports, enough of them marked: one step after the other.
        (0, 3, 5, "unfounded", "education"),
        (1, 4, 6, "unfounded", "warning"),
        (2, 5, 7, "unfounded", "slower"),
        (3, 6, 8, "unfounded", "suspended"),
        (9, 9, 9, "unfounded", "suspended"),
        # Too few reports to judge by; too small a share; one dismissal alone.
        (0, 4, 4, "unfounded", ""),
        (0, 2, 5, "unfounded", ""),
        (0, 1, 5, "unfounded", ""),
        (0, 1, 1, "unfounded", ""),
        # Bad faith goes as far as the warning at once, and no further without the share.
        (0, 1, 1, "bad_faith", "education"),
        (1, 1, 4, "bad_faith", "warning"),
        (2, 2, 40, "bad_faith", ""),
    ],
)
def test_when_a_step_follows(taken: int, marks: int, total: int, grade: str, following: str) -> None:
    """Steps so far, marks of all reports in the window, the new mark's grade → the step."""
    found = next_step(taken, Tally(marks, total), grade, book().conduct)
    assert (found.code if found else "") == following


def test_the_ladder_has_a_written_warning_before_anything_that_restricts() -> None:
    """DSA art 23: education, warning, slower, then 30, 90, 180 days."""
    assert ladder(book().conduct) == [
        Next("education", None),
        Next("warning", None),
        Next("slower", 90),
        Next("suspended", 30),
        Next("suspended", 90),
        Next("suspended", 180),
    ]


def test_no_share_an_operator_may_set_makes_one_dismissal_enough() -> None:
    """Never merely for one rejected report (law.md §5.5)."""
    strict = book().conduct.model_copy(update={"share": 0.01, "floor": 1})
    assert next_step(0, Tally(1, 1), "unfounded", strict) is None
    assert next_step(0, Tally(2, 2), "unfounded", strict) == Next("education", None)


@pytest.mark.parametrize(
    ("kind", "grade", "may"),
    [
        ("COPY_IMAGE", "unfounded", True),
        ("INTIMATE_DEEPFAKE", "unfounded", False),
        ("MINOR_SEXUAL", "unfounded", False),
        ("FRAUD", "unfounded", False),
        ("INTIMATE_DEEPFAKE", "bad_faith", True),
        ("COPY_IMAGE", "rejected", False),
    ],
)
def test_good_faith_reports_of_urgent_kinds_never_count(kind: str, grade: str, may: bool) -> None:
    """Nobody may be afraid to report an emergency."""
    assert counts(kind, book().kinds[kind].priority, grade, book()) is may


def test_an_exempt_report_cannot_be_marked(app: APIFlask, cast: Cast) -> None:
    """The verb refuses, and so it does without a reason."""
    urgent = file_report(kind="FRAUD", basis="ANY").report
    with pytest.raises(Refused, match="mark_exempt"):
        mark(urgent, cast)
    with pytest.raises(Refused, match="mark_reason_missing"), transaction():
        service.mark(urgent, "bad_faith", "  ", cast.rui.id)
    assert db.session.query(ConductMark).count() == 0


def test_the_abusive_reporter(app: APIFlask, cast: Cast) -> None:
    """Five reports, three of them manifestly unfounded; then one mark, one step, up to suspensions that grow."""
    index = blind_index(INDEX)
    with time_machine.travel(MONDAY, tick=False) as clock:
        first = reports(5)
        assert [mark(r, cast) for r in first[:3]] == ["", "", "education"]
        assert queries.standing_of(index) == ""  # it explains; it restricts nothing
        assert mark(first[2], cast) == ""  # said already
        steps = []
        for n in range(10, 15):
            clock.shift(timedelta(days=1))
            [report] = reports(1, n)
            clock.shift(timedelta(hours=1))
            steps.append((mark(report, cast), queries.standing_of(index)))
            if queries.standing_of(index) == "suspended":
                clock.move_to(end_of(index))
                assert queries.standing_of(index) == ("slower" if n == 12 else "")
        assert steps[:3] == [("warning", ""), ("slower", "slower"), ("suspended", "suspended")]
        days = [s.until_at - s.from_at for s in db.session.query(ConductStep).filter_by(step="suspended") if s.until_at]
        assert days[0] == timedelta(days=30) and days == sorted(days)
        letters = db.session.query(Task).filter_by(topic="conduct.stepped").count()
        assert letters == db.session.query(ConductStep).count()


def test_who_is_suspended_still_reaches_the_urgent_kinds(app: APIFlask, cast: Cast) -> None:
    """Everything else waits until the suspension ends, whatever the spelling of the address."""
    for code in ("COPY_IMAGE", "AI_LABEL_MISSING"):
        assert refuses("suspended", code, book().kinds[code].priority, book())
    with time_machine.travel(MONDAY, tick=False) as clock:
        for report in reports(8):
            mark(report, cast)
        assert queries.standing_of(blind_index(INDEX)) == "suspended"
        for email in (INDEX, " Zhou.Yun@Example.org "):
            with pytest.raises(Refused) as error:
                file_report(content_ref="new", email=email)
            assert error.value.params["fields"] == {"email": "reporter_suspended"}
        for kind in ("FRAUD", "MINOR_SEXUAL", "INTIMATE_DEEPFAKE"):
            assert file_report(kind=kind, basis="ANY", content_ref=f"u-{kind}").report.kind == kind
        urgent_now: dict[str, Any] = {"kind": "FABRICATION_RUMOUR", "basis": "ANY", "circumstances": ["disaster"]}
        assert file_report(content_ref="flood", **urgent_now).report.circumstances == ["disaster"]
        file_report(content_ref="other", email="somebody.else@example.org")
        clock.shift(timedelta(days=200))
        file_report(content_ref="later")


def test_marks_age_and_steps_with_them(app: APIFlask, cast: Cast) -> None:
    """After the window nothing of it counts: neither the reports nor the step."""
    with time_machine.travel(MONDAY, tick=False) as clock:
        for report in reports(5)[:3]:
            mark(report, cast)
        clock.shift(timedelta(days=91))
        later = reports(5, 10)
        assert [mark(r, cast) for r in later[:2]] == ["", ""]
        assert mark(later[2], cast) == "education"  # from the beginning


def test_an_appeal_takes_back_the_mark_and_what_followed_from_it(app: APIFlask, cast: Cast) -> None:
    """Three marks led to a warning in the end; with two left, neither step would have been taken."""
    index = blind_index(INDEX)
    marked = reports(6)
    assert [mark(r, cast) for r in marked[:4]] == ["", "", "education", "warning"]
    for report, left in ((marked[0], ["education"]), (marked[3], []), (marked[3], [])):
        with transaction():
            service.unmark(report.id)
        assert [s.step for s in queries.steps_of(index) if s.lifted_at is None] == left
    assert queries.mark_of(marked[0].id) is None and len(queries.marks_of(index)) == 2
    assert mark(marked[3], cast) == "education"  # found again after all: its old step was lifted, a new one follows


def test_a_suspension_ends_when_the_mark_behind_it_falls(app: APIFlask, cast: Cast) -> None:
    """The next report is taken again at once."""
    marked = reports(6)
    assert [mark(r, cast) for r in marked] == ["", "", "education", "warning", "slower", "suspended"]
    with transaction():
        service.unmark(marked[5].id)
    assert queries.standing_of(blind_index(INDEX)) == "slower"
    assert file_report(content_ref="again").report.kind == "COPY_IMAGE"


def test_an_anonymous_report_leads_nowhere(app: APIFlask, cast: Cast) -> None:
    """It can be marked; nobody is found again by it, and no other nameless report counts with it."""
    nameless = reports(6, anonymous=True, email="")
    assert {mark(r, cast, "bad_faith") for r in nameless} == {""}
    assert queries.standing_of("") == "" and queries.steps_of("") == []


def test_a_graver_word_replaces_the_milder_one(app: APIFlask, cast: Cast) -> None:
    """One report is marked once, and leads to one step at most."""
    report = reports(1)[0]
    assert mark(report, cast) == "" and mark(report, cast, "bad_faith") == "education"
    assert mark(report, cast) == ""
    found = queries.mark_of(report.id)
    assert found is not None and found.grade == "unfounded" and found.marked_at <= now()
    assert db.session.query(ConductStep).count() == 1
