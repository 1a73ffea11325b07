"""What a reporter said of a live stream and of the part that counts, as the desk reads it."""

from __future__ import annotations

from collections.abc import Callable

from tests.builders import file_report, picture
from tests.desk.conftest import Browser
from tests.public.conftest import said
from webapp.domain.cases.queries import case_of


def test_the_reviewer_reads_when_it_was_live_and_which_part_counts(at_desk: Callable[[str], Browser]) -> None:
    receipt = file_report(
        [picture(3)], kind="VOICE", live="now", seen_at="2026-09-01T20:15", part_from="0:12", part_to="0:30"
    )
    assert receipt.missing == ()
    case = case_of(receipt.report.id)
    page = said(at_desk("rui").get(f"/desk/case/{case.reference}"))
    assert "Live when it was reported" in page
    assert "2026" in page
    assert "0:12–0:30" in page
