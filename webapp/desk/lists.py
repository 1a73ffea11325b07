"""What the desk's lists look at: proposals, appeals, counter-notices, decisions to publish. One query a function."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ScalarSelect, and_, exists, func, or_, select, text
from sqlalchemy.orm import joinedload, selectinload

from webapp.core.audit import AuditEntry
from webapp.core.clock import now
from webapp.core.db import db, settings
from webapp.core.ids import read_reference
from webapp.desk import blindness
from webapp.domain.appeals.models import Appeal, CounterForward, CounterNotice
from webapp.domain.appeals.rules import OPEN_APPEAL
from webapp.domain.cases import eyes
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, CaseTouch, Claim, Message
from webapp.domain.clocks.models import Clock
from webapp.domain.decisions.models import Action, Decision, Proposal
from webapp.domain.partners.models import Effect
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from webapp.domain.staff.models import Staff

PAGE = 50
MOST = 100  # nobody reads a larger number in the navigation, and counting on costs the more the more there is
# Written out, not bound: SQLite uses a partial index only where it can read that the question implies it.
WAITING = text("proposal.state = 'waiting'")
RUNS = text("clock.state = 'running'")


@dataclass(frozen=True)
class Waiting:
    """How much waits for one person beside the queue, and how much is late or near for everybody."""

    second: int
    counters: int
    deadlines: int
    messages: int
    eyes: int


def counts(staff: Staff) -> Waiting:
    """The numbers of the navigation, in one query; each stops counting at MOST."""
    touched = exists().where(CaseTouch.case_id == Appeal.case_id, CaseTouch.staff_id == staff.id)
    parts = [
        select(Appeal.id).where(
            Appeal.state.in_(OPEN_APPEAL), or_(Appeal.reviewer_id.is_(None), Appeal.reviewer_id == staff.id), ~touched
        ),
        select(Proposal.id)
        .join(Case, Case.id == Proposal.case_id)
        .where(WAITING, Case.state == "proposed", Proposal.staff_id != staff.id),
        select(CounterNotice.id).where(CounterNotice.state == "held"),
        select(Clock.id).where(RUNS, Clock.alert_at <= now(), Clock.code.in_(_ours())),
        select(Message.id).where(cases.unhandled_rows()),
        *eyes.waiting_rows(staff),
    ]
    counted = [select(func.count()).select_from(part.limit(MOST).subquery()).scalar_subquery() for part in parts]
    row = db.session.execute(select(*counted)).one()
    return Waiting(second=row[0] + row[1], counters=row[2], deadlines=row[3], messages=row[4], eyes=row[5] + row[6])


def _ours() -> list[str]:
    return [code for code, entry in book().clocks.items() if entry.duty != "party"]


def proposals(limit: int = PAGE) -> list[Proposal]:
    """Every proposal that waits, one's own too, the oldest first, with its case and content."""
    return list(
        db.session.scalars(
            select(Proposal)
            .join(Case, Case.id == Proposal.case_id)
            .where(Proposal.state == "waiting", Case.state == "proposed", Case.version == Proposal.case_version)
            .options(joinedload(Proposal.case).joinedload(Case.subject))
            .order_by(Proposal.proposed_at, Proposal.id)
            .limit(limit)
        )
    )


def case_rows(ids: Iterable[str]) -> dict[str, Case]:
    """Cases by id, with their content."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.session.scalars(select(Case).where(Case.id.in_(wanted)).options(joinedload(Case.subject)))
    return {case.id: case for case in rows}


def counters(
    states: Sequence[str], after: tuple[datetime, str] | None = None, limit: int = PAGE
) -> list[CounterNotice]:
    """Counter-notices in these states, newest first, paged by key, with case and copies; up to limit + 1 rows."""
    statement = (
        select(CounterNotice)
        .where(CounterNotice.state.in_(states))
        .options(joinedload(CounterNotice.case), selectinload(CounterNotice.forwards))
        .order_by(CounterNotice.filed_at.desc(), CounterNotice.id)
        .limit(limit + 1)
    )
    if after is not None:
        moment, key = after
        older = and_(CounterNotice.filed_at == moment, CounterNotice.id > key)
        statement = statement.where(or_(CounterNotice.filed_at < moment, older))
    return list(db.session.scalars(statement))


def decisions_since(since: date | None, after: tuple[datetime, str] | None, limit: int = PAGE) -> list[Decision]:
    """Decisions made on or after a day of the legal zone, oldest first, paged by key, with all that a statement for the
    EU database reads; up to limit + 1 rows."""
    statement = (
        select(Decision)
        .options(
            joinedload(Decision.case).joinedload(Case.subject),
            selectinload(Decision.findings),
            selectinload(Decision.actions),
            selectinload(Decision.statements),
        )
        .order_by(Decision.decided_at, Decision.id)
        .limit(limit + 1)
    )
    if since is not None:
        statement = statement.where(Decision.decided_at >= datetime.combine(since, time(), _zone()))
    if after is not None:
        moment, key = after
        later = and_(Decision.decided_at == moment, Decision.id > key)
        statement = statement.where(or_(Decision.decided_at > moment, later))
    return list(db.session.scalars(statement))


def _zone() -> ZoneInfo:
    return ZoneInfo(settings().timezone)


def holders(case_ids: Iterable[str]) -> dict[str, str]:
    """Who holds each of these cases now: a live lease, else who has its open appeal. Names by case id."""
    wanted = set(case_ids)
    appealed = select(Appeal.case_id, Staff.name).join(Staff, Staff.id == Appeal.reviewer_id)
    claimed = select(Claim.case_id, Staff.name).join(Staff, Staff.id == Claim.staff_id)
    both = appealed.where(Appeal.case_id.in_(wanted), Appeal.state.in_(OPEN_APPEAL)).union_all(
        claimed.where(Claim.case_id.in_(wanted), Claim.expires_at >= now())
    )
    return {case_id: name for case_id, name in db.session.execute(both)}


def forwarded(counter_id: str) -> list[CounterForward]:
    """The copies of one counter-notice, in a fixed order."""
    statement = select(CounterForward).where(CounterForward.counter_id == counter_id)
    return list(db.session.scalars(statement.order_by(CounterForward.report_id)))


# What most measures come to in the end; whatever else one looks for is rare, and found by its state.
SETTLED = frozenset({"confirmed", "ended", "undone"})


def measures(
    hidden: Sequence[str], state: str = "", after: tuple[datetime, str] | None = None, limit: int = PAGE
) -> list[tuple[Action, Effect | None]]:
    """Measures with what became of them, newest decision first, paged by key, without those of the `hidden` cases; up
    to limit + 1 rows."""
    statement = (
        select(Action, Effect)
        .join(Decision, Decision.id == Action.decision_id)
        .outerjoin(Effect, Effect.action_id == Action.id)
        .options(
            joinedload(Action.decision).joinedload(Decision.case).joinedload(Case.subject),
            joinedload(Action.decision).joinedload(Decision.staff),
            joinedload(Effect.event),
        )
        .order_by(Decision.decided_at.desc(), Action.id)
        .limit(limit + 1)
    )
    if state:
        statement = statement.where(Effect.state == state)
    if state and state not in SETTLED:
        statement = statement.where(Decision.case_id.not_in(hidden))
    else:
        statement = statement.where(Decision.id.in_(_decisions_with(hidden, state, after, limit)))
    if after is not None:
        moment, key = after
        older = and_(Decision.decided_at == moment, Action.id > key)
        statement = statement.where(or_(Decision.decided_at < moment, older))
    return [(action, effect) for action, effect in db.session.execute(statement)]


def _decisions_with(
    hidden: Sequence[str], state: str, after: tuple[datetime, str] | None, limit: int
) -> ScalarSelect[str]:
    """The newest decisions that have such a measure: enough of them for one page, read along their index."""
    wanted = select(Action.id).where(Action.decision_id == Decision.id)
    if state:
        wanted = wanted.join(Effect, Effect.action_id == Action.id).where(Effect.state == state)
    # One more than a page: those of the moment where the last page ended may all have been on it.
    newest = select(Decision.id).where(Decision.case_id.not_in(hidden), wanted.exists())
    if after is not None:
        newest = newest.where(Decision.decided_at <= after[0])
    return newest.order_by(Decision.decided_at.desc(), Decision.id).limit(2 * (limit + 1)).scalar_subquery()


def object_behind(reference: str) -> str:
    """The row id behind the reference of a case, a report or an appeal, or the text itself when it is none."""
    code = read_reference(reference)
    for model in (Case, Report, Appeal):
        found = db.session.scalar(select(model.id).where(model.reference == code))
        if found:
            return str(found)
    return reference.strip()


def appeal_names(ids: Iterable[str]) -> dict[str, str]:
    """Appeals by id, as their references."""
    rows = db.session.execute(select(Appeal.id, Appeal.reference).where(Appeal.id.in_(set(ids))))
    return {appeal_id: reference for appeal_id, reference in rows}


def counter_cases(ids: Iterable[str]) -> dict[str, str]:
    """Counter-notices by id, as the references of their cases."""
    rows = db.session.execute(
        select(CounterNotice.id, Case.reference)
        .join(Case, Case.id == CounterNotice.case_id)
        .where(CounterNotice.id.in_(set(ids)))
    )
    return {counter_id: reference for counter_id, reference in rows}


def handled_messages(limit: int = PAGE) -> list[Message]:
    """What somebody dealt with, the latest first, with its case."""
    statement = select(Message).where(Message.handled_at.is_not(None)).options(joinedload(Message.case))
    return list(db.session.scalars(statement.order_by(Message.handled_at.desc(), Message.id).limit(limit)))


def log(
    hidden: Sequence[str], *, object_id: str = "", actor_id: str = "", verb: str = "", before: int | None = None
) -> list[AuditEntry]:
    """The audit log, newest first, paged by key, without what would tell of the `hidden` cases; up to PAGE + 1."""
    statement = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PAGE + 1)
    if object_id:
        statement = statement.where(AuditEntry.object_id == object_id)
    if actor_id:
        statement = statement.where(AuditEntry.actor_id == actor_id)
    if verb:
        statement = statement.where(AuditEntry.verb == verb)
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    if hidden:
        statement = statement.where(AuditEntry.object_id.not_in(blindness.objects_of(hidden)))
    return list(db.session.scalars(statement))
