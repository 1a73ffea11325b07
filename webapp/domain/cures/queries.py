"""Looking at cures and challenges: the open ones, a case's own, what is due, and what the desk finds ticked."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from webapp.core.clock import now
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.domain.cases.queries import get as case_of
from webapp.domain.cures import rules
from webapp.domain.cures.models import CureOffer, LabelCheck, LiveChallenge
from webapp.domain.decisions import records
from webapp.domain.decisions.queries import in_force
from webapp.domain.policy.queries import book


def get(offer_id: str) -> CureOffer:
    """The offer, freshly read and held until the transaction ends. Raises NotFound."""
    statement = select(CureOffer).where(CureOffer.id == offer_id)
    found = db.session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound("no_such_offer")
    return found


def challenge(challenge_id: str) -> LiveChallenge:
    """The challenge, freshly read and held until the transaction ends. Raises NotFound."""
    statement = select(LiveChallenge).where(LiveChallenge.id == challenge_id)
    found = db.session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound("no_such_challenge")
    return found


def offer_of(case_id: str) -> CureOffer | None:
    """The newest offer of the case, in whatever state; its `state` 'offered' means the button is there."""
    return db.session.scalar(
        select(CureOffer)
        .where(CureOffer.case_id == case_id)
        .order_by(CureOffer.offered_at.desc(), CureOffer.id)
        .limit(1)
    )


def challenges_of(case_id: str) -> list[LiveChallenge]:
    """The challenges of the case in the order they were asked."""
    statement = select(LiveChallenge).where(LiveChallenge.case_id == case_id)
    return list(db.session.scalars(statement.order_by(LiveChallenge.number)))


def label_checks_of(case_id: str) -> list[LabelCheck]:
    """The second looks after a label was put, oldest first."""
    statement = select(LabelCheck).where(LabelCheck.case_id == case_id)
    return list(db.session.scalars(statement.order_by(LabelCheck.due_at, LabelCheck.id)))


def tries_left(case_id: str) -> int:
    """How many more challenges may be asked."""
    return rules.tries_left([c.state for c in challenges_of(case_id)], book())


def suggested(case_id: str) -> tuple[str, ...]:
    """Measures the decision form finds ticked because a cure lapsed, a challenge was failed, or the account did the
    same before within the book's days; () for none."""
    case = case_of(case_id)
    offer = offer_of(case_id)
    failed = rules.failures([c.state for c in challenges_of(case_id)])
    found = rules.suggested(case.kind, bool(offer and offer.state == "lapsed"), failed, book())
    again = book().kinds[case.kind].again if case.kind in book().kinds else None
    if again is not None:
        since = now() - timedelta(days=again.within_days)
        if records.struck_since(case.subject.respondent_id, case.kind, since, besides_case=case_id):
            found = tuple(dict.fromkeys((*found, again.action)))
    return found


def anchored(case_id: str) -> bool:
    """Whether something hangs on the case itself that cannot move into another: a measure for the time being in force,
    a cure that was offered, a live challenge that was asked."""
    return bool(in_force(case_id) or offer_of(case_id) or challenges_of(case_id))


def lapsing() -> list[str]:
    """Ids of offers whose time is over."""
    statement = select(CureOffer.id).where(CureOffer.state == "offered", CureOffer.due_at < now())
    return list(db.session.scalars(statement.order_by(CureOffer.due_at, CureOffer.id)))


def unanswered() -> list[str]:
    """Ids of challenges whose time is over."""
    statement = select(LiveChallenge.id).where(LiveChallenge.state == "asked", LiveChallenge.due_at < now())
    return list(db.session.scalars(statement.order_by(LiveChallenge.due_at, LiveChallenge.id)))
