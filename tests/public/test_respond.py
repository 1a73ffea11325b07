"""The respondent's page: opened by the letter's link alone, tells reasons and measures, nothing of any reporter."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.conftest import Cast
from tests.public.conftest import Visitor, said
from tests.public.test_track import the_case, uphold
from webapp.core.db import db
from webapp.core.links import sign
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.partners.queries import answer_url


@pytest.fixture
def decided(visitor: Visitor, cast: Cast) -> Case:
    """A case decided against the respondent."""
    reference, _secret = visitor.report()
    uphold(cast, reference)
    return the_case(reference)


@pytest.fixture
def respondent(stranger: Visitor, decided: Case) -> Visitor:
    """The account behind the content, having followed the link in the letter."""
    link = answer_url(decided).removeprefix("http://localhost")
    answer = stranger.get(link)
    assert answer.location == f"/respond/{decided.reference}"  # the token does not stay in the address bar
    return stranger


@pytest.mark.parametrize(("lang", "words"), [("en", "Remove the content"), ("zh", "删除内容")])
def test_it_tells_what_was_done_and_why(respondent: Visitor, decided: Case, lang: str, words: str) -> None:
    page = respondent.get(f"/respond/{decided.reference}?lang={lang}")
    assert page.status_code == 200
    assert words in said(page)
    assert "The picture is a mirrored copy." in said(page)


def test_it_says_nothing_of_the_reporter(respondent: Visitor, decided: Case) -> None:
    page = respondent.get(f"/respond/{decided.reference}").text
    for private in ("Zhou", "zhou@example.org", "This is my painting, mirrored."):
        assert private not in page


def test_a_message_reaches_the_desk_and_no_reporter(respondent: Visitor, visitor: Visitor, decided: Case) -> None:
    answer = respondent.post(f"/respond/{decided.reference}", {"text": "I drew this myself."})
    assert answer.location == f"/respond/{decided.reference}"
    assert "I drew this myself." in said(respondent.get(f"/respond/{decided.reference}"))
    db.session.rollback()
    case = db.session.scalars(select(Case)).one()
    assert [m.text for m in cases.messages(case.id, side="respondent")] == ["I drew this myself."]
    report = cases.active_reports(case.id)[0]
    assert "I drew this myself." not in visitor.get(f"/track/{report.reference}").text


def test_an_empty_message_is_refused_and_the_page_stays(respondent: Visitor, decided: Case) -> None:
    page = respondent.post(f"/respond/{decided.reference}", {"text": ""})
    assert page.status_code == 422
    assert "Please write your message." in said(page)


def test_a_token_for_another_case_or_purpose_opens_nothing(stranger: Visitor, decided: Case) -> None:
    for token in (sign("respond", "another"), sign("track", decided.id), "rubbish"):
        assert stranger.get(f"/respond/{decided.reference}?token={token}").status_code == 404
    assert stranger.get(f"/respond/{decided.reference}").status_code == 404
