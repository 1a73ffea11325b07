"""A mail server the app sends to, and a decided case with a known account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.conftest import Cast
from tests.domain.notifications.mailbox import Mailbox
from tests.processing import process_all
from webapp.core.db import db, transaction
from webapp.core.ids import new_id
from webapp.domain.cases import queries as cases
from webapp.domain.cases.service import take
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.rules import Choice
from webapp.domain.decisions.service import agree, decide
from webapp.domain.reports.models import Respondent, Subject
from webapp.domain.staff.models import Staff


@pytest.fixture
def mailbox(app: APIFlask) -> Iterator[Mailbox]:
    """A mail server; the app hands its letters to it."""
    box = Mailbox()
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = before.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{box.port}"})
    yield box
    app.config["SETTINGS"] = before
    box.stop()


def go() -> int:
    """Write and send what is due; platforms and scans rest."""
    return process_all("work", "mail")


def staff(name: str) -> Staff:
    """Somebody of the cast, freshly read."""
    return db.session.scalars(select(Staff).where(Staff.email == f"{name}@desk.example")).one()


def rui() -> Staff:
    """The reviewer, freshly read."""
    return staff("rui")


def known_account(report_id: str, email: str | None = "cat@little.example", language: str = "en") -> None:
    """As if the platform had told whose content it is."""
    with transaction():
        subject = db.session.scalars(select(Subject).where(Subject.platform == "demo")).one()
        subject.title = "River at dusk"
        subject.respondent = Respondent(
            id=new_id(),
            platform="demo",
            account_ref="a1",
            handle="@copycat",
            name="Copy Cat",
            email=email,
            language=language,
        )


@pytest.fixture
def decided(cast: Cast) -> Callable[..., str]:
    """`decided({report_id: answer}, measure, …, reason=…)`; gives the decision's id."""

    def act(findings: Mapping[str, str], *actions: tuple[str, int | None], reason: str = "The same painting.") -> str:
        with transaction():
            case = cases.case_of(next(iter(findings)))
            who = rui()
            take(case.id, who)
            ground = "COPY_IMAGE" if "supported" in findings.values() else ""
            # A suspension or closure says why it comes without a warning.
            aside = "It could not wait." if {"suspend", "close"} & {kind for kind, _days in actions} else ""
            choice = Choice(findings, ground, actions, reason, set_aside=aside)
            made = decide(case.id, who, case.version, choice)
            return made.id if isinstance(made, Decision) else agree(made.id, staff("mei")).id

    return act
