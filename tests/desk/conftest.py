"""People at the desk as browsers without scripts, and cases for them to look at."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests.builders import file_report, picture
from tests.conftest import PASSWORD, Cast
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.evidence.service import add_preview, store
from webapp.domain.matching import service as matching
from webapp.domain.matching.detector import Comparison
from webapp.domain.reports.models import Respondent


class Browser(FlaskClient):
    """Each request in a context of its own, as a server gives it: nothing of one request leaks into the next."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return contextvars.Context().run(super().open, *args, **kwargs)

    def sign_in(self, name: str, password: str = PASSWORD, **form: str) -> TestResponse:
        """Sign in as somebody of the cast."""
        return self.post("/desk/sign-in", data={"email": f"{name}@desk.example", "password": password, **form})


@pytest.fixture
def stranger(app: APIFlask) -> Browser:
    """A stranger's browser, reading English."""
    one = Browser(app, app.response_class)
    one.set_cookie("lang", "en")
    return one


@pytest.fixture
def at_desk(app: APIFlask, cast: Cast) -> Callable[[str], Browser]:
    """The browser of somebody of the cast, signed in."""

    def enter(name: str) -> Browser:
        one = Browser(app, app.response_class)
        one.set_cookie("lang", "en")
        assert one.sign_in(name).status_code == 302
        return one

    return enter


def see(item_id: str) -> None:
    """Give an item the previews a worker would make."""
    blob = store().put(picture(2, (96, 72)))
    for kind in ("thumb", "large"):
        add_preview(item_id, kind, blob, "image/jpeg", 96, 72)


def matched_case(number: int = 1, **answers: object) -> Case:
    """A case whose reported picture was compared with the reporter's own and found to be the same."""
    receipt = file_report([picture(number)], [picture(number + 100)], content_ref=f"p{number}", **answers)
    items = {i.evidence.role: i.evidence.id for i in receipt.report.items}
    comparison = Comparison(
        distance=31.0,
        verdict="supports",
        band="strong",
        threshold=70.0,
        reason="same_picture",
        findings=[{"kind": "placement", "changes": ["mirrored"], "share": 1.0, "inside": "reference"}],
    )
    with transaction():
        for evidence_id in items.values():
            see(evidence_id)
            matching.record_scan(evidence_id, "phash", "1", state="done", data=b"signal")
        matching.record_match(items["alleged"], items["reference"], "phash", "1", comparison)
        case = cases.case_of(receipt.report.id)
        case_verbs.weigh(case)
        case_id = case.id
    return cases.get(case_id)


def known_account(case: Case) -> Case:
    """The platform said whose content it is."""
    with transaction():
        case.subject.respondent = Respondent(
            id="acc", platform="demo", account_ref="a1", handle="@chenmo", name="Chen Mo", email="chen.mo@example.org"
        )
    return cases.get(case.id)


def fresh(case: Case) -> Case:
    """The case as it is now, whatever requests did meanwhile."""
    case_id = case.id
    db.session.rollback()
    return cases.get(case_id)


def choice(case: Case, **changes: Any) -> dict[str, Any]:
    """A whole decision form: every report supported, the picture removed."""
    form: dict[str, Any] = {f"finding-{r.id}": "supported" for r in cases.active_reports(case.id)}
    form |= {
        "version": str(case.version),
        "ground": "COPY_IMAGE",
        "action": ["remove"],
        "reason": "Her picture, put up mirrored.",
    }
    return form | changes


@pytest.fixture
def count_queries(app: APIFlask) -> Iterator[list[str]]:
    """Every SELECT sent to the database while the test runs."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)
