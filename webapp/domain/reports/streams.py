"""What a report says of a live stream and of the part to look at, in the reader's words: the same on every face."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from webapp.core.db import settings
from webapp.core.i18n import _, when
from webapp.domain.reports import places
from webapp.domain.reports.models import Report


def stream_facts(report: Report) -> list[tuple[str, str]]:
    """(label, value) of what was said; values are '' where nothing was."""
    seen = report.seen_at.isoformat() if report.seen_at else ""
    return [
        (_("Live stream"), stream_words(report.live, seen)),
        (_("Part to look at"), places.part(report.part_from, report.part_to)),
    ]


def stream_words(live: str, seen_at: str) -> str:
    """One of places.LIVE and a time as FilledReport keeps it, in words; '' for a post or recording."""
    words = {"now": _("Live when it was reported"), "was": _("Was live when it was seen")}.get(live, "")
    moment = places.moment(seen_at, ZoneInfo(settings().timezone)) if words and seen_at else None
    return f"{words} · {when(moment)}" if moment else words
