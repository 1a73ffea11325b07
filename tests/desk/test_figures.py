"""The desk in figures: for leads only, each figure as chart, table and file, whatever period is asked for."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from apiflask import APIFlask

from tests.conftest import Cast
from tests.desk.conftest import Browser
from tests.domain.decisions.story import decided, dismissed, opened
from webapp.core.db import transaction
from webapp.desk.charts import draw
from webapp.desk.figures import FIGURES, GROUPS
from webapp.desk.tabled import Drawing, Series, Table, share
from webapp.domain.figures import service

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def worked(app: APIFlask, cast: Cast) -> None:
    """Three cases came, two were decided; today is counted."""
    decided(opened(cast.rui, content_ref="p1"), cast.rui)
    case = opened(cast.mei, content_ref="p2", kind="LIKENESS")
    decided(case, cast.mei, dismissed(case))
    opened(content_ref="p3")
    for day in service.due(3):
        found, moment = service.count(day)
        with transaction():
            service.keep(day, found, moment)


def test_only_leads_see_figures(at_desk: Callable[[str], Browser]) -> None:
    rui = at_desk("rui")
    assert [rui.get(f"/desk/figures{end}").status_code for end in ("", "/flow.svg", "/flow.csv")] == [403] * 3
    assert at_desk("lan").get("/desk/figures").status_code == 200


def test_every_figure_is_on_the_page_once() -> None:
    assert sorted(code for _title, codes in GROUPS for code in codes) == sorted(FIGURES)


def test_a_desk_without_any_case_says_so(at_desk: Callable[[str], Browser]) -> None:
    page = at_desk("lan").get("/desk/figures").text
    assert "Nothing was counted yet." in page
    assert "Nothing to draw in this period." in page
    assert "in – a violation" not in page


def test_the_page_shows_what_was_counted(at_desk: Callable[[str], Browser], worked: None) -> None:
    page = " ".join(re.sub(r"<[^>]+>", " ", at_desk("lan").get("/desk/figures?days=7").text).split())
    assert "New cases 3" in page
    assert "Finished cases 2" in page
    assert "Decided within a day 100%" in page
    assert "Rui 1 1 0 –" in page, "one decision is too few for a rate"
    assert "Every deadline was kept." in page
    assert "under an hour" in page, "ages are counted in whole hours"


def test_a_file_names_its_days_with_their_year(at_desk: Callable[[str], Browser], worked: None) -> None:
    table = at_desk("lan").get("/desk/figures/flow.csv?days=7").text
    assert len(re.findall(r"^20\d\d-\d\d-\d\d,", table, re.MULTILINE)) == 7


def test_each_figure_is_a_picture_and_a_file(at_desk: Callable[[str], Browser], worked: None) -> None:
    """All but exposure, which is a table only: people are averages there."""
    lan = at_desk("lan")
    for code in FIGURES:
        table = lan.get(f"/desk/figures/{code}.csv")
        assert table.data.startswith(b"\xef\xbb\xbf"), "a spreadsheet reads the Chinese by this mark"
        rows = list(csv.reader(io.StringIO(table.text.removeprefix("\ufeff"))))
        assert len({len(row) for row in rows}) == 1
        picture = lan.get(f"/desk/figures/{code}.svg")
        assert picture.status_code == (404 if code == "exposure" else 200)
        if picture.status_code == 200:
            assert picture.mimetype == "image/svg+xml"
            assert "<script" not in picture.text
            assert "prefers-color-scheme:dark" in picture.text
            assert "style-src 'unsafe-inline'" in picture.headers["Content-Security-Policy"]


def test_any_address_opens(at_desk: Callable[[str], Browser], worked: None) -> None:
    lan = at_desk("lan")
    for asked in ("days=x", "days=-3", "days=99999999999", "from=2030-01-01&to=1999-01-01", "from=", "days=365"):
        page = lan.get(f"/desk/figures?{asked}")
        assert page.status_code == 200, asked
        assert "That is not a day." not in page.text
    for asked in ("from=2026-13-01", "to=x"):
        assert "That is not a day." in lan.get(f"/desk/figures?{asked}").text


def test_no_such_figure(at_desk: Callable[[str], Browser]) -> None:
    lan = at_desk("lan")
    assert [lan.get(f"/desk/figures/nothing.{kind}").status_code for kind in ("svg", "csv")] == [404, 404]


def test_both_languages(at_desk: Callable[[str], Browser], worked: None) -> None:
    lan = at_desk("lan")
    assert 'lang="zh' in lan.get("/desk/figures?lang=zh").text
    assert lan.get("/desk/figures/kinds.svg?lang=zh").text != lan.get("/desk/figures/kinds.svg?lang=en").text


def test_the_page_costs_the_same_whatever_there_is(
    at_desk: Callable[[str], Browser], worked: None, count_queries: list[str]
) -> None:
    """Nothing is read of the big tables but the oldest case, by its index."""
    lan = at_desk("lan")
    count_queries.clear()
    lan.get("/desk/figures?days=365")
    assert len(count_queries) < 40
    grown = [q for q in count_queries if re.search(r"FROM (decision|clock_pause|strike|action|report)\b", q)]
    assert grown == []


def test_a_name_is_no_formula_in_a_spreadsheet() -> None:
    table = Table((("Who", "words"), ("Cases", "count")), [("=HYPERLINK(1)", 3), ("Rui", None)])
    assert table.csv() == "\ufeffWho,Cases\r\n'=HYPERLINK(1),3\r\nRui,\r\n"


def test_a_rate_over_few_is_not_told() -> None:
    assert (share(1, 4, 5), share(1, 5, 5), share(0, 0)) == (None, 0.2, None)


@pytest.mark.parametrize("form", ["lines", "columns", "bars"])
def test_a_chart_survives_whatever_it_is_given(form: str) -> None:
    """No values, none above nought, gaps, one point, letters that mean something in XML."""
    for values in ([], [0], [0, None, 3], [10_000_000]):
        labels = [f"<{n}> & “中文”" for n in range(len(values))]
        drawing = Drawing(form, labels, [Series("<b>", "accent", values), Series("&", "danger", values)])  # type: ignore[arg-type]  # parametrised
        assert draw(drawing).startswith(b"<svg")
