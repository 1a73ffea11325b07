"""Asks the platform to tell an account, in its own way, that there is something to read behind its link."""

from __future__ import annotations

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Message
from webapp.domain.cures.models import CureOffer
from webapp.domain.partners.service import tell_respondent
from workers.run import Work


def forwarded(work: Work, report_id: str) -> None:
    """`notice.forwarded`: a notice about its content was passed on to the account."""
    with work.finish():
        tell_respondent(cases.case_of(report_id), f"forwarded:{report_id}", "forwarded")


def asked(work: Work, message_id: str) -> None:
    """`message.sent`: a question waits behind the account's link. What the desk writes to a reporter is not told."""
    with work.finish():
        message = db.session.get_one(Message, message_id)
        if message.side == "respondent" and message.sent_by == "staff":
            tell_respondent(message.case, f"message:{message_id}", "question")


def cure_offered(work: Work, offer_id: str) -> None:
    """`cure.offered`: the account can put it right by itself, without a penalty."""
    with work.finish():
        offer = db.session.get(CureOffer, offer_id)
        if offer is None:
            raise NotFound("no_such_offer")
        tell_respondent(offer.case, f"cure:{offer_id}", "cure")
