"""Where two recordings meet, ready to be drawn: places on both timelines, ticks, speech, frames at moments.

Everything along a timeline is in thousandths of that side's length, so that one drawing fits any width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from webapp.core.i18n import _
from webapp.desk import heard, seen
from webapp.desk.drawing import HUES, Drawing, drawing
from webapp.desk.looks import Frame, Item, short
from webapp.domain.matching.book import chapter

WIDE = 1000.0  # a timeline from beginning to end
LEAST = 4.0  # a place is never drawn thinner than this
HIGH = 40.0  # of the drawing that joins the two timelines
CURVE_HIGH = 30.0
LISTEN = 3.0  # seconds that are played of a place that is only a moment
Findings = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Place:
    """One matched place: its seconds on both sides (None where that side is a picture), in words, and as it is drawn.

    `x`, `wide`, `rx`, `rwide`: along both timelines; `join`: the polygon between them, "" beside a picture."""

    number: int
    hue: int
    here: str
    there: str
    span: tuple[float | None, float | None, float | None, float | None]
    x: float
    wide: float
    rx: float
    rwide: float
    join: str


@dataclass(frozen=True)
class Track:
    """What one detector found along time; `detector` is "" where none did and both only lie under each other.

    `query`, `reference`: how loud the sound is, or frames of the film; None without a preview. `speech` and
    `other_speech` are (x, width) of what was spoken; `curve` the points of how alike it is along the reported file."""

    detector: str
    name: str
    sounds: bool
    query: Frame | None
    reference: Frame | None
    seconds: tuple[float, float]
    places: list[Place]
    ticks: list[tuple[float, float]] = field(default_factory=list)
    speech: list[tuple[float, float]] = field(default_factory=list)
    other_speech: list[tuple[float, float]] = field(default_factory=list)
    curve: str = ""


@dataclass(frozen=True)
class Moment:
    """Two frames that agree, side by side; of a picture the picture itself. `drawing` is what lies where in them."""

    query: Frame
    reference: Frame
    here: str
    there: str
    at: tuple[float | None, float | None]
    drawing: Drawing | None


def tracks(answers: Sequence[tuple[str, str, Findings]], query: Item, reference: Item) -> list[Track]:
    """A track for each (detector, band, findings) that knows places in time, in the order given. Of two recordings of
    which no detector knows any, one without places; of files without a length, none."""
    if not (query.timed or reference.timed):
        return []
    told = [f for _name, _band, f in answers]
    seconds = _seconds(query, "query", told), _seconds(reference, "reference", told)
    found = [_track(name, findings, query, reference, seconds) for name, band, findings in answers if band != "none"]
    known = [track for track in found if track.places or track.ticks]
    if not known and query.wave and reference.wave:
        return [Track("", "", True, query.wave, reference.wave, seconds, [])]
    return known


def moments(shown: Sequence[Findings], query: Item, reference: Item) -> list[Moment]:
    """Frames that agree, as the first answer says that knows any."""
    for findings in shown:
        pairs = (seen.find(findings, "moments") or {}).get("pairs", ())
        if pairs:
            found = (_moment(list(pair), findings, query, reference) for pair in pairs)
            return [one for one in found if one is not None]
    return []


def seconds_of(item: Item, of: str, answers: Sequence[Findings]) -> float:
    """How long a recording is: as its preview says, else as a detector heard it; 0 where nobody knows."""
    if item.seconds:
        return item.seconds
    for findings in answers:
        length = seen.find(findings, "length", of)
        if length:
            return float(length["seconds"])
    return 0.0


def _seconds(item: Item, of: str, answers: Sequence[Findings]) -> float:
    """At least as long as the last place on it, so that everything lies on the drawing."""
    side = 0 if of == "query" else 2
    ends = [s[side + 1] for findings in answers for s in heard.spans(findings)]
    return max([seconds_of(item, of, answers), *ends]) if item.timed else 0.0


def _track(name: str, findings: Findings, query: Item, reference: Item, seconds: tuple[float, float]) -> Track:
    sounds = chapter()["detectors"].get(name, {}).get("medium") != "video"
    one, other = seconds
    ticks = (seen.find(findings, "ticks") or {}).get("at", ()) if query.timed else ()
    return Track(
        detector=name,
        name=short(name),
        sounds=sounds,
        query=query.wave if sounds else query.strip,
        reference=reference.wave if sounds else reference.strip,
        seconds=seconds,
        places=[_place(n, span, seconds) for n, span in enumerate(_spans(findings), 1)],
        ticks=[(round(float(t), 2), _x(float(t), one)) for t in ticks],
        speech=_speech(findings, "query", one),
        other_speech=_speech(findings, "reference", other),
        curve=_curve(findings, one),
    )


def _spans(findings: Findings) -> list[tuple[float | None, float | None, float | None, float | None]]:
    """Matched places; of voices the stretches nearest to each other; of a film beside a picture its moments."""
    found: list[tuple[float | None, float | None, float | None, float | None]] = [*heard.spans(findings)]
    if not found:
        best = (seen.find(findings, "voices") or {}).get("best", ())
        found = [(float(b[0]), float(b[1]), float(b[2]), float(b[3])) for b in best]
    if not found:
        pairs = (seen.find(findings, "moments") or {}).get("pairs", ())
        found = [(*_around(tq), *_around(tr)) for tq, tr in pairs]
    return found


def _around(at: Any) -> tuple[float | None, float | None]:
    return (None, None) if at is None else (float(at), float(at) + LISTEN)


def _place(
    number: int, span: tuple[float | None, float | None, float | None, float | None], seconds: tuple[float, float]
) -> Place:
    q0, q1, r0, r1 = span
    x, wide = _bar(q0, q1, seconds[0])
    rx, rwide = _bar(r0, r1, seconds[1])
    joined = q0 is not None and r0 is not None
    corners = ((x, 0.0), (x + wide, 0.0), (rx + rwide, HIGH), (rx, HIGH))
    return Place(
        number=number,
        hue=(number - 1) % HUES,
        here=_said(q0, q1),
        there=_said(r0, r1),
        span=span,
        x=x,
        wide=wide,
        rx=rx,
        rwide=rwide,
        join=" ".join(f"{cx:g},{cy:g}" for cx, cy in corners) if joined else "",
    )


def _said(start: float | None, end: float | None) -> str:
    if start is None or end is None:
        return _("the picture")
    return heard.stretch(start, end)


def _bar(start: float | None, end: float | None, seconds: float) -> tuple[float, float]:
    if start is None or end is None or not seconds:
        return 0.0, 0.0
    wide = max(LEAST, round((end - start) / seconds * WIDE, 1))
    return min(_x(start, seconds), WIDE - wide), wide


def _x(at: float, seconds: float) -> float:
    return round(min(1.0, max(0.0, at / seconds)) * WIDE, 1) if seconds else 0.0


def _speech(findings: Findings, of: str, seconds: float) -> list[tuple[float, float]]:
    found = heard.speech(findings, of)
    return [_bar(float(a), float(b), seconds) for a, b in (found or {}).get("segments", ())]


def _curve(findings: Findings, seconds: float) -> str:
    """The points of a line, from not alike (below) to alike (above)."""
    points = (seen.find(findings, "voices") or {}).get("curve", ())
    alike = ((float(t), min(1.0, max(0.0, float(value)))) for t, value in points)
    return " ".join(f"{_x(t, seconds):g},{round((1 - value) * CURVE_HIGH, 1):g}" for t, value in alike)


def _moment(pair: list[Any], findings: Findings, query: Item, reference: Item) -> Moment | None:
    tq, tr = (None if t is None else float(t) for t in pair[:2])
    one = query.whole if tq is None else query.frame(tq)
    other = reference.whole if tr is None else reference.frame(tr)
    if one is None or other is None:
        return None
    drawn = None
    if one.large and other.large:
        here = [f for f in findings if f.get("at") == pair[:2]]  # a face has one second, ticks have many
        drawn = drawing(here, (one.width, one.height), (other.width, other.height)) if here else None
    return Moment(
        query=one,
        reference=other,
        here=_("the picture") if tq is None else heard.clock(tq),
        there=_("the picture") if tr is None else heard.clock(tr),
        at=(tq, tr),
        drawing=drawn,
    )
