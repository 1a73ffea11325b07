"""The queue: enough on a row to choose, the right order, pages by key, one query however many rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import time_machine

from tests.builders import file_report
from tests.conftest import Cast
from tests.desk.conftest import Browser, fresh, matched_case
from webapp.core.clock import now
from webapp.core.db import transaction
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case


def order(page: str) -> list[str]:
    return re.findall(r'data-row-link>\s*<span class="mono">(C-[^<]+)', page)


def cases_of(number: int, **answers: object) -> list[str]:
    found = []
    for n in range(number):
        receipt = file_report(content_ref=f"{answers.get('kind', 'x')}{n}", **answers)
        found.append(receipt.reference)
    return found


def test_a_row_shows_kind_match_reports_due_and_a_blurred_picture(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    page = at_desk("rui").get("/desk/").text
    assert case.reference in page
    assert "Copyright infringement (picture, art, photograph)" in page
    assert "Strong match" in page
    assert "1 report" in page
    assert "due in 23 h" in page or "due in 1 d" in page  # the first look, before the decision
    assert f"/desk/media/{case.thumb_evidence_id}/thumb" in page
    assert 'class="veil veil--blur veil--thumb"' in page
    assert "free" in page


def test_urgent_kinds_come_first_and_what_is_late_says_so(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    label = file_report(kind="AI_LABEL_MISSING", basis="ANY", content_ref="a1")
    fraud = file_report(kind="FRAUD", basis="ANY", content_ref="a2")
    references = [fraud.report.id, label.report.id]
    with time_machine.travel(now() + timedelta(hours=30), tick=False):
        page = at_desk("rui").get("/desk/").text
    assert len(order(page)) == len(references)
    assert page.index("Fraud using AI</strong>") < page.index(
        "AI-generated content without a conspicuous label</strong>"
    )
    assert "overdue by 1 d 5 h" in page


def test_only_one_kind(at_desk: Callable[[str], Browser]) -> None:
    file_report(kind="FRAUD", basis="ANY", content_ref="a2")
    matched_case()
    page = at_desk("rui").get("/desk/?kind=FRAUD").text
    assert len(order(page)) == 1
    assert len(order(at_desk("rui").get("/desk/?kind=NO_SUCH").text)) == 2


def test_a_place_that_is_none_shows_the_first_page(at_desk: Callable[[str], Browser]) -> None:
    matched_case()
    for place in ("7|2026-11-22T00:00:00+00:00|x", "P2|2026-11-22T00:00:00+00:00|x", "1|never|x", "1|x"):
        assert len(order(at_desk("rui").get("/desk/", query_string={"after": place}).text)) == 1


def test_a_case_whose_clocks_stand_still_says_so_and_is_not_handed_out(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    with transaction():
        case_verbs.return_for_completion(fresh_in(case).entries[0].report, ["WORK"], "Which one?", None)
    rui = at_desk("rui")
    page = rui.get("/desk/").text
    assert "stands still" in page and "due in" not in page
    assert rui.post("/desk/next").location == "/desk/"


def test_pages_by_key_show_every_case_once_even_when_a_new_one_slips_in(at_desk: Callable[[str], Browser]) -> None:
    cases_of(30, kind="FABRICATION_RUMOUR", basis="ANY", source="It never happened.")
    rui = at_desk("rui")
    first = rui.get("/desk/").text
    link = re.search(r'href="(/desk/\?[^"]*after=[^"]+)">', first)
    assert link
    file_report(kind="FRAUD", basis="ANY", content_ref="new")
    second = rui.get(link.group(1).replace("&amp;", "&")).text
    assert len(order(first)) == 25
    assert len(order(second)) == 5
    assert not set(order(first)) & set(order(second))


def test_the_number_of_queries_does_not_grow_with_the_number_of_cases(
    at_desk: Callable[[str], Browser], count_queries: list[str]
) -> None:
    rui = at_desk("rui")
    sizes = []
    for number in (3, 9):
        for n in range(number):
            matched_case(100 * number + n)
        count_queries.clear()
        page = rui.get("/desk/").text
        sizes.append((len(order(page)), len(count_queries)))
    assert [rows for rows, _queries in sizes] == [3, 12]
    assert sizes[0][1] == sizes[1][1] <= 10


def test_refreshing_sends_nothing_while_nothing_changed(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    case = matched_case()
    rui = at_desk("rui")
    with time_machine.travel(now(), tick=False):
        first = rui.get("/desk/queue/rows")
        again = rui.get("/desk/queue/rows", headers={"If-None-Match": first.headers["ETag"]})
        with transaction():
            case_verbs.take(case.id, cast.mei)
        changed = rui.get("/desk/queue/rows", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)
    assert "Mei, until" in changed.text
    assert "<html" not in changed.text


def test_start_reviewing_takes_the_most_urgent_case_nobody_holds(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    urgent = file_report(kind="FRAUD", basis="ANY", content_ref="a2")
    other = matched_case()
    rui, mei = at_desk("rui"), at_desk("mei")
    first = rui.post("/desk/next").location
    second = mei.post("/desk/next").location
    assert first is not None
    assert second == f"/desk/case/{other.reference}"
    assert first != second
    assert urgent.report.id
    assert at_desk("lan").post("/desk/next").location == "/desk/"


def test_an_asked_case_is_listed_but_not_handed_out(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    case: Case = matched_case()
    with transaction():
        case_verbs.take(case.id, cast.mei)
        case_verbs.ask(fresh_in(case), fresh_in(case).entries[0].report, cast.mei, "Where was it first published?")
        case_verbs.release(case.id, cast.mei)
    rui = at_desk("rui")
    assert "waits for an answer" in rui.get("/desk/").text
    assert rui.post("/desk/next").location == "/desk/"
    assert fresh(case).state == "asked"


def fresh_in(case: Case) -> Case:
    """The case inside the open transaction."""
    from webapp.domain.cases import queries

    return queries.get(case.id)
