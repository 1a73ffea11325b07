"""A connected platform, and a case that was decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from apiflask import APIFlask

from tests.conftest import Cast
from tests.domain.partners.little import Little
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases.service import take
from webapp.domain.decisions.rules import Choice
from webapp.domain.decisions.service import decide
from webapp.domain.staff.models import Staff


@pytest.fixture
def little(app: APIFlask) -> Iterator[Little]:
    """The little platform, up and connected."""
    platform = Little()
    platform.connect()
    yield platform
    platform.stop()


@pytest.fixture
def uphold(cast: Cast) -> Callable[..., str]:
    """`uphold(report_id, measure, …)` decides the report's case for the reporter; gives the decision's id."""
    staff_id = cast.rui.id

    def act(report_id: str, *actions: tuple[str, int | None], ground: str = "COPY_IMAGE") -> str:
        with transaction():
            staff = db.session.get_one(Staff, staff_id)
            case = cases.case_of(report_id)
            take(case.id, staff)
            findings = {r.id: "supported" for r in cases.active_reports(case.id)}
            choice = Choice(findings, ground, actions, "The same painting, mirrored.")
            return decide(case.id, staff, case.version, choice).id

    return act
