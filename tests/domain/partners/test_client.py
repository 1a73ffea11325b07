"""Talking to a platform that is clumsy or hostile: bounded, checked, never led elsewhere."""

from __future__ import annotations

import gzip
import json
import time

import pytest
from apiflask import APIFlask

from tests.domain.partners.little import Little
from webapp.domain.evidence.service import store
from webapp.domain.partners import client, queries
from webapp.domain.partners.client import Answer, Copy, Door, NoCopy, Parcel
from webapp.domain.partners.shape import Media

PATH = "/content/p1"


@pytest.fixture
def door(little: Little) -> Door:
    """The way to the little platform."""
    platform = queries.platform("demo")
    assert platform is not None
    return client.door(platform)


def test_an_items_state_is_read(door: Door) -> None:
    """The fields of the agreement; what else the platform says is ignored."""
    content = client.read_content(door, "p1")
    assert (content.id, content.state, content.account.handle) == ("p1", "live", "@copycat")
    with pytest.raises(client.Missing):
        client.read_content(door, "p2")


def test_an_id_that_would_climb_out_of_the_content_folder_is_no_content(door: Door, little: Little) -> None:
    """Somebody's link may name any id; two dots would make it another address, asked with the platform's own token."""
    little.raw |= {path: (200, {}, json.dumps(little.post).encode()) for path in ("/", "/content/")}
    for climbing in (".", ".."):
        with pytest.raises(client.Missing):
            client.read_content(door, climbing)


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, {}, b"<html>"),
        (200, {}, b'{"id": "p1", "state": "live"}'),
        (200, {}, b'{"id": "p1", "state": "odd", "account": {"id": "a", "state": "active"}}'),
        (200, {}, json.dumps({"id": "p1", "title": "x" * 300_000}).encode()),
        (200, {"Content-Encoding": "gzip"}, gzip.compress(b"{}", mtime=0)),
        (200, {"Content-Length": "9999"}, b"{}"),
        (302, {"Location": "http://127.0.0.1:9/"}, b""),
        (500, {}, b""),
        (401, {}, b""),
    ],
)
def test_anything_but_the_agreed_answer_is_no_answer(
    little: Little, door: Door, status: int, headers: dict[str, str], body: bytes
) -> None:
    """Wrong form, too much, compressed, cut off, redirected, refused: all the same, nothing private in the error."""
    little.raw[PATH] = (status, headers, body)
    with pytest.raises(client.Unreachable) as error:
        client.read_content(door, "p1")
    assert "xxx" not in str(error.value)


def test_a_platform_that_is_off_is_unreachable(little: Little, door: Door) -> None:
    """No answer at all, for reading and for delivering."""
    gone = Door(door.slug, "http://127.0.0.1:9/api", "http://127.0.0.1:9/hooks", door.hook_secret, door.api_token)
    with pytest.raises(client.Unreachable):
        client.read_content(gone, "p1")
    answer = client.deliver(gone, Parcel("e", "{}"))
    assert not answer.ok
    assert answer.status is None
    assert "no answer" in answer.error


def test_media_is_taken_and_judged_like_an_upload(little: Little, door: Door, app: APIFlask) -> None:
    """True type and size by content, stored under its hash; the platform's own hash is compared."""
    media = client.read_content(door, "p1").media[0]
    taken = client.read_media(door, media)
    assert isinstance(taken, Copy)
    assert (taken.inspection.media_type, taken.inspection.width) == ("image/jpeg", 480)
    assert (taken.name, taken.agrees) == ("m1", True)
    assert store().path(taken.blob.sha256).read_bytes() == little.media["/media/m1"]
    other = client.read_media(door, Media(url=media.url, sha256="0" * 64))
    assert isinstance(other, Copy)
    assert other.agrees is False


@pytest.mark.parametrize(
    ("url", "body", "code"),
    [
        ("http://127.0.0.1:9/media/m1", None, "other_host"),
        ("/media/none", None, "unreachable"),
        ("/media/script", b"<script>alert(1)</script>", "html_or_script"),
        ("/media/empty", b"", "empty"),
        ("/media/huge", b"\xff\xd8\xff" + bytes(51 * 1024 * 1024), "too_large"),
    ],
)
def test_media_that_may_not_be_kept_leaves_nothing_behind(
    little: Little, door: Door, app: APIFlask, url: str, body: bytes | None, code: str
) -> None:
    """Another host is not even asked; the rest is refused by the rules for uploads."""
    if body is not None:
        little.raw[url] = (200, {}, body)
    taken = client.read_media(door, Media(url=url))
    assert isinstance(taken, NoCopy)
    assert taken.code == code
    assert not list(store().incoming.iterdir())


def test_a_platform_that_drips_ends_the_capture_and_not_what_it_gave_before(little: Little, door: Door) -> None:
    """One budget for all files: the first is there, the one that drips is cut, the next is not even begun."""
    little.dripping = {"/media/slow"}
    files = [Media(url=f"/media/{name}") for name in ("m1", "slow", "slow", "m1")]
    began = time.monotonic()
    first, *others = client.read_all_media(door, files, seconds=0.6)
    assert time.monotonic() - began < 3
    assert isinstance(first, Copy)
    assert [other.code for other in others if isinstance(other, NoCopy)] == ["too_slow"] * 3
    assert not list(store().incoming.iterdir())


def test_a_capture_takes_no_more_files_than_a_report_may_hold(door: Door, app: APIFlask) -> None:
    """The rest is named as left out."""
    most = app.config["SETTINGS"].max_files
    taken = client.read_all_media(door, [Media(url="/media/m1")] * (most + 2))
    assert [isinstance(one, Copy) for one in taken] == [True] * most + [False] * 2
    assert [one.code for one in taken if isinstance(one, NoCopy)] == ["too_many"] * 2


def test_deliveries_are_signed_and_tell_what_came_back(little: Little, door: Door) -> None:
    """The platform verifies with its own copy of the library; a wrong secret is refused there."""
    message = Parcel("evt1", '{"type":"notice.respondent","timestamp":"x","data":{"text":"流光"}}')
    assert client.deliver(door, message).ok
    assert little.told[0]["data"] == {"text": "流光"}
    forged = Door(door.slug, door.api_url, door.hook_url, "whsec_" + "YQ==" * 8, door.api_token)
    assert client.deliver(forged, message).status == 401
    assert little.unsigned == 1
    little.hook_answers = [302]
    answer = client.deliver(door, message)
    assert isinstance(answer, Answer)
    assert answer.status == 302  # told, not followed
