"""A lead sees which deadlines are late or near, by law, and who holds the case; nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import time_machine

from tests.builders import file_report
from tests.conftest import Cast
from tests.desk.conftest import Browser
from webapp.core.clock import now
from webapp.core.db import transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs


def test_a_lead_sees_what_is_late(at_desk: Callable[[str], Browser]) -> None:
    """Nothing at first; after the time is over the case, the deadline in words and how late it is."""
    reference = cases.case_of(file_report().report.id).reference
    calm = at_desk("lan").get("/desk/deadlines").text
    assert reference not in calm and "Nothing is late." in calm
    with time_machine.travel(now() + timedelta(days=30), tick=False):
        page = at_desk("lan").get("/desk/deadlines").text
    assert reference in page
    assert "overdue by" in page
    assert "late or at risk" in page, "the number stands in the navigation"


def test_late_and_at_risk_stand_apart_and_by_law(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """The house's own times and the law's are told apart; whoever holds the case is named."""
    case = cases.case_of(file_report().report.id)
    case_id = case.id
    with time_machine.travel(now() + timedelta(days=30), tick=False):
        with transaction():
            case_verbs.take(case_id, cast.rui)
        lan = at_desk("lan")
        page = lan.get("/desk/deadlines").text
        assert page.index('id="group-late"') < page.index('id="group-risk"')
        assert "Rui" in page.split('id="group-late"')[1]
        house = lan.get("/desk/deadlines?regime=HOUSE").text
        assert "Decide" in house
        assert house.count("is-alarm") < page.count("is-alarm")
        assert lan.get("/desk/deadlines?regime=nothing").status_code == 200


def test_many_deadlines_need_no_query_each(at_desk: Callable[[str], Browser], count_queries: list[str]) -> None:
    file_report(content_ref="q1")
    with time_machine.travel(now() + timedelta(days=30), tick=False):
        lan = at_desk("lan")
        lan.get("/desk/deadlines")
        count_queries.clear()
        lan.get("/desk/deadlines")
        one = len(count_queries)
    for number in (2, 3):
        file_report(content_ref=f"q{number}")
    with time_machine.travel(now() + timedelta(days=30), tick=False):
        lan = at_desk("lan")
        lan.get("/desk/deadlines")
        count_queries.clear()
        lan.get("/desk/deadlines")
        assert len(count_queries) == one


def test_deadlines_are_for_leads(at_desk: Callable[[str], Browser]) -> None:
    """A reviewer is told that this is not hers."""
    assert at_desk("rui").get("/desk/deadlines").status_code == 403
