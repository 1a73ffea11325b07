"""Live streams and the part that counts: asked where they can matter, kept as data, shown to who decides."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

from sqlalchemy import select

from tests.builders import picture
from tests.public.conftest import ANSWERS, Visitor, said
from webapp.core.db import db
from webapp.domain.reports.models import Report

VOICE = {"kind": "VOICE"}
SEEN = ANSWERS["content"] | {"live": "was", "seen_at": "2026-09-01T20:15", "time_position": ""}
PART = {"do": "go", "part_from": "1:05", "part_to": "2:10"}


def test_a_stream_that_was_seen_and_the_part_to_look_at(visitor: Visitor) -> None:
    """A time of day stands for the position, which a stream does not have; the files page asks for a recording."""
    visitor.fill(until="/report/files", kind=VOICE, content=SEEN)
    assert "add a screen recording of it" in said(visitor.get("/report/files"))
    visitor.report(kind=VOICE, content=SEEN, files=PART)
    report = db.session.scalars(select(Report)).one()
    assert (report.live, report.seen_at) == ("was", datetime(2026, 9, 1, 12, 15, tzinfo=UTC))
    assert (report.part_from, report.part_to) == (65, 130)
    page = said(visitor.get("/report/receipt"))
    assert "You can send it now" not in page


def test_what_cannot_be_read_is_said_and_the_rest_stays(visitor: Visitor) -> None:
    visitor.fill(until="/report/content", kind=VOICE)
    for wrong, sentence in (("tonight", "Please write day and time"), ("2999-01-01T10:00", "still to come")):
        page = visitor.post("/report/content", SEEN | {"seen_at": wrong})
        assert page.status_code == 422
        assert sentence in said(page)
    assert visitor.post("/report/content", SEEN | {"live": "no", "seen_at": "tonight"}).status_code == 302
    upload = {"alleged": [(io.BytesIO(picture(5)), "screen.jpg")]}
    page = visitor.post("/report/files", PART | {"part_to": "later"} | upload)
    assert page.status_code == 422
    assert "Please write minutes and seconds" in said(page)
    assert "screen.jpg" in said(page)  # the file that came along is kept
    backwards = visitor.post("/report/files", PART | {"part_to": "0:10"})
    assert "ends before it begins" in said(backwards)


def test_it_is_asked_only_where_sound_or_film_can_be_meant(visitor: Visitor) -> None:
    visitor.fill(until="/report/files", kind={"kind": "COPY_IMAGE"})
    assert 'name="part_from"' not in visitor.get("/report/files").text
    assert 'name="live"' not in visitor.get("/report/content").text


def test_a_live_host_reported_on_the_first_page_is_ticked_on_the_third(visitor: Visitor) -> None:
    kind = {"kind": "VH_LIVE_NO_HUMAN", "circumstances": "VH_LIVE_NO_HUMAN:live"}
    visitor.fill(until="/report/content", kind=kind, who={"basis": "ANY"})
    page = visitor.get("/report/content").text
    (ticked,) = re.findall(r"<input checked[^>]*>", page)
    assert 'value="now"' in ticked
