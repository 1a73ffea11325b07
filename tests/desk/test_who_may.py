"""Which page opens to whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from apiflask import APIFlask

from tests.desk.conftest import Browser, fresh, matched_case
from webapp.core.db import db
from webapp.domain.evidence.models import Custody

PAGES = {
    "/desk/": "rui lan ada",
    "/desk/queue/rows": "rui lan ada",
    "/desk/queues": "rui lan ada",
    "/desk/eyes": "rui lan ada",
    "/desk/interests": "rui lan ada",
    "/desk/search": "rui lan ada",
    "/desk/basket": "rui lan ada",
    "/desk/actions": "rui lan ada",
    "/desk/messages": "rui lan ada",
    "/desk/second": "rui lan ada",
    "/desk/counters": "rui lan ada",
    "/desk/book": "rui lan ada",
    "/desk/registry": "rui lan ada",
    "/desk/settings": "rui lan ada",
    "/desk/pause": "rui lan ada",
    "/desk/deadlines": "lan ada",
    "/desk/figures": "lan ada",
    "/desk/quality": "rui lan ada",
    "/desk/quality/agreement": "lan ada",
    "/desk/quality/golden": "lan ada",
    "/desk/quality/notes": "lan ada",
    "/desk/statements": "lan ada",
    "/desk/tasks": "lan ada",
    "/desk/audit": "lan ada",
    "/desk/staff": "ada",
}


@pytest.mark.parametrize("place", PAGES)
@pytest.mark.parametrize("name", ["rui", "lan", "ada"])
def test_pages_by_role(at_desk: Callable[[str], Browser], place: str, name: str) -> None:
    answer = at_desk(name).get(place)
    assert answer.status_code == (200 if name in PAGES[place].split() else 403)
    if answer.status_code == 403:
        assert "Your role does not include this." in answer.text


def test_nothing_at_all_opens_to_a_stranger(app: APIFlask, stranger: Browser) -> None:
    """Every rule of the face, so that a page added later is covered too."""
    rules = [r for r in app.url_map.iter_rules() if r.endpoint.startswith("desk.") and r.endpoint != "desk.sign_in"]
    assert len(rules) > 20
    for rule in rules:
        address = rule.rule.replace("<any(thumb, large):kind>", "thumb").replace("<int:number>", "1")
        for name in rule.arguments - {"kind"}:
            address = address.replace(f"<{name}>", "x")
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        answer = stranger.open(address, method=method)
        assert answer.status_code == 302, address
        assert answer.location.startswith("/desk/sign-in"), address


@pytest.mark.parametrize(
    "address",
    ["/desk/staff", "/desk/staff/x/role", "/desk/staff/x/training", "/desk/staff/x/revoke", "/desk/staff/x/deactivate"],
)
def test_only_administrators_change_staff(at_desk: Callable[[str], Browser], address: str) -> None:
    assert at_desk("lan").post(address).status_code == 403


@pytest.mark.parametrize("address", ["/desk/tasks/x/retry", "/desk/audit/verify"])
def test_reviewers_neither_retry_tasks_nor_walk_the_chain(at_desk: Callable[[str], Browser], address: str) -> None:
    assert at_desk("rui").post(address).status_code == 403


def test_navigation_names_only_what_opens(at_desk: Callable[[str], Browser]) -> None:
    assert "/desk/audit" not in at_desk("rui").get("/desk/").text
    assert "/desk/staff" in at_desk("ada").get("/desk/").text


def test_the_picture_of_a_draft_is_nobodys_to_see_and_previews_are_never_cached(
    at_desk: Callable[[str], Browser],
) -> None:
    case = matched_case()
    thumb = case.thumb_evidence_id
    rui = at_desk("rui")
    answer = rui.get(f"/desk/media/{thumb}/large")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert rui.get("/desk/media/0000/large").status_code == 404
    assert rui.get(f"/desk/media/{thumb}/original").status_code == 404
    kept = rui.post(f"/desk/media/{thumb}/original")
    assert kept.status_code == 200
    assert kept.headers["Content-Disposition"].startswith("attachment")
    assert kept.headers["Content-Type"] == "application/octet-stream"
    kept.close()
    assert fresh(case).state == "open"
    assert "downloaded" in {c.act for c in db.session.query(Custody)}
