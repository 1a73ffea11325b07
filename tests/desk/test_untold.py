"""Accounts their platform could not be asked to tell stand on the desk's page of measures, with a button."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from tests.desk.conftest import Browser, matched_case
from tests.desk.test_aftermath import connect
from webapp.core.db import db, transaction
from webapp.core.ids import new_id
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.partners import service as partners
from webapp.domain.partners.models import Event
from webapp.domain.reports.models import Respondent


def test_an_account_that_was_not_told_is_shown_and_told_again(at_desk: Callable[[str], Browser]) -> None:
    rui = at_desk("rui")
    connect()
    case = matched_case()
    case_id, reference = case.id, case.reference
    with transaction():
        account = Respondent(
            id=new_id(), platform="demo", account_ref="a1", handle="@cat", name="Cat", language="en", email=None
        )
        db.session.add(account)
        db.session.flush()
        found = cases.get(case_id)
        found.subject.respondent_id = account.id
        db.session.flush()
        db.session.refresh(found.subject)
        event = partners.tell_respondent(found, "forwarded:1", "forwarded")
        assert event is not None
        event_id = event.id
        partners.record_attempt(event, 422, "the platform answered 422", 12)
        partners.give_up(event, "refused")
    page = rui.get("/desk/actions").text
    assert "Accounts that were not told" in page
    assert "demo · a1" in page
    assert reference in page
    assert "the platform answered 422" in page
    assert rui.post(f"/desk/actions/notices/{event_id}/resend").status_code == 302
    db.session.rollback()
    assert db.session.get_one(Event, event_id).state == "pending"
    waiting = db.session.scalars(select(Task.payload).where(Task.topic == "event.created")).all()
    assert waiting.count({"event_id": event_id}) == 2
    assert "Accounts that were not told" not in rui.get("/desk/actions").text
