"""What a merge or a split looks like from outside: nobody loses a page, an answer, a letter, or the right to appeal."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import Cast
from tests.processing import process_all
from tests.public.conftest import Visitor
from tests.public.parties import decided, filed, lets_in, page, sends
from webapp.core.db import db, transaction
from webapp.domain.appeals import blind
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.cures.queries import anchored
from webapp.domain.notifications.queries import letters_to
from webapp.domain.partners.queries import answer_url
from webapp.domain.reports.models import Respondent
from webapp.domain.staff.models import Staff

ELSEWHERE = {"content_ref": "p7", "address": "http://127.0.0.1:8001/posts/p7", "email": "li.na@example.org"}


@dataclass(frozen=True)
class Sent:
    """A report by what stays the same: its id and its reference."""

    id: str
    reference: str

    @property
    def case(self) -> Case:
        """The case it is in now."""
        db.session.rollback()
        return cases.case_of(self.id)


def send(visitor: Visitor, **answers: object) -> Sent:
    """A report about content of a known account, opened by its reporter."""
    receipt = filed(visitor, **answers)
    return Sent(receipt.report.id, receipt.reference)


def rui() -> Staff:
    """The reviewer, freshly read."""
    return db.session.query(Staff).filter_by(email="rui@desk.example").one()


def rules(case: Case, **changes: Any) -> None:
    """Rui decides, and everything that follows happens."""
    decided(case, SimpleNamespace(rui=rui()), **changes)  # type: ignore[arg-type]  # of the cast only Rui is needed
    process_all()
    db.session.rollback()


def merge(kept: Case, gone: Case) -> str:
    """Rui takes the one case and merges the other into it; gives the merge's id."""
    with transaction():
        case_verbs.take(kept.id, rui())
        return case_verbs.merge(kept, gone, rui(), anchored=anchored(gone.id), across=True).id


@pytest.fixture
def both(visitor: Visitor, cast: Cast) -> tuple[Sent, Sent]:
    """Two reporters about one account's picture under two numbers."""
    return send(visitor), send(visitor, **ELSEWHERE)


def answer_to(sent: Sent) -> list[str]:
    """The answers this reporter got."""
    return [x.name for x in letters_to(f"reporter:{sent.id}") if x.name == "decision_to_reporter"]


def test_both_reporters_follow_their_own_report_and_get_an_answer_and_an_appeal_of_their_own(
    visitor: Visitor, both: tuple[Sent, Sent]
) -> None:
    first, second = both
    kept, gone = first.case, second.case
    before = page(visitor, f"/track/{second.reference}")
    merge(kept, gone)
    assert page(visitor, f"/track/{second.reference}") == before  # to her nothing happened
    sends(visitor, f"/track/{second.reference}/message", {"text": "I can send the layered file."})
    assert "I can send the layered file." in page(visitor, f"/track/{second.reference}")
    assert "layered file" not in page(visitor, f"/track/{first.reference}")
    assert second.case.id == first.case.id
    rules(second.case)
    for receipt in both:
        db.session.rollback()
        assert answer_to(receipt) == ["decision_to_reporter"]
        shown = page(visitor, f"/track/{receipt.reference}")
        assert "Your report was found to be right." in shown
        assert blind.door(receipt.case.id, blind.reporter(receipt.id)).open


def test_the_accounts_old_link_opens_the_case_its_content_is_part_of(visitor: Visitor, both: tuple[Sent, Sent]) -> None:
    """What it wrote and put into its drawer is there; after the decision it can appeal by the link it got first."""
    first, second = both
    gone, kept = second.case, first.case.reference
    link = answer_url(gone).removeprefix("http://localhost")
    here = lets_in(visitor, gone)
    sends(visitor, here, {"text": "It is mine."})
    merge(first.case, second.case)
    assert "It is mine." in page(visitor, here)  # the page it has open goes on
    assert visitor.get(link).location == f"/respond/{kept}"
    rules(first.case)
    shown = page(visitor, f"/respond/{kept}")
    assert "It is mine." in shown and "What was decided, and why" in shown
    assert blind.door(first.case.id, blind.RESPONDENT).open
    statements = [x for x in letters_to("respondent:acc") if x.name == "decision_to_respondent"]
    assert len(statements) == 1


def test_an_old_link_never_opens_another_accounts_case(visitor: Visitor, both: tuple[Sent, Sent]) -> None:
    """The platform names another account after the merge: the link of the one shows nothing of the other."""
    first, second = both
    gone = second.case
    link = answer_url(gone).removeprefix("http://localhost")
    merge(first.case, second.case)
    with transaction():
        first.case.subject.respondent = Respondent(
            id="other", platform="demo", account_ref="a2", handle="@li", name="Li", email="li@example.org"
        )
    assert visitor.get(link).status_code == 404


def test_taken_apart_each_is_decided_for_itself(visitor: Visitor, both: tuple[Sent, Sent]) -> None:
    first, second = both
    merged = merge(first.case, second.case)
    with transaction():
        case_verbs.unmerge(merged, rui())
    other = second.case.reference
    rules(first.case)
    assert answer_to(first) == ["decision_to_reporter"] and answer_to(second) == []
    assert "A reviewer decides by" in page(visitor, f"/track/{second.reference}")
    assert lets_in(visitor, second.case) == f"/respond/{other}"
    rules(second.case)
    assert answer_to(second) == ["decision_to_reporter"]


def test_split_reports_are_decided_apart_and_each_reporter_appeals_her_own(visitor: Visitor, cast: Cast) -> None:
    """Two reports on one picture, two matters: two decisions, one answer each."""
    first, second = send(visitor), send(visitor, email="li.na@example.org")
    case = first.case
    with transaction():
        case_verbs.take(case.id, rui())
        part = case_verbs.split(case, [second.id], rui()).id
    assert "A reviewer decides by" in page(visitor, f"/track/{second.reference}")
    rules(first.case)
    assert "A reviewer decides by" in page(visitor, f"/track/{second.reference}")
    rules(second.case, findings={second.id: "not_supported"}, ground="", actions=[])
    assert answer_to(first) == answer_to(second) == ["decision_to_reporter"]
    assert "No violation was found." in page(visitor, f"/track/{second.reference}")
    assert blind.door(part, blind.reporter(second.id)).open
    assert not blind.door(part, blind.reporter(first.id)).open


def test_the_account_answers_what_it_was_asked_and_the_reporter_is_told_of_the_wait(
    visitor: Visitor, cast: Cast
) -> None:
    receipt = send(visitor)
    with transaction():
        case = receipt.case
        case_verbs.take(case.id, rui())
        case_verbs.ask_respondent(case, rui(), "Who painted this?")
    process_all()
    case = receipt.case
    here = lets_in(visitor, case)
    asked = page(visitor, here)
    assert "We have a question" in asked and "Who painted this?" in asked
    waits = page(visitor, f"/track/{receipt.reference}")
    assert "There is something we had to ask" in waits and "Who painted this?" not in waits
    sends(visitor, here, {"text": "I did, in spring."})
    assert "We have a question" not in page(visitor, here) and receipt.case.state == "open"
    after = page(visitor, f"/track/{receipt.reference}")
    assert "There is something we had to ask" not in after and "in spring" not in after
