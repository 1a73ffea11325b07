"""Every measure of the book: the demo platform carries it out, shows it to machines and people, takes it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.demo.processes import Caller
from webapp.domain.partners.rules import NOT, holds, seen_at
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import ActionKind

LIVE, HOST = "lumo-1014", "acc-xiaoya"
MEASURES = {code: kind for code, kind in book().actions.items() if kind.target != "none" and not kind.undoes}

# What a person reads on the post's page, or the account's, while the measure holds.
SEEN = {
    "label_ai": "Labelled: AI-generated",
    "label_possible": "Possibly AI-generated",
    "label_suspected": "Suspected to be AI-generated",
    "label_digital_human": "Digital human",
    "label_disputed": "Whether this is true is disputed",
    "unlabel": "The AI label was taken off by the platform",
    "correction_note": "this does not agree with the facts",
    "age_gate": "Adults only",
    "interaction_off": "Interaction is off",
    "demote": "Shown lower in lists",
    "not_recommended": "No longer recommended to others",
    "geo_block": "Not visible in some places",
    "mute_audio": "Muted",
    "blur_region": "A part of the picture is blurred",
    "disable": "This post is hidden for now",
    "remove": "This post was removed",
    "block_hash": "The same file cannot be uploaded again",
    "stream_cut": "The platform cut this stream",
    "demonetize": "Earns no money",
    "warn": "Warned ×1",
    "no_posting": "No posts, streams or comments",
    "limit": "No posts, earnings or recommendation",
    "suspend": "Account suspended",
    "close": "Account closed",
    "reverify": "Identity has to be verified again",
    "notice_to_register": "Must register its virtual human",
    "realname_required": "must verify the real name",
    "live_off": "No live streams",
    "registration_suspended": "Registration suspended",
    "registration_revoked": "Registration revoked",
}


def ends(kind: ActionKind) -> dict[str, Any]:
    """The end an order carries where the book gives the measure days."""
    if not kind.days:
        return {}
    return {"days": kind.days[0], "ends_at": (datetime.now(UTC) + timedelta(days=kind.days[0])).isoformat()}


def shows(lumo: Caller, kind: ActionKind) -> bool:
    """Whether the state Redress reads is the one the book waits for."""
    return holds(kind.shows, seen_at(lumo.api(f"/api/content/{LIVE}"), kind.reads))


def seen(lumo: Caller, kind: ActionKind) -> str:
    """The page a person would look at."""
    return lumo.page(f"/p/{LIVE}" if kind.target == "content" else "/u/xiaoya", "en")


def test_the_platform_knows_every_measure_a_person_can_be_told_of() -> None:
    assert set(SEEN) == set(MEASURES)


@pytest.mark.parametrize("code", MEASURES)
def test_a_measure_holds_shows_and_is_taken_back(lumo: Caller, code: str) -> None:
    """As the book says it: order, read back, look at the page; the inverse, read back, look again; both twice."""
    kind = MEASURES[code]
    assert not shows(lumo, kind)
    assert SEEN[code] not in seen(lumo, kind)
    for message in ("msg-1", "msg-2"):
        answer = lumo.order(message, code, LIVE, HOST, action_id="act-1", **ends(kind))
        assert answer.status == 200, answer.data
    assert shows(lumo, kind)
    assert SEEN[code] in seen(lumo, kind)
    for message in ("msg-3", "msg-4"):
        answer = lumo.order(message, kind.inverse, LIVE, HOST, action_id="act-1:end", undoes="act-1")
        assert answer.status == 200, answer.data
    assert holds(f"{NOT}{kind.shows}", seen_at(lumo.api(f"/api/content/{LIVE}"), kind.reads))
    assert SEEN[code] not in seen(lumo, kind)


def test_several_labels_stand_beside_each_other_and_the_authors_own_stays(lumo: Caller) -> None:
    for number, kind in enumerate(("label_ai", "label_disputed", "correction_note")):
        lumo.order(f"msg-{number}", kind, "lumo-1007", "acc-mirage")
    assert lumo.api("/api/content/lumo-1007")["labels"] == ["ai_generated", "correction", "disputed"]
    lumo.order("msg-8", "unlabel_ai", "lumo-1007", "acc-mirage")
    assert "ai_generated" in lumo.api("/api/content/lumo-1007")["labels"]
    lumo.order("msg-9", "unlabel", "lumo-1007", "acc-mirage")
    state = lumo.api("/api/content/lumo-1007")
    assert (state["labels"], state["limits"]) == (["correction", "disputed"], ["label_withdrawn"])


def test_hidden_posts_are_nowhere_and_demoted_ones_last(lumo: Caller) -> None:
    lumo.order("msg-1", "disable", "lumo-1001", "acc-artdrop")
    lumo.order("msg-2", "not_recommended", "lumo-1003", "acc-hotnow")
    lumo.order("msg-3", "demote", LIVE, HOST)
    gallery = lumo.page("/")
    assert "/p/lumo-1001" not in gallery
    assert "/p/lumo-1003" not in gallery
    assert gallery.rindex("/p/lumo-") == gallery.rindex(f"/p/{LIVE}")
    assert lumo.get("/media/lumo-1001-1.jpg").status == 451
    assert lumo.get("/media/lumo-1003-1.jpg").status == 200


def test_a_shorter_measure_shortens_a_longer_one_only_when_it_replaces_it(lumo: Caller) -> None:
    lumo.order("msg-1", "suspend", LIVE, HOST, days=14)
    long = lumo.api(f"/api/accounts/{HOST}")["suspended_until"]
    lumo.order("msg-2", "suspend", LIVE, HOST, days=3)
    assert lumo.api(f"/api/accounts/{HOST}")["suspended_until"] == long
    lumo.order("msg-3", "suspend", LIVE, HOST, days=3, replaces="act-msg-1")
    assert lumo.api(f"/api/accounts/{HOST}")["suspended_until"] < long


@pytest.mark.parametrize("kind", ["suspend", "no_posting", "registration_suspended"])
def test_what_has_run_out_no_longer_counts(lumo: Caller, kind: str) -> None:
    lumo.order("msg-1", kind, LIVE, HOST, ends_at=(datetime.now(UTC) - timedelta(seconds=1)).isoformat())
    state = lumo.api(f"/api/accounts/{HOST}")
    assert (state["state"], state["limits"], state["registration"]) == ("active", [], "registered")


@pytest.mark.parametrize("kind", ["no_posting", "limit", "live_off", "registration_suspended", "suspend", "close"])
def test_an_account_that_may_not_go_live_has_no_stream(lumo: Caller, kind: str) -> None:
    assert lumo.api(f"/api/accounts/{HOST}")["live"] == "on"
    assert "LIVE" in lumo.page(f"/p/{LIVE}", "en")
    lumo.order("msg-1", kind, LIVE, HOST, days=7)
    assert lumo.api(f"/api/accounts/{HOST}")["live"] == "off"
    assert "/report?" not in lumo.page(f"/p/{LIVE}", "en")


def test_a_virtual_human_has_its_standing_on_its_page(lumo: Caller) -> None:
    assert "VH-2026-0417" in lumo.page("/u/xiaoya", "en")
    nova = lumo.page("/u/novaonair", "en")
    assert "Not registered" in nova
    assert "Real name not verified" in nova


def test_a_live_stream_shows_the_phrase_its_person_must_say(lumo: Caller) -> None:
    due = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    data = {"content_id": LIVE, "account_id": HOST, "phrase": "seven blue lanterns", "due_at": due}
    for message in ("msg-1", "msg-2"):
        assert lumo.hook(message, {"type": "live.challenge", "data": data}).status == 200
    page = lumo.page(f"/p/{LIVE}", "en")
    assert page.count("seven blue lanterns") == 1
    assert "say this before" in page
    past = data | {"phrase": "nine slow rivers", "due_at": (datetime.now(UTC) - timedelta(minutes=1)).isoformat()}
    lumo.hook("msg-3", {"type": "live.challenge", "data": past})
    assert "The time for this was over" in lumo.page(f"/p/{LIVE}", "en")


@pytest.mark.parametrize(
    ("status", "change"),
    [
        (404, {"content_id": "lumo-9999"}),
        (409, {"content_id": "lumo-1001"}),
        (422, {"phrase": " "}),
        (422, {"due_at": "soon"}),
    ],
)
def test_a_challenge_that_does_not_fit_is_refused(lumo: Caller, status: int, change: dict[str, str]) -> None:
    due = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    data = {"content_id": LIVE, "account_id": HOST, "phrase": "seven blue lanterns", "due_at": due} | change
    assert lumo.hook("msg-1", {"type": "live.challenge", "data": data}).status == status


def test_a_blocked_file_cannot_be_uploaded_again_and_its_copies_go(lumo: Caller) -> None:
    file = lumo.get("/media/lumo-1001-1.jpg").data
    assert "done" in lumo.upload(file, "acc-lin")
    copy = lumo.upload(file, "acc-film").partition("post=")[2].partition("#")[0]
    assert lumo.get(f"/p/{copy}").status == 200
    lumo.order("msg-1", "block_hash", "lumo-1001", "acc-artdrop")
    assert lumo.get(f"/p/{copy}").status == 410
    assert "said=upload_blocked&post=lumo-1001" in lumo.upload(file, "acc-lin")
    tools = lumo.get("/demo/tools?said=upload_blocked&post=lumo-1001&lang=en").data.decode()
    assert "the same file as post lumo-1001" in tools
    lumo.order("msg-2", "unblock_hash", "lumo-1001", "acc-artdrop")
    assert lumo.get(f"/p/{copy}").status == 200
    assert "upload_bad" in lumo.upload(b"<script>", "acc-lin")
    lumo.order("msg-3", "no_posting", None, "acc-lin", days=1)
    assert "upload_limited" in lumo.upload(file + b" ", "acc-lin")


def test_the_account_page_says_what_each_notice_is_about(lumo: Caller) -> None:
    words = {
        "forwarded": "sent a notice about your content",
        "interim": "nothing is decided yet",
        "decision": "A decision was made",
        "cure": "put it right yourself",
        "cured": "settled, without a strike",
        "restored": "Your content is back",
        "appeal": "The appeal was decided",
        "something new": "has a message for you",
    }
    for number, kind in enumerate(words):
        data = {"account_id": HOST, "kind": kind, "url": "http://127.0.0.1:9/respond/C-1?token=t", "language": "zh"}
        assert lumo.hook(f"msg-{number}", {"type": "notice.respondent", "data": data}).status == 200
    page = lumo.page("/u/xiaoya", "en")
    assert all(text in page for text in words.values())


def test_every_page_of_every_post_and_account_opens_in_both_languages(lumo: Caller) -> None:
    for number in range(1001, 1021):
        for lang in ("zh", "en"):
            assert lumo.get(f"/p/lumo-{number}?lang={lang}").status == 200
    for handle in ("linxiaoman", "evermore", "xiaoya", "novaonair", "nightglass", "liangpin"):
        assert lumo.get(f"/u/{handle}").status == 200
