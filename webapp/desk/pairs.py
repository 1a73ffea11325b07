"""A reported item beside a reference: one block a pair, the strongest answer first, and every detector's own answer.

Who supports, who does not and who cannot tell are told alike; so is who did not look, and why.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from webapp.core.i18n import _, lazy
from webapp.desk import passages, seen, words
from webapp.desk.answers import BY_HAND, Answer, Worth, answer, by_eye, unlooked
from webapp.desk.drawing import Box, Drawing, drawing, lines
from webapp.desk.faces import Faces, faces
from webapp.desk.heard import listened
from webapp.desk.looks import Frame, Item
from webapp.desk.passages import Panes
from webapp.desk.timelines import Moment, Track, moments, seconds_of, tracks
from webapp.domain.cases.rules import BANDS
from webapp.domain.matching.book import chapter
from webapp.domain.matching.models import Match, Scan

ORIGINS = {
    "report": "",
    "registered": lazy("a registered reference"),
    "decided": lazy("content decided before"),
}
# Of sound and film: the recording itself says more than the voice in it, and that more than the tune.
EXPLAINS = ("recording", "film", "film_pictures", "voice", "melody")


@dataclass(frozen=True)
class Pair:
    """A reported item beside a reference. `by_eye`: "face" or "voice" where none may be measured here, so that people
    compare. `tracks` and `moments` are what agrees in time, of sound and film; `pictured`: what the faces are in."""

    query: Item
    reference: Item
    band: str
    band_words: str
    tone: str
    headline: str
    origin: str
    answers: list[Answer]
    drawing: Drawing | None = None
    faces: Faces | None = None
    panes: Panes | None = None
    query_lines: list[Box] = field(default_factory=list)
    reference_lines: list[Box] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    pictured: tuple[Frame | None, Frame | None] = (None, None)
    listened: tuple[Sequence[str], Sequence[str]] = ((), ())
    by_eye: str = ""
    order: tuple[Any, ...] = field(default=(), repr=False)


def pairs(
    matches: Sequence[Match],
    wanted: Collection[tuple[str, str]],
    by_id: Mapping[str, Item],
    scans: Mapping[str, Sequence[Scan]],
    texts: Mapping[str, tuple[str, bool]],
    worth: Worth,
) -> list[Pair]:
    """A block for each pair that was compared or should be and whose two files are here, strongest band first.

    Of equal bands the platform's own copy comes first: what a reporter sent in as the content is her word, and her own
    reference sent in twice is the nearest match there is. `texts`: what text files say, by evidence id.
    """
    grouped: dict[tuple[str, str], list[Match]] = {pair: [] for pair in sorted(wanted)}
    for match in matches:
        grouped.setdefault((match.query_id, match.reference_id), []).append(match)
    found = [
        _pair(by_id[q], by_id[r], rows, scans, texts, worth)
        for (q, r), rows in grouped.items()
        if q in by_id and r in by_id
    ]
    return sorted(found, key=lambda pair: pair.order)


def _pair(
    query: Item,
    reference: Item,
    rows: Sequence[Match],
    scans: Mapping[str, Sequence[Scan]],
    texts: Mapping[str, tuple[str, bool]],
    worth: Worth,
) -> Pair:
    rows = sorted(rows, key=lambda m: (m.id in worth.aside, _best_first(m)))
    lead = rows[0] if rows else None
    by_hand = by_eye(query, reference, rows, scans)
    # Whole pictures that differ say nothing of a face in them: that is no "nothing found" either.
    only_eyes = bool(by_hand) and lead is not None and _band(lead) == "none"
    band = "weak" if only_eyes else _band(lead) if lead else ""
    band_words, tone = words.band(band)
    agreeing = [m for m in rows if lead and m.verdict == lead.verdict]
    headline = seen.headline([(m.reason, m.findings) for m in agreeing])
    if only_eyes:
        headline = str(BY_HAND[by_hand])
    elif lead and lead.id in worth.aside:  # what counts comes first, so here nothing does
        headline, tone = _("Set aside for this claimant, does not count: %(what)s", what=headline), "plain"
    not_looked = unlooked(query, reference, rows, scans)
    open_rows = rows if not (query.closed or reference.closed) else []
    shown = [m.findings for m in open_rows]
    still = [f for f in shown if not (query.timed or reference.timed)]  # of films only frames are drawn on
    sizes = _size(query), _size(reference)
    drawn = (drawing(f, *sizes) for f in still) if all(sizes) else iter(())  # type: ignore[arg-type]  # both are there
    found, pictured = _faces(shown, query, reference)
    return Pair(
        query=query,
        reference=reference,
        band=band,
        band_words=band_words,
        tone=tone,
        headline=headline,
        origin=str(ORIGINS.get(next((m.origin for m in rows if m.origin != "report"), "report"), "")),
        answers=[answer(m, worth) for m in rows] + not_looked,
        drawing=next((d for d in drawn if d), None),
        faces=found,
        pictured=pictured,
        panes=next((p for p in (_panes(s, query, reference, texts) for s in shown) if p), None),
        query_lines=[b for s in still for b in lines(s, "query", sizes[0])],
        reference_lines=[b for s in still for b in lines(s, "reference", sizes[1])],
        tracks=tracks([(m.detector, m.band, m.findings) for m in open_rows], query, reference),
        moments=moments(shown, query, reference),
        listened=(_listened(query, "query", shown), _listened(reference, "reference", shown)),
        by_eye=by_hand,
        order=(
            BANDS.index(band),
            query.source != "platform",
            _ratio(lead) if lead else 0.0,
            query.id,
            reference.id,
        ),
    )


def _faces(
    shown: Sequence[Sequence[Mapping[str, Any]]], query: Item, reference: Item
) -> tuple[Faces | None, tuple[Frame | None, Frame | None]]:
    """The faces of the first answer that knows any, and the pictures they are in: of a film the frame of its moment."""
    for findings in shown:
        frames = [_pictured(findings, of, item) for of, item in (("query", query), ("reference", reference))]
        sizes = [(frame.width, frame.height) if frame and frame.large else (1, 1) for frame in frames]
        found = faces(findings, sizes[0], sizes[1])
        if found:
            return found, (frames[0], frames[1])
    return None, (None, None)


def _pictured(findings: Sequence[Mapping[str, Any]], of: str, item: Item) -> Frame | None:
    at = (seen.find(findings, "face", of) or {}).get("at")
    if at is not None:
        return item.frame(float(at))
    return None if item.timed else item.whole


def _listened(item: Item, of: str, shown: Sequence[Sequence[Mapping[str, Any]]]) -> list[str]:
    return listened(shown, of, seconds_of(item, of, shown)) if item.timed and not item.closed else []


def _band(match: Match) -> str:
    """A comparison that could not be made is no "nothing found": it leaves the pair open, as a weak one does."""
    return "weak" if match.verdict == "cannot_tell" else match.band


def _best_first(match: Match) -> tuple[Any, ...]:
    """The strongest band first, of alike ones what explains most: points that agree, then a place, then the nearest."""
    known = list(chapter()["detectors"])
    return (
        BANDS.index(_band(match)),
        match.band == "none",
        seen.find(match.findings, "points") is None,
        seen.find(match.findings, "transform") is None,
        EXPLAINS.index(match.detector) if match.detector in EXPLAINS else -1,
        known.index(match.detector) if match.detector in known else len(known),
    )


def _ratio(match: Match) -> float:
    """Distances of different detectors on one scale: 1 is where support ends."""
    return match.distance / match.threshold if match.threshold else match.distance


def _panes(
    findings: Sequence[Mapping[str, Any]], query: Item, reference: Item, texts: Mapping[str, tuple[str, bool]]
) -> Panes | None:
    return passages.panes(findings, texts.get(query.id), texts.get(reference.id))


def _size(item: Item) -> tuple[int, int] | None:
    return (item.width, item.height) if item.large and item.width and item.height else None
