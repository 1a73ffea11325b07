"""Conflicts of interest: what is declared is kept away, at once and at every door, until it is ended."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from apiflask import APIFlask
from sqlalchemy import text

from tests.conftest import Cast
from tests.domain.cases.notice import send
from webapp.core.db import db, transaction
from webapp.core.errors import NotAllowed, NotFound, Refused
from webapp.core.ids import new_id
from webapp.domain.cases import merging
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.queues import interests, queries, service
from webapp.domain.reports.models import Report, Respondent


def case_of(report: Report) -> Case:
    return cases.get(cases.case_of(report.id).id)


@pytest.fixture
def report(app: APIFlask) -> Report:
    """A report about content of an account that is known."""
    found = send()
    with transaction():
        account = Respondent(id=new_id(), platform="demo", account_ref="a1", handle="@chenmo", name="Chen Mo")
        case_of(found).subject.respondent = account
    return found


NAMED: list[tuple[str, Callable[[Report], str]]] = [
    ("account", lambda report: "@chenmo"),
    ("account", lambda report: "chenmo"),
    ("account", lambda report: "a1"),
    ("account", lambda report: case_of(report).reference),
    ("reporter", lambda report: "Zhou.Yun@example.org "),
    ("reporter", lambda report: report.reference.lower()),
    ("content", lambda report: case_of(report).reference),
]


@pytest.mark.parametrize(("kind", "name"), NAMED)
def test_however_it_is_named_the_case_stays_away(
    report: Report, cast: Cast, kind: str, name: Callable[[Report], str]
) -> None:
    """Not offered and not to be taken; for colleagues nothing changes; ended, it comes back."""
    case = case_of(report)
    with transaction():
        found = interests.declare(cast.rui, kind, name(report), "My flatmate", cast.rui).id
    assert queries.next_for(cast.rui) is None and queries.next_for(cast.mei) is not None
    with pytest.raises(NotAllowed, match="interest_declared"), transaction():
        service.take(case.id, cast.rui)
    with transaction():
        interests.end(found, cast.rui)
    assert queries.next_for(cast.rui) is not None


def test_what_one_holds_of_it_goes_back_at_once(report: Report, cast: Cast) -> None:
    """Declaring while working on it gives the case to the others."""
    case = case_of(report)
    with transaction():
        service.take(case.id, cast.rui)
        interests.declare(cast.rui, "content", case.reference, "My own video", cast.rui)
    assert cases.holder(case.id) is None


def test_content_that_was_merged_into_another_case_stays_away_too(report: Report, cast: Cast) -> None:
    """A case is about every content that is reported in it."""
    kept, gone = case_of(report), case_of(send(content_ref="other", address="https://demo.example/other"))
    with transaction():
        interests.declare(cast.mei, "content", gone.reference, "My own video", cast.mei)
        service.take(kept.id, cast.rui)
        merging.merge(kept, gone, cast.rui, anchored=False, across=True)
    assert interests.in_conflict(kept.id, cast.mei.id) and not interests.in_conflict(kept.id, cast.rui.id)


def test_the_same_twice_is_one_and_nothing_of_it_is_readable_in_the_table(report: Report, cast: Cast) -> None:
    """Label and reason are sealed, the reporter is a digest."""
    with transaction():
        one = interests.declare(cast.rui, "reporter", "zhou.yun@example.org", "My sister", cast.rui).id
    with transaction():
        two = interests.declare(cast.rui, "reporter", "zhou.yun@example.org", "My sister again", cast.rui).id
    assert one == two
    row = str(db.session.execute(text("SELECT * FROM interest")).one())
    assert "zhou" not in row.lower() and "sister" not in row


@pytest.mark.parametrize(
    ("kind", "what", "reason", "code"),
    [
        ("friend", "@chenmo", "x", "interest_kind"),
        ("account", "@nobody", "x", "interest_unknown"),
        ("account", "", "x", "interest_unknown"),
        ("content", "C-0000-0000", "x", "interest_unknown"),
        ("reporter", "R-0000-0000", "x", "interest_unknown"),
        ("account", "@chenmo", " ", "interest_why_missing"),
        ("account", "@chenmo", "x" * 501, "text_too_long"),
    ],
)
def test_what_cannot_be_declared(report: Report, cast: Cast, kind: str, what: str, reason: str, code: str) -> None:
    """Each slip has its own sentence."""
    with pytest.raises(Refused, match=code), transaction():
        interests.declare(cast.rui, kind, what, reason, cast.rui)


def test_a_lead_declares_for_others_and_only_leads_end_that(report: Report, cast: Cast) -> None:
    """A reviewer ends their own, not a lead's, and never learns of a colleague's."""
    with transaction():
        of_lead = interests.declare(cast.rui, "account", "@chenmo", "They sued each other", cast.lan).id
        of_mei = interests.declare(cast.mei, "account", "@chenmo", "Her cousin", cast.mei).id
    with pytest.raises(NotAllowed, match="interest_of_lead"), transaction():
        interests.end(of_lead, cast.rui)
    with pytest.raises(NotFound), transaction():
        interests.end(of_mei, cast.rui)
    with transaction():
        interests.end(of_lead, cast.lan)
        interests.end(of_lead, cast.lan)  # a repeat changes nothing
    assert interests.live(cast.rui.id) == []
    assert [one.staff.name for one in interests.of_others(cast.lan.id)] == ["Mei"]
