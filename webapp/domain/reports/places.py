"""Where something happens in a recording or a stream: times as people type them, and as everybody reads them.

Pure. Positions are seconds from the beginning; a clock time is a matter of a live stream, which has no beginning yet.
"""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

# Whether what is reported was a live stream: it runs now, it was seen live, it was never one.
LIVE = ("now", "was", "no")

_PARTS = re.compile(r"(?:(\d{1,2})[:：h时]\s*)?(\d{1,4})\s*[:：'′m分]\s*(\d{1,2}(?:\.\d+)?)\s*[\"″s秒]*", re.IGNORECASE)
_SECONDS = re.compile(r"(\d{1,6}(?:\.\d+)?)\s*[\"″s秒]*", re.IGNORECASE)


def seconds(text: str) -> float | None:
    """A position as typed: '1:05', '1:02:03', '1分5秒', '65'; None when it is none. Not beyond 99 hours."""
    typed = text.strip()
    if found := _PARTS.fullmatch(typed):
        hours, minutes, rest = found.groups()
        if float(rest) >= 60 or (hours and int(minutes) >= 60):
            return None
        return int(hours or 0) * 3600 + int(minutes) * 60 + float(rest)
    found = _SECONDS.fullmatch(typed)
    return float(found[1]) if found and float(found[1]) < 360_000 else None


def position(at: float) -> str:
    """Seconds as players show them: '0:05', '12:30', '1:02:03'."""
    whole = int(at)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def part(begins: float | None, ends: float | None) -> str:
    """A part of a recording: '0:12–0:30', '0:12–' to the end; '' for none."""
    if begins is None and ends is None:
        return ""
    return f"{position(begins or 0)}–{position(ends) if ends is not None else ''}"


def moment(text: str, zone: ZoneInfo) -> datetime | None:
    """A day and time as a form gives it ('2026-11-22T20:15', in the legal time zone) or a machine (with its own). None
    for anything else, and for a year nobody saw a stream in."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if not 2000 <= found.year <= 2999:  # the calendar's own ends have no other time zone
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)
