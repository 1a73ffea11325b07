"""Reporting something else as the same person: what was checked is not asked again, what ran out is renewed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import select

from tests.conftest import Cast
from tests.public.conftest import Visitor, said
from webapp.core.audit import Actor
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.domain.cases.returns import open_return
from webapp.domain.claimants.models import Standing
from webapp.domain.claimants.service import verify
from webapp.domain.reports import queries as reports
from webapp.domain.reports.models import Report
from webapp.domain.reports.service import tracking_secret

VOICE = {"kind": {"kind": "VOICE"}, "who": {"basis": "AGENT"}}


def lacking(report: Report) -> list[str]:
    """What it was returned for."""
    waiting = open_return(report.id)
    return list(waiting.missing) if waiting else []


@pytest.fixture
def checked(visitor: Visitor, cast: Cast) -> str:
    """A report by an agent whose authority a reviewer has checked, until next spring."""
    reference, _secret = visitor.report(**VOICE, standing={"claimant_name": "Li Na", "valid_to": "2027-03-31"})
    with transaction():
        standing = reports.by_reference(reference).standing
        verify(standing, Actor("staff", cast.rui.id), "V2")
    return reference


OTHER_CONTENT = {"address": "https://example.org/v/other"}


def test_the_same_person_reports_something_else_without_saying_it_all_again(visitor: Visitor, checked: str) -> None:
    page = visitor.get(f"/report?as={checked}")
    assert "You report again as the same person" in said(page)
    assert "Li Na" in said(page)
    assert "Checked. Valid until 31 March 2027." in said(page)
    assert 'value="COPY_IMAGE"' in page.text
    assert 'value="DECEASED"' in page.text
    pages = visitor.fill(kind={"kind": "LIKENESS", "same_as": checked}, content=OTHER_CONTENT)
    assert pages == ["/report", "/report/content", "/report/files", "/report/contact"]
    assert 'name="POA"' not in visitor.get("/report/files").text
    contact = visitor.get("/report/contact").text
    assert 'name="name"' not in contact
    assert 'name="email"' not in contact
    visitor.send()
    db.session.rollback()
    first, second = (reports.by_reference(checked), the_other(checked))
    assert first.standing_id == second.standing_id
    assert lacking(second) == []


def the_other(reference: str) -> Report:
    """The report that is not this one."""
    return db.session.scalars(select(Report).where(Report.reference != reference)).one()


def test_a_standing_that_ran_out_is_said_and_renewed_with_a_new_paper(visitor: Visitor, checked: str) -> None:
    with time_machine.travel(now() + timedelta(days=365), tick=True):
        visitor.client.set_cookie("lang", "en")
        reopen(visitor, checked)
        assert "It ran out on 31 March 2027" in said(visitor.get(f"/report?as={checked}"))
        again = {"kind": "LIKENESS", "same_as": checked}
        pages = visitor.fill(kind=again, content=OTHER_CONTENT, standing={"valid_to": "2028-12-31"})
        assert "/report/standing" in pages
        assert 'name="POA"' in visitor.get("/report/files").text
        visitor.send()
        db.session.rollback()
        renewed = the_other(checked).standing
        assert renewed.id != reports.by_reference(checked).standing_id
        assert (renewed.state, [proof.code for proof in renewed.proofs]) == ("claimed", ["POA"])
        assert lacking(the_other(checked)) == []


def reopen(visitor: Visitor, reference: str) -> None:
    """Open the report again; the browser forgot it in the meantime."""
    secret = tracking_secret(reports.by_reference(reference))
    assert visitor.post("/track", {"reference": reference, "secret": secret}).status_code == 302


def test_what_waits_to_be_checked_is_not_asked_again(visitor: Visitor) -> None:
    reference, _secret = visitor.report(**VOICE, standing={"claimant_name": "Li Na"})
    assert "We are still checking it" in said(visitor.get(f"/report?as={reference}"))
    pages = visitor.fill(kind={"kind": "VOICE", "same_as": reference}, content=OTHER_CONTENT)
    assert "/report/standing" not in pages
    visitor.send()
    assert lacking(the_other(reference)) == []
    assert len(list(db.session.scalars(select(Standing)))) == 1


def test_nobody_reports_with_the_standing_of_a_report_they_have_not_opened(app: APIFlask, checked: str) -> None:
    stranger = Visitor(app.test_client())
    assert stranger.get(f"/report?as={checked}").location == f"/track?reference={checked}"
    assert stranger.post("/report", {"kind": "VOICE", "same_as": checked}).location == f"/track?reference={checked}"
    assert stranger.get("/report?as=R-0000-0000").location == "/track?reference=R-0000-0000"
