"""Addresses and forms nobody gets by clicking: numbers beyond reading, dates that do not exist. Never a broken page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.desk.conftest import Browser, matched_case
from webapp.desk.typed import Typed

ENDLESS = "9" * 5000


@pytest.mark.parametrize(
    "path",
    [
        "/desk/?after=1|0001-01-01T00:00:00%2B14:00|x",
        "/desk/?after=1|9999-12-31T23:59:59-14:00|x",
        "/desk/actions?after=9999-12-31T23:59:59-14:00|x",
        f"/desk/audit?before={'9' * 30}",
        f"/desk/audit?before={ENDLESS}",
        "/desk/audit?before=-1",
        "/desk/counters?after=9999-12-31T23:59:59-14:00|x",
        "/desk/statements?since=0000-00-00&after=x|y",
        "/desk/deadlines?regime=%00",
        "/desk/search?q=a&after=²",
        f"/desk/search?q=a&after={ENDLESS}",
        "/desk/search?q=%00&account=%00&platform=%00",
        "/desk/search?q=*%20OR%20NEAR(%22a%22)&since=0001-01-01&until=9999-12-31",
        "/desk/jump?q=%00",
        "/desk/jump?q=C-%25%25%25",
        f"/desk/pulse?case={{case}}&version={ENDLESS}",
        "/desk/pulse?case={case}&version=²&doing=x",
        "/desk/figures?from=0001-01-01&to=0001-01-02",
        "/desk/figures?from=9999-12-31&to=9999-12-31&days=-1",
        f"/desk/figures?days={ENDLESS}",
        "/desk/figures/flow.csv?from=0001-01-01&to=0001-01-02",
        "/desk/figures/flow.svg?from=0001-01-01&to=0001-01-01",
        "/desk/quality/agreement?kind=%00&after=9999-12-31T23:59:59-14:00|x",
    ],
)
def test_an_odd_address_opens_the_first_page(at_desk: Callable[[str], Browser], path: str) -> None:
    assert at_desk("lan").get(path.replace("{case}", matched_case().reference)).status_code == 200


def test_an_odd_dry_run_begins_nothing(at_desk: Callable[[str], Browser]) -> None:
    case, rui = matched_case(), at_desk("rui")
    rui.post("/desk/basket/put", data={"case": [case.id, "\0", "x" * 5000]})
    for seen in (f"{case.id}:²", f"{case.id}:{ENDLESS}", ":", "\0:1"):
        page = rui.post("/desk/basket/do", data={"verb": "take", "seen": seen}, follow_redirects=True)
        assert page.status_code in (200, 409), seen


@pytest.mark.parametrize("field", ["version", "days-suspend"])
def test_an_endless_number_in_the_form_is_no_number(at_desk: Callable[[str], Browser], field: str) -> None:
    case = matched_case()
    rui = at_desk("rui")
    rui.post(f"/desk/case/{case.reference}/take")
    for verb in ("preview", "decide"):
        form = {field: ENDLESS, "action": "suspend", "reason": "Copied."}
        page = rui.post(f"/desk/case/{case.reference}/{verb}", data=form)
        assert page.status_code in (409, 422)
        assert "Copied." in page.text


def test_days_and_version_are_read_as_before() -> None:
    from werkzeug.datastructures import MultiDict

    typed = Typed.read(MultiDict({"version": "3", "days-suspend": "30", "days-warn": "x"}))
    assert (typed.version, dict(typed.days)) == (3, {"suspend": 30})
