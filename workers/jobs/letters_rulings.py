"""Writes the letters about decisions, measures, cures, counter-notices and appeals, and those to the desk's leads."""

from __future__ import annotations

from webapp.core.db import db
from webapp.domain.appeals import queries as appeals
from webapp.domain.appeals.models import Appeal
from webapp.domain.clocks.models import Clock
from webapp.domain.cures.models import CureOffer
from webapp.domain.decisions import queries as decisions
from webapp.domain.notifications import alerts, replies, rulings
from workers.run import Work


def decision(work: Work, decision_id: str) -> None:
    """`decision.made`: a letter to each reporter, the statement of reasons to the respondent."""
    with work.finish():
        rulings.tell_decision(decisions.get(decision_id))


def ending(work: Work, action_id: str) -> None:
    """`effect.ending`: a measure ends by itself tomorrow."""
    with work.finish():
        rulings.warn_of_end(decisions.action(action_id))


def ended(work: Work, action_id: str) -> None:
    """`effect.ended`: a measure has ended."""
    with work.finish():
        rulings.tell_end(decisions.action(action_id))


def cure_offered(work: Work, offer_id: str) -> None:
    """`cure.offered`: the account may put it right itself."""
    with work.finish():
        rulings.offer_cure(db.session.get_one(CureOffer, offer_id))


def cure_lapsed(work: Work, offer_id: str) -> None:
    """`cure.lapsed`: it did not."""
    with work.finish():
        rulings.tell_cure_lapsed(db.session.get_one(CureOffer, offer_id))


def counter_filed(work: Work, counter_id: str) -> None:
    """`counter.filed`: the receipt, with what is missing."""
    with work.finish():
        replies.receive_counter(appeals.get(counter_id))


def counter_forwarded(work: Work, counter_id: str) -> None:
    """`counter.forwarded`: a redacted copy to each claimant."""
    with work.finish():
        replies.forward_counter(appeals.get(counter_id))


def counter_reminder(work: Work, counter_id: str, days: int) -> None:
    """`counter.reminder`: the content comes back soon."""
    with work.finish():
        replies.remind_claimants(appeals.get(counter_id), days)


def counter_held(work: Work, counter_id: str) -> None:
    """`counter.held`: a suit or a complaint was shown."""
    with work.finish():
        replies.tell_hold(appeals.get(counter_id))


def counter_restored(work: Work, counter_id: str) -> None:
    """`counter.restored`: the content is back."""
    with work.finish():
        replies.tell_restored(appeals.get(counter_id))


def appeal_filed(work: Work, appeal_id: str) -> None:
    """`appeal.filed`: the receipt."""
    with work.finish():
        replies.receive_appeal(db.session.get_one(Appeal, appeal_id))


def appeal_decided(work: Work, appeal_id: str) -> None:
    """`appeal.decided`: the result, and what changed for the other side."""
    with work.finish():
        replies.tell_appeal(db.session.get_one(Appeal, appeal_id))


def clock_alert(work: Work, clock_id: str, stage: str) -> None:
    """`clock.alert`: a lead is told at the book's share of a clock and when it is over."""
    with work.finish():
        alerts.alert(db.session.get_one(Clock, clock_id), stage)
