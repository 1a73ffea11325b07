"""Days are counted once they are due, the same however often; a period is a sum of days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import select

from tests.conftest import Cast
from tests.domain.cases.notice import REPORTER
from tests.domain.decisions.story import choice, decided, dismissed, opened
from webapp.core import outbox
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.domain.appeals import blind
from webapp.domain.appeals import service as appeals
from webapp.domain.cases import queries as cases
from webapp.domain.cases.service import merge, take, withdraw
from webapp.domain.decisions.models import Proposal
from webapp.domain.decisions.service import decide, refuse_proposal
from webapp.domain.figures import queries, rules, service
from webapp.domain.figures.models import DayFigure
from webapp.domain.figures.rules import SPEEDS, Period, bucket, period
from workers.run import run_task

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai, a Monday
TODAY = date(2026, 3, 10)


def counted() -> list[date]:
    """Count what is due; gives the days."""
    days = service.due(1000)
    for day in days:
        found, moment = service.count(day)
        with transaction():
            service.keep(day, found, moment)
    return days


def of(days: int = 30) -> queries.Figures:
    """The figures of the last days."""
    return queries.figures(period(queries.today(), days))


@pytest.mark.parametrize(
    ("days", "first", "last", "found"),
    [
        (30, None, None, Period(date(2026, 2, 9), TODAY)),
        (1, None, None, Period(TODAY, TODAY)),
        (0, None, None, Period(TODAY, TODAY)),
        (9_999_999, None, None, Period(TODAY - timedelta(days=730), TODAY)),
        (30, date(2026, 3, 1), date(2026, 3, 4), Period(date(2026, 3, 1), date(2026, 3, 4))),
        (30, date(2026, 3, 4), date(2026, 3, 1), Period(date(2026, 3, 1), date(2026, 3, 4))),
        (30, date(2026, 3, 4), None, Period(date(2026, 3, 4), TODAY)),
        (30, None, date(2026, 3, 4), Period(date(2026, 3, 4), date(2026, 3, 4))),
        (30, date(2027, 1, 1), date(2028, 1, 1), Period(TODAY, TODAY)),
        (30, date(1, 1, 1), date(2026, 3, 1), Period(date(2024, 3, 1), date(2026, 3, 1))),
    ],
)
def test_any_period_asked_for_makes_sense(days: int, first: date | None, last: date | None, found: Period) -> None:
    assert period(TODAY, days, first, last) == found


def test_the_period_before_is_as_long_and_a_long_one_goes_by_weeks() -> None:
    week = Period(date(2026, 3, 4), TODAY)
    assert week.before == Period(date(2026, 2, 25), date(2026, 3, 3))
    assert len(week.steps()) == 7
    year = period(TODAY, 365)
    assert year.steps()[:2] == [year.first, date(2025, 3, 17)], "the first step is cut, then Mondays follow"
    assert {day.weekday() for day in year.steps()[1:]} == {0}


@pytest.mark.parametrize(
    ("hours", "code"), [(0, "h1"), (1, "h1"), (1.01, "h8"), (24, "h24"), (169, "d30"), (10_000, "more")]
)
def test_buckets_take_their_upper_end(hours: float, code: str) -> None:
    assert bucket(timedelta(hours=hours), SPEEDS) == code


def test_a_day_follows_the_legal_zone() -> None:
    """An hour after midnight in Shanghai is the evening before in UTC."""
    assert rules.bounds(TODAY, "Asia/Shanghai") == (
        datetime(2026, 3, 9, 16, tzinfo=UTC),
        datetime(2026, 3, 10, 16, tzinfo=UTC),
    )
    assert rules.day_of(datetime(2026, 3, 9, 17, tzinfo=UTC), "Asia/Shanghai") == TODAY


def test_what_happened_is_counted_on_its_day(app: APIFlask, cast: Cast) -> None:
    """Two cases on Monday, one decided at once, one on Wednesday; an appeal reverses the first on Thursday."""
    with time_machine.travel(START, tick=False) as clock:
        one, two = opened(cast.rui, content_ref="p1"), opened(cast.rui, content_ref="p2")
        decided(one, cast.rui)
        clock.shift(timedelta(days=2))
        with transaction():
            take(two.id, cast.rui)
        decided(cases.get(two.id), cast.rui, dismissed(two))
        clock.shift(timedelta(days=1))
        with transaction():
            appeal = appeals.file(one.id, blind.RESPONDENT, "It is my own painting.")
        with transaction():
            appeals.take(appeal.id, cast.mei)
            appeals.find(appeal.id, cast.mei, {r.id: "not_supported" for r in cases.active_reports(one.id)})
            appeals.decide(appeal.id, cast.mei, dismissed(cases.get(one.id)))
        counted()
        week = of(7)
        assert week.total("opened") == 2
        assert (week.total("decided", two="upheld"), week.total("decided", two="rejected")) == (1, 1)
        assert week.total("decided", "COPY_IMAGE") == 2, "a rejection counts for the kind that was reported"
        assert week.by_first("reviewer") == {cast.rui.id: {"upheld": 1, "rejected": 1}}
        assert (week.total("speed", "h1"), week.total("speed", "d3")) == (1, 1)
        assert week.by_first("appeal") == {"COPY_IMAGE": {"reversed": 1}}
        assert week.by_first("appeal_of") == {cast.rui.id: {"reversed": 1}}
        assert week.total("ended") == 2
        assert week.total("clock", two="met") > 0
        steps = queries.by_step(week.period, "ended")
        assert [n.total() for n in steps.values()][-4:] == [1, 0, 1, 0]


def test_a_merged_case_left_its_queue_but_is_not_finished(app: APIFlask, cast: Cast) -> None:
    """Its reports wait on in the other case; one that was withdrawn is finished without a decision."""
    with time_machine.travel(START, tick=False):
        kept, gone, lapsed = opened(cast.rui), opened(cast.rui, content_ref="p2"), opened(content_ref="p3")
        with transaction():
            merge(kept, gone, cast.rui, anchored=False, across=True)
            withdraw(cases.active_reports(lapsed.id)[0], REPORTER)
        counted()
        found = of(1)
        assert (found.total("opened"), found.total("waiting"), found.finished) == (3, 1, 1)
        assert found.by_first("ended") == {queue(): {"merged": 1, "closed": 1}}


def test_how_things_stand_belongs_to_today(app: APIFlask, cast: Cast) -> None:
    """What waits is counted with its age, and what waited yesterday stays as it was when yesterday ended."""
    with time_machine.travel(START, tick=False) as clock:
        opened(content_ref="p1")
        counted()
        assert of().by_first("waiting") == {queue(): {"h24": 1}}
        clock.shift(timedelta(days=4, hours=1))
        opened(content_ref="p2")
        assert len(counted()) == 5, "today and the four days before, the first of them once more: it had not ended"
        now_standing = of()
        assert now_standing.by_first("waiting") == {queue(): {"h24": 1, "d7": 1}}
        assert now_standing.total("oldest") == 97
        assert now_standing.total("risk") > 0
        assert queries.trail(now_standing.period, "waiting")[queue()] == {date(2026, 3, 2): 1, date(2026, 3, 6): 2}


def queue() -> str:
    """The queue all of them wait in."""
    return db.session.scalars(select(DayFigure.one).where(DayFigure.what == "opened")).first() or ""


def test_counting_again_changes_nothing_and_a_whole_day_is_counted_once(app: APIFlask, cast: Cast) -> None:
    with time_machine.travel(START, tick=False) as clock:
        decided(opened(cast.rui), cast.rui)
        assert counted() == [date(2026, 3, 2)]
        before = of().sums
        assert counted() == [date(2026, 3, 2)]
        assert of().sums == before
        clock.shift(timedelta(days=1))
        assert counted() == [date(2026, 3, 3), date(2026, 3, 2)]
        assert counted() == [date(2026, 3, 3)]
        assert of().sums == before
        assert queries.missing(of().period) == 0
        with transaction():
            service.forget()
        assert queries.missing(of().period) == 2
        assert len(counted()) == 2


def test_the_timer_counts(app: APIFlask, cast: Cast) -> None:
    """`figures.due` counts what the command counts."""
    opened()
    with transaction():
        outbox.post("figures.due")
    for handler in ("", "workers.jobs.figures.count"):
        mine = select(Task.id).where(Task.topic == "figures.due", Task.handler == handler)
        run_task(db.session.scalars(mine).one())
    assert of(1).total("opened") == 1
    answer = app.test_cli_runner().invoke(args=["figures", "count", "--again"])
    assert answer.exit_code == 0, answer.output
    assert "1 days counted" in answer.output


def test_a_proposal_counts_by_what_became_of_it(app: APIFlask, cast: Cast) -> None:
    case = opened(cast.rui)
    with transaction():
        decide(case.id, cast.rui, case.version, choice(case, ("close", None)))
    proposal = db.session.scalars(select(Proposal)).one()
    with transaction():
        refuse_proposal(proposal.id, cast.mei, "Too heavy.")
    counted()
    assert of(1).by_first("second") == {"refused": {"": 1}}
