"""A connected platform, and a case that was decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from apiflask import APIFlask

from tests.conftest import Cast
from tests.domain.partners.little import Little
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases.service import take
from webapp.domain.decisions.models import Decision, Proposal
from webapp.domain.decisions.rules import Choice
from webapp.domain.decisions.service import agree, decide, impose_interim
from webapp.domain.staff.models import Staff


@pytest.fixture
def little(app: APIFlask) -> Iterator[Little]:
    """The little platform, up and connected."""
    platform = Little()
    platform.connect()
    yield platform
    platform.stop()


def choose(report_id: str, actions: Sequence[tuple[str, int | None]], ground: str = "COPY_IMAGE") -> Choice:
    """Uphold, or with no measure reject, every report of the case; exactly these measures, whatever the ladder says."""
    answer = "supported" if actions else "not_supported"
    findings = {r.id: answer for r in cases.active_reports(cases.case_of(report_id).id)}
    aside = "Only what this story is about." if actions else ""
    return Choice(findings, ground if actions else "", actions, "The same painting, mirrored.", set_aside=aside)


@pytest.fixture
def uphold(cast: Cast) -> Callable[..., str]:
    """`uphold(report_id, measure, …)` decides the report's case for the reporter, a second person agreeing where the
    book asks for one; without measures it is decided against. Gives the decision's id.
    """
    staff_id, second_id = cast.rui.id, cast.mei.id

    def act(report_id: str, *actions: tuple[str, int | None], ground: str = "COPY_IMAGE") -> str:
        with transaction():
            staff = db.session.get_one(Staff, staff_id)
            case = cases.case_of(report_id)
            take(case.id, staff)
            made: Decision | Proposal = decide(case.id, staff, case.version, choose(report_id, actions, ground))
        if isinstance(made, Proposal):
            with transaction():
                made = agree(made.id, db.session.get_one(Staff, second_id))
        return made.id

    return act


@pytest.fixture
def hold(cast: Cast) -> Callable[..., str]:
    """`hold(report_id, measure)` takes a provisional measure while the case is looked at; gives the decision's id."""
    staff_id = cast.rui.id

    def act(report_id: str, action: str) -> str:
        with transaction():
            staff = db.session.get_one(Staff, staff_id)
            case = cases.case_of(report_id)
            take(case.id, staff)
            return impose_interim(case.id, staff, case.version, action, "It spreads while we look at it.").id

    return act
