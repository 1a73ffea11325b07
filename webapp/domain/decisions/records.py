"""What is known of an account: strikes that count, what was found before, whether it was ever warned."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from webapp.core.clock import now
from webapp.core.db import db, settings
from webapp.domain.cases.models import Case
from webapp.domain.decisions.ladder import Record, StrikeFact
from webapp.domain.decisions.models import Action, Decision, Strike
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Subject

SUPERSEDING = ("appeal", "restoration")  # stages that take the place of an earlier verdict


def active_strikes(respondent_id: str | None, *, besides_case: str = "") -> list[Strike]:
    """The account's strikes that count now: neither expired nor taken back; oldest first."""
    if respondent_id is None:
        return []
    return list(
        db.session.scalars(
            select(Strike)
            .join(Decision, Decision.id == Strike.decision_id)
            .where(
                Strike.respondent_id == respondent_id,
                Strike.removed_at.is_(None),
                or_(Strike.expires_at.is_(None), Strike.expires_at > now()),
                Decision.case_id != besides_case,
            )
            .order_by(Strike.issued_at, Strike.id)
        )
    )


def strike_of(case_id: str) -> Strike | None:
    """The strike the case led to, unless it was taken back."""
    return db.session.scalar(
        select(Strike)
        .join(Decision, Decision.id == Strike.decision_id)
        .where(Decision.case_id == case_id, Strike.removed_at.is_(None))
    )


def active_points(respondent_id: str | None) -> int:
    """The account's points that count now."""
    return sum(strike.points for strike in active_strikes(respondent_id))


def strikes_of_kind(respondent_id: str | None, kind: str, *, besides_case: str = "") -> int:
    """How often this kind was upheld against the account, with or without points, in verdicts that still stand."""
    later = aliased(Decision)
    statement = (
        select(func.count())
        .select_from(Decision)
        .join(Case, Case.id == Decision.case_id)
        .join(Subject, Subject.id == Case.subject_id)
        .where(
            Subject.respondent_id == respondent_id,
            Decision.ground == kind,
            Decision.verdict == "upheld",
            Decision.case_id != besides_case,
            ~select(later.id)
            .where(
                later.case_id == Decision.case_id,
                later.case_version > Decision.case_version,
                later.stage.in_(SUPERSEDING),
            )
            .exists(),
        )
    )
    return int(db.session.scalar(statement) or 0) if respondent_id else 0


def struck_since(respondent_id: str | None, kind: str, since: datetime, *, besides_case: str = "") -> bool:
    """Whether the account got a strike of this kind since then, in another case, that was not taken back."""
    return bool(
        db.session.scalar(
            select(Strike.id)
            .join(Decision, Decision.id == Strike.decision_id)
            .where(
                Strike.respondent_id == respondent_id,
                Strike.kind == kind,
                Strike.issued_at > since,
                Strike.removed_at.is_(None),
                Decision.case_id != besides_case,
            )
            .limit(1)
        )
    )


def warned(respondent_id: str, *, besides_case: str = "") -> bool:
    """Whether an account measure that still stands was ever recorded: its statement of reasons warned of what follows
    (DSA art 23(1))."""
    steps = [code for code, entry in book().actions.items() if entry.target == "account" and entry.rung]
    taker = aliased(Action)
    statement = (
        select(Action.id)
        .join(Decision, Decision.id == Action.decision_id)
        .join(Case, Case.id == Decision.case_id)
        .join(Subject, Subject.id == Case.subject_id)
        .where(
            Subject.respondent_id == respondent_id,
            Decision.case_id != besides_case,
            Action.kind.in_(steps),
            ~select(taker.id).where(taker.undoes_id == Action.id).exists(),
        )
        .limit(1)
    )
    return db.session.scalar(statement) is not None


def record_of(case: Case, ground: str, moment: datetime) -> Record:
    """The account's record as a decision of this case sees it: everything but what the case itself led to.

    Batch: points given on the same legal day, for the same ground, in a case decided while this one was already there.
    Such items are one violation (law.md §5.2); what was published after the decision is a new one.
    """
    respondent_id = case.subject.respondent_id
    if respondent_id is None:
        return Record(known=False)
    strikes = active_strikes(respondent_id, besides_case=case.id)
    zone = ZoneInfo(settings().timezone)
    batch = [
        s.points
        for s in strikes
        if s.kind == ground and case.opened_at < s.issued_at
        if s.issued_at.astimezone(zone).date() == moment.astimezone(zone).date()
    ]
    return Record(
        strikes=[StrikeFact(s.kind, s.points, s.rung, s.issued_at, s.expires_at) for s in strikes],
        upheld=strikes_of_kind(respondent_id, ground, besides_case=case.id),
        warned=warned(respondent_id, besides_case=case.id),
        batch=sum(batch) if batch else None,
    )
