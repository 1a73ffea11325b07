"""A lead sees which deadlines are late or near; nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import time_machine

from tests.builders import file_report
from tests.desk.conftest import Browser
from webapp.core.clock import now
from webapp.domain.cases import queries as cases


def test_a_lead_sees_what_is_late(at_desk: Callable[[str], Browser]) -> None:
    """Nothing at first; after the time is over the case, the deadline in words and how late it is."""
    reference = cases.case_of(file_report().report.id).reference
    assert reference not in at_desk("lan").get("/desk/deadlines").text
    with time_machine.travel(now() + timedelta(days=30), tick=False):
        page = at_desk("lan").get("/desk/deadlines").text
    assert reference in page
    assert "overdue by" in page


def test_deadlines_are_for_leads(at_desk: Callable[[str], Browser]) -> None:
    """A reviewer is told that this is not hers."""
    assert at_desk("rui").get("/desk/deadlines").status_code == 403
