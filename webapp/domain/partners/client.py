"""Talking to a platform: no redirects, no proxies from the environment, bounded time and size, nothing believed unread.

Every call is outside any transaction and takes a `Door`, plain values read before, so no connection is held meanwhile.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import urllib3
from pydantic import ValidationError
from standardwebhooks import Webhook
from urllib3.exceptions import HTTPError

from webapp.core.blobs import Blob
from webapp.core.clock import now
from webapp.core.db import settings
from webapp.domain.evidence.rules import Inspection, inspect
from webapp.domain.evidence.service import limits, store
from webapp.domain.partners.models import Event, Platform
from webapp.domain.partners.rules import same_host
from webapp.domain.partners.shape import Content, Media

CONNECT_SECONDS, READ_SECONDS = 3.0, 10.0
# A server that drips a byte at a time satisfies every single read; these bound the whole answer.
ANSWER_SECONDS, MEDIA_SECONDS = 20.0, 60.0  # all media of one item together have MEDIA_SECONDS
# An item's state is a few kilobytes; far above that it is not one.
ANSWER_BYTES = 256 * 1024
CHUNK = 64 * 1024

_pool = urllib3.PoolManager(
    num_pools=8, retries=False, timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
)


class Unreachable(Exception):
    """The platform did not answer, or not in the form agreed. Trying again may help. Holds no personal data."""


class TooSlow(Unreachable):
    """The answer began and did not end in time."""


class Missing(Exception):
    """The platform answers, and does not know the item."""


@dataclass(frozen=True)
class Door:
    """Where a platform is reached and with what keys."""

    slug: str
    api_url: str
    hook_url: str
    hook_secret: str
    api_token: str


@dataclass(frozen=True)
class Parcel:
    """An event as it goes out: the same bytes at each try."""

    id: str
    body: str


@dataclass(frozen=True)
class Answer:
    """What came back for a delivery. `status` is None when nothing did; `error` says why in our own words."""

    status: int | None
    error: str
    took_ms: int

    @property
    def ok(self) -> bool:
        """Whether the platform took the message (2xx)."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True)
class Copy:
    """A media file taken from the platform: the stored blob, what it truly is, and whether the hash agrees."""

    blob: Blob
    inspection: Inspection
    name: str
    url: str
    agrees: bool | None


@dataclass(frozen=True)
class NoCopy:
    """A media file that was not taken: a code of evidence.rules.SENTENCES, 'other_host', 'unreachable', 'too_slow'
    or 'too_many'.
    """

    url: str
    code: str


def door(platform: Platform) -> Door:
    """The plain values of a platform's row."""
    return Door(platform.slug, platform.api_url, platform.hook_url, platform.hook_secret, platform.api_token)


def parcel(event: Event) -> Parcel:
    """An event in the form of Standard Webhooks: type, timestamp of the event, data."""
    payload = {"type": event.type, "timestamp": event.created_at.isoformat(), "data": event.data}
    return Parcel(event.id, json.dumps(payload, ensure_ascii=False, separators=(",", ":")))


def read_content(door: Door, content_ref: str) -> Content:
    """The item's state. Raises Missing (404) or Unreachable."""
    if content_ref in (".", ".."):  # would name another address of the platform, and is no content
        raise Missing(content_ref)
    url = f"{door.api_url.rstrip('/')}/content/{quote(content_ref, safe='')}"
    with _answer("GET", url, {**_bearer(door), "Accept": "application/json"}) as response:
        if response.status == 404:
            raise Missing(content_ref)
        if response.status != 200:
            raise Unreachable(f"{door.slug} answered {response.status}")
        body = b"".join(_chunks(response, ANSWER_BYTES, ANSWER_SECONDS))
    try:
        return Content.model_validate_json(body)
    except ValidationError as error:
        place = ".".join(str(p) for p in error.errors(include_input=False)[0]["loc"]) or "the answer"
        raise Unreachable(f"{door.slug} answered in another form than agreed ({place})") from None


def read_all_media(door: Door, media: Sequence[Media], seconds: float = MEDIA_SECONDS) -> list[Copy | NoCopy]:
    """Copies of at most MAX_FILES files, taken in `seconds` all together; what came in time counts. Raises Unreachable.

    The last read may overrun by READ_SECONDS.
    """
    ends, most = time.monotonic() + seconds, settings().max_files
    copies = [read_media(door, one, ends - time.monotonic()) for one in media[:most]]
    return copies + [NoCopy(one.url, "too_many") for one in media[most:]]


def read_media(door: Door, media: Media, seconds: float = MEDIA_SECONDS) -> Copy | NoCopy:
    """Stream one file into the evidence store, judged like an upload. Never from another host. Raises Unreachable."""
    url = same_host(door.api_url, media.url)
    if not url:
        return NoCopy(media.url, "other_host")
    if seconds <= 0:
        return NoCopy(url, "too_slow")
    allowed = limits()
    most = max(allowed.max_bytes, allowed.max_recording_bytes)
    writer = store().writer(most)
    try:
        with _answer("GET", url, _bearer(door)) as response:
            if response.status != 200:
                return NoCopy(url, "unreachable")
            for chunk in _chunks(response, most + 1, seconds):
                writer.write(chunk)
        if writer.overflowed:
            return NoCopy(url, "too_large")
        name = urlsplit(url).path.rsplit("/", 1)[-1]
        found = inspect(writer, name, allowed)  # type: ignore[arg-type]  # reads and seeks are all it uses
        if not isinstance(found, Inspection):
            return NoCopy(url, found.code)
        blob = writer.keep()
    except TooSlow:
        return NoCopy(url, "too_slow")
    finally:
        writer.close()
    return Copy(blob, found, name, url, None if media.sha256 is None else media.sha256 == blob.sha256)


def deliver(door: Door, sent: Parcel, moment: datetime | None = None) -> Answer:
    """One try to deliver, signed as Standard Webhooks asks. Never raises for what the platform or the network does."""
    moment = moment or now()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": sent.id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(door.hook_secret).sign(sent.id, moment, sent.body),
    }
    started = time.monotonic()
    status: int | None = None
    error = ""
    try:
        with _answer("POST", door.hook_url, headers, sent.body.encode()) as response:
            status = response.status
            for _chunk in _chunks(response, ANSWER_BYTES, ANSWER_SECONDS):
                pass  # read to the end so that the connection can be used again; what it says does not matter
    except Unreachable as why:
        error = str(why)
    took_ms = round((time.monotonic() - started) * 1000)
    if status is not None and not 200 <= status < 300:
        error = f"the platform answered {status}"
    return Answer(status, error, took_ms)


def _bearer(door: Door) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {door.api_token}"}


class _Open:
    """A response that is always given back or closed."""

    def __init__(self, send: Callable[[], urllib3.BaseHTTPResponse]) -> None:
        self._send = send

    def __enter__(self) -> urllib3.BaseHTTPResponse:
        try:
            self._response = self._send()
        except HTTPError as error:
            raise Unreachable(f"no answer ({type(error).__name__})") from None
        return self._response

    def __exit__(self, kind: type[BaseException] | None, *_: Any) -> None:
        if kind is not None or not self._response.closed:
            self._response.close()
        self._response.release_conn()


def _answer(method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> _Open:
    # identity: a compressed answer could be small on the wire and huge here.
    sent = {**headers, "Accept-Encoding": "identity", "User-Agent": "Redress/1"}
    return _Open(
        lambda: _pool.request(
            method, url, body=body, headers=sent, preload_content=False, decode_content=False, redirect=False
        )
    )


def _chunks(response: urllib3.BaseHTTPResponse, limit: int, seconds: float) -> Iterator[bytes]:
    """The body in chunks, at most `limit` bytes in `seconds`; more than that, or a cut, raises Unreachable."""
    ends, total = time.monotonic() + seconds, 0
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Unreachable("the answer is compressed although we asked for it not to be")
    try:
        while chunk := response.read1(CHUNK, decode_content=False):
            total += len(chunk)
            yield chunk[: limit - (total - len(chunk))] if total > limit else chunk
            if total > limit:
                return
            if time.monotonic() > ends:
                raise TooSlow(f"the answer took more than {seconds:g} s")
    except (HTTPError, OSError) as error:
        raise Unreachable(f"the answer broke off ({type(error).__name__})") from None
