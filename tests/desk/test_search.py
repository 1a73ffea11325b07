"""Search as people at the desk use it: words marked where they stand, filters, saved searches, what it keeps back."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from tests.builders import file_report
from tests.conftest import Cast
from tests.desk.conftest import Browser, known_account, matched_case
from tests.domain.decisions.story import choice, decided
from webapp.core.audit import SYSTEM, AuditEntry
from webapp.core.db import db, transaction
from webapp.domain.appeals import service as appeals
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.search import service


def read_again() -> None:
    with transaction():
        service.catch_up(1000)


def case_with(wrong: str, ref: str, **answers: object) -> Case:
    receipt = file_report(wrong=wrong, content_ref=ref, address=f"https://demo.example/posts/{ref}", **answers)
    return cases.case_of(receipt.report.id)


def rows(page: str) -> list[str]:
    return re.findall(r'data-row-link>\s*<span class="mono">(C-[^<]+)', page)


def test_words_are_marked_where_they_stand(at_desk: Callable[[str], Browser]) -> None:
    chinese = case_with("这幅水彩畫被鏡像後冒充原創。", "p1").reference
    english = case_with("My watercolour paintings <b>mirrored</b>.", "p2").reference
    read_again()
    rui = at_desk("rui")
    page = rui.get("/desk/search", query_string={"q": "水彩画 镜像"}).text
    assert rows(page) == [chinese]
    assert "<mark>水彩畫</mark>" in page and "<mark>鏡像</mark>" in page
    page = rui.get("/desk/search?q=painting").text
    assert rows(page) == [english]
    assert "<mark>paintings</mark> &lt;b&gt;mirrored" in page
    assert "Nothing fits." in rui.get("/desk/search?q=sculpture").text
    assert rows(rui.get("/desk/search").text) == []


def test_an_address_is_marked_as_one(at_desk: Callable[[str], Browser]) -> None:
    case_with("A painting", "p1")
    read_again()
    page = at_desk("rui").get("/desk/search", query_string={"q": "demo.example/posts/p1"}).text
    assert "<mark>demo.example/posts/p1</mark>" in page


def test_a_whole_reference_leads_to_its_case(at_desk: Callable[[str], Browser]) -> None:
    case = case_with("A painting", "p1")
    report = cases.active_reports(case.id)[0].reference
    rui = at_desk("rui")
    for typed in (case.reference, report.lower()):
        assert rui.get("/desk/search", query_string={"q": typed}).location == f"/desk/case/{case.reference}"


def test_filters_accounts_and_pages(at_desk: Callable[[str], Browser]) -> None:
    case = known_account(case_with("A painting", "p0"))
    for n in range(1, 27):
        case_with("A painting", f"p{n}", kind="FRAUD", basis="ANY", proofs={})
    read_again()
    rui = at_desk("rui")
    first = rui.get("/desk/search?q=painting").text
    older = re.search(r'href="(/desk/search\?[^"]*after=[^"]+)"', first)
    assert older
    second = rui.get(html.unescape(older.group(1))).text
    assert (len(rows(first)), len(rows(second))) == (25, 2)
    assert rows(rui.get("/desk/search?q=painting&kind=COPY_IMAGE").text) == [case.reference]
    beside = re.search(r'href="(/desk/search\?account=[^"]+)"', rui.get("/desk/search?q=chenmo").text)
    assert beside
    page = rui.get(beside.group(1)).text
    assert rows(page) == [case.reference] and "Only content of the account" in page
    assert rows(rui.get("/desk/search?q=painting&until=2001-01-01").text) == []
    assert len(rows(rui.get("/desk/search?since=2001-01-01&until=never&after=x").text)) == 25


def test_of_sealed_kinds_no_text_is_shown(at_desk: Callable[[str], Browser]) -> None:
    case = case_with("Zanzibar was the password she never gave.", "p1", kind="INTIMATE_DEEPFAKE", proofs={})
    read_again()
    page = at_desk("rui").get("/desk/search?q=zanzibar").text
    assert rows(page) == [case.reference]
    assert "<mark>" not in page and "password she" not in page
    assert "read on the page of its case only" in page


def test_a_sealed_kind_behind_another_one_keeps_its_text_and_its_queue(at_desk: Callable[[str], Browser]) -> None:
    """A fraud is reported first: it leads the case, and the child beside it still decides who works on it."""
    case_with("A false lottery.", "p1", kind="FRAUD", basis="ANY")
    case = case_with("Zanzibar is how old the girl is.", "p1", kind="MINOR_SEXUAL", basis="ANY")
    assert (case.kind, case.queue) == ("FRAUD", "minors")
    read_again()
    page = at_desk("rui").get("/desk/search?q=zanzibar").text
    assert rows(page) == [case.reference] and "how old" not in page


def test_nobody_finds_an_appealed_case_by_the_decision_they_must_not_know(
    at_desk: Callable[[str], Browser], cast: Cast
) -> None:
    case = known_account(matched_case())
    with transaction():
        case_verbs.take(case.id, cast.rui)
        case_verbs.ask(case, cases.active_reports(case.id)[0], cast.rui, "I think it is a Kingfisher copy; is it?")
        case_verbs.answer(cases.active_reports(case.id)[0], "It is.", SYSTEM)
    taken = cases.get(case.id)
    decided(taken, cast.rui, choice(taken, reason="The Nightingale rule about paintings applies."))
    with transaction():
        appeals.file(case.id, "respondent", "It is my own work, painted by me.")
    read_again()
    assert rows(at_desk("rui").get("/desk/search?q=nightingale").text) == [case.reference]
    mei = at_desk("mei")
    assert rows(mei.get("/desk/search?q=nightingale").text) == []
    assert rows(mei.get("/desk/search?q=kingfisher").text) == [], "what the desk wrote shows its mind"
    page = mei.get("/desk/search?q=painting").text
    assert rows(page) == [case.reference]
    assert "Nightingale" not in page


def test_a_search_is_kept_shared_and_forgotten(at_desk: Callable[[str], Browser]) -> None:
    rui, mei = at_desk("rui"), at_desk("mei")
    form = {"q": "painting", "kind": "FRAUD", "name": "Frauds with paintings", "shared": "1"}
    assert rui.post("/desk/search/saved", data=form).location == "/desk/search?q=painting&kind=FRAUD"
    page = mei.get("/desk/search").text
    assert "/desk/search?q=painting&amp;kind=FRAUD" in page or "kind=FRAUD" in page
    assert "from Rui" in page and "/forget" not in page
    address = re.search(r'action="(/desk/search/saved/[^"]+/forget)"', rui.get("/desk/search").text)
    assert address
    assert mei.post(address.group(1)).status_code == 403
    assert rui.post(address.group(1)).status_code == 302
    assert "Frauds with paintings" not in rui.get("/desk/search").text
    said = rui.post("/desk/search/saved", data={"q": "x", "name": " "}, follow_redirects=True).text
    assert "Please give the filter a name." in said


def test_a_reporter_is_found_by_the_exact_address_and_the_look_is_written_down(
    at_desk: Callable[[str], Browser],
) -> None:
    case = case_with("A painting", "p1")
    rui = at_desk("rui")
    assert "must not stand in the address" in rui.get("/desk/search?q=zhou.yun@example.org").text
    page = rui.post("/desk/search/reporter", data={"email": "Zhou.Yun@example.org"}).text
    assert rows(page) == [case.reference]
    assert "Nobody with this address" in rui.post("/desk/search/reporter", data={"email": "zhou@example.org"}).text
    db.session.rollback()
    entries = db.session.query(AuditEntry).filter_by(verb="reporter.search").all()
    assert [entry.facts["cases"] for entry in entries] == [[case.reference], []]
    assert "zhou" not in str([(e.object_id, e.facts) for e in entries]).lower()


def test_the_number_of_queries_does_not_grow_with_what_is_found(
    at_desk: Callable[[str], Browser], count_queries: list[str]
) -> None:
    rui = at_desk("rui")
    sizes = []
    for number in (2, 4):
        for n in range(number):
            matched_case(100 * number + n)
        read_again()
        count_queries.clear()
        page = rui.get("/desk/search?q=painting").text
        sizes.append((len(rows(page)), len(count_queries)))
    assert [found for found, _queries in sizes] == [2, 6]
    assert sizes[0][1] == sizes[1][1]
