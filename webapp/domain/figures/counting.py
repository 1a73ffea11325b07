"""Counting one day out of the rows themselves: reads only, each table through the index on its time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select, text

from webapp.core.db import db, settings
from webapp.domain.appeals.models import Appeal
from webapp.domain.cases.models import LIVE_SQL, Case
from webapp.domain.clocks.models import Clock
from webapp.domain.decisions.models import Decision, Proposal
from webapp.domain.figures import rules
from webapp.domain.policy.queries import book

Key = tuple[str, str, str]  # what, one, two
# Written as the partial indexes have it: of a bound parameter SQLite cannot tell that an index holds all it asks for.
LIVE = text(f'"case".{LIVE_SQL}')
RUNNING = text("clock.state = 'running'")
UNDECIDED = text('"case".state = \'closed\' AND "case".decided_at IS NULL')
# Columns, not rows of Decision: a day may have thousands, and nothing else of them is wanted.
FIRST = (
    Decision.ground,
    Decision.verdict,
    Decision.staff_id,
    Decision.decided_at,
    Case.kind,
    Case.queue,
    Case.opened_at,
)


def count(day: date) -> Counter[Key]:
    """Everything that happened on a day of the legal time zone."""
    since, until = rules.bounds(day, settings().timezone)
    counted: Counter[Key] = Counter()
    for part in (_opened, _decided, _closed, _proposals, _appeals, _clocks, _breaches):
        for key, n in part(since, until):
            counted[key] += n
    return counted


def standing(moment: datetime) -> Counter[Key]:
    """How things stand now: what waits, how old it is, which clocks are late or at risk."""
    return Counter(dict(_waiting(moment))) + Counter(dict(_risks(moment)))


def _opened(since: datetime, until: datetime) -> Iterator[tuple[Key, int]]:
    rows = select(Case.queue, Case.kind, func.count()).where(Case.opened_at >= since, Case.opened_at < until)
    for queue, kind, n in db.session.execute(rows.group_by(Case.queue, Case.kind)):
        yield ("opened", queue, kind), n


def _decided(since: datetime, until: datetime) -> Iterator[tuple[Key, int]]:
    """First decisions. A rejection has no ground: it counts for the kind that was reported."""
    rows = db.session.execute(
        select(*FIRST)
        .join(Case, Case.id == Decision.case_id)
        .where(Decision.decided_at >= since, Decision.decided_at < until, Decision.stage == "first")
    )
    for ground, verdict, staff_id, decided_at, kind, queue, opened_at in rows:
        yield ("decided", ground or kind, verdict), 1
        yield ("reviewer", staff_id or "", verdict), 1
        yield ("speed", rules.bucket(decided_at - opened_at, rules.SPEEDS), ""), 1
        yield ("ended", queue, "decided"), 1


def _closed(since: datetime, until: datetime) -> Iterator[tuple[Key, int]]:
    """Cases that ended without anybody deciding, withdrawn or lapsed; and those that were merged: these left their
    queue too, but nothing is finished, for their reports wait on in another case."""
    how = case((Case.merged_into_id.is_(None), "closed"), else_="merged").label("how")
    rows = select(Case.queue, how, func.count()).where(Case.closed_at >= since, Case.closed_at < until, UNDECIDED)
    for queue, code, n in db.session.execute(rows.group_by(Case.queue, text("how"))):
        yield ("ended", queue, code), n


def _proposals(since: datetime, until: datetime) -> Iterator[tuple[Key, int]]:
    rows = select(Proposal.state, func.count()).where(Proposal.answered_at >= since, Proposal.answered_at < until)
    for state, n in db.session.execute(rows.group_by(Proposal.state)):
        yield ("second", state, ""), n


def _appeals(since: datetime, until: datetime) -> Iterator[tuple[Key, int]]:
    rows = db.session.execute(
        select(Decision.ground, Case.kind, Decision.staff_id, Appeal.outcome)
        .join(Decision, Decision.id == Appeal.decision_id)
        .join(Case, Case.id == Appeal.case_id)
        .where(Appeal.decided_at >= since, Appeal.decided_at < until)
    )
    for ground, kind, staff_id, outcome in rows:
        yield ("appeal", ground or kind, outcome), 1
        yield ("appeal_of", staff_id or "", outcome), 1


def _clocks(since: datetime, until: datetime) -> Iterator[tuple[Key, int]]:
    rows = select(Clock.code, Clock.state, func.count()).where(
        Clock.ended_at >= since, Clock.ended_at < until, Clock.state.in_(("met", "late"))
    )
    yield from _ours("clock", rows.group_by(Clock.code, Clock.state))


def _breaches(since: datetime, until: datetime) -> Iterator[tuple[Key, int]]:
    rows = select(Clock.code, Clock.regime, func.count()).where(Clock.breached_at >= since, Clock.breached_at < until)
    yield from _ours("breach", rows.group_by(Clock.code, Clock.regime))


def _waiting(moment: datetime) -> Iterator[tuple[Key, int]]:
    """Live cases by queue and age, and the oldest of each queue."""
    steps = [(Case.opened_at >= moment - timedelta(hours=hours), code) for code, hours in rules.AGES if hours]
    age = case(*steps, else_=rules.AGES[-1][0]).label("age")
    rows = db.session.execute(
        select(Case.queue, age, func.count(), func.min(Case.opened_at)).where(LIVE).group_by(Case.queue, text("age"))
    )
    oldest: dict[str, datetime] = {}
    for queue, code, n, first in rows:
        oldest[queue] = min(first, oldest.get(queue, first))
        yield ("waiting", queue, code), n
    for queue, first in oldest.items():
        yield ("oldest", queue, ""), int((moment - first).total_seconds() // 3600)


def _risks(moment: datetime) -> Iterator[tuple[Key, int]]:
    """Clocks of the house that run past their alert."""
    how = case((Clock.due_at < moment, "late"), else_="risk").label("how")
    rows = select(Clock.code, how, func.count()).where(RUNNING, Clock.alert_at <= moment)
    yield from _ours("risk", rows.group_by(Clock.code, text("how")))


def _ours(what: str, rows: Select[*tuple[Any, ...]]) -> Iterator[tuple[Key, int]]:
    """Of counts by clock those that the desk or the software must meet: a party's own time running out breaks nothing.

    Sorted out here: asked for their codes, SQLite would go through every clock there ever was.
    """
    clocks = book().clocks
    for code, second, n in db.session.execute(rows):
        if code in clocks and clocks[code].duty != "party":
            yield (what, code, second), n
