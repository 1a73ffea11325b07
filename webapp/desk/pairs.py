"""A reported item beside a reference: one block a pair, the strongest answer first, and every detector's own answer.

Who supports, who does not and who cannot tell are told alike; so is who did not look, and why.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from webapp.core.i18n import _, lazy
from webapp.desk import passages, seen, words
from webapp.desk import worth as worth_words
from webapp.desk.asides import SetAside, choices
from webapp.desk.drawing import Box, Drawing, drawing, lines
from webapp.desk.faces import Faces, faces
from webapp.desk.looks import FACE, Item, scan_by, short
from webapp.desk.passages import Panes
from webapp.domain.calibration.queries import Upheld
from webapp.domain.cases.rules import BANDS
from webapp.domain.matching.book import chapter
from webapp.domain.matching.models import Match, Scan

ORIGINS = {
    "report": "",
    "registered": lazy("a registered reference"),
    "decided": lazy("content decided before"),
}
SIDES = {"query": lazy("the reported file"), "reference": lazy("the reference")}


@dataclass(frozen=True)
class Worth:
    """What weighs a match besides its distance: how often its band was upheld here, and what was set aside."""

    upheld: Mapping[tuple[str, str, str], Upheld]
    aside: Mapping[str, SetAside]

    def told(self, match: Match) -> str:
        """How often reports with such a match were found right here; "" while none was decided."""
        counted = self.upheld.get((match.detector, match.version, match.band))
        return worth_words.upheld(counted) if counted and counted.all else ""


@dataclass(frozen=True)
class Answer:
    """What one detector said of a pair, or (without a band) why it said nothing."""

    detector: str
    version: str
    verdict: str
    verdict_words: str
    tone: str
    said: list[str]
    meaning: str = ""
    distance: str = ""
    upheld: str = ""
    match: str = ""
    aside: SetAside | None = None
    choices: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Pair:
    """A reported item beside a reference. `by_eye`: no face may be measured here, so people compare."""

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
    by_eye: bool = False
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
    by_eye = any(
        s.detector == FACE and s.reason in seen.BY_EYE for i in (query, reference) for s in scans.get(i.id, ())
    )
    # Whole pictures that differ say nothing of a face in them: that is no "nothing found" either.
    only_eyes = by_eye and lead is not None and _band(lead) == "none"
    band = "weak" if only_eyes else _band(lead) if lead else ""
    band_words, tone = words.band(band)
    agreeing = [m for m in rows if lead and m.verdict == lead.verdict]
    headline = seen.headline([(m.reason, m.findings) for m in agreeing])
    if only_eyes:
        headline = _("No face was compared by machine. Please compare by eye.")
    elif lead and lead.id in worth.aside:  # what counts comes first, so here nothing does
        headline, tone = _("Set aside for this claimant, does not count: %(what)s", what=headline), "plain"
    unlooked = _unlooked(query, reference, rows, scans)
    shown = [m.findings for m in rows] if not (query.closed or reference.closed) else []
    sizes = _size(query), _size(reference)
    drawn = (drawing(f, *sizes) for f in shown) if all(sizes) else iter(())  # type: ignore[arg-type]  # both are there
    return Pair(
        query=query,
        reference=reference,
        band=band,
        band_words=band_words,
        tone=tone,
        headline=headline,
        origin=str(ORIGINS.get(next((m.origin for m in rows if m.origin != "report"), "report"), "")),
        answers=[_answer(m, worth) for m in rows] + unlooked,
        drawing=next((d for d in drawn if d), None),
        faces=next((f for f in (faces(s, *sizes) for s in shown) if f), None) if all(sizes) else None,  # type: ignore[arg-type]
        panes=next((p for p in (_panes(s, query, reference, texts) for s in shown) if p), None),
        query_lines=[b for s in shown for b in lines(s, "query", sizes[0])],
        reference_lines=[b for s in shown for b in lines(s, "reference", sizes[1])],
        by_eye=by_eye,
        order=(
            BANDS.index(band),
            query.source != "platform",
            _ratio(lead) if lead else 0.0,
            query.id,
            reference.id,
        ),
    )


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
        known.index(match.detector) if match.detector in known else len(known),
    )


def _ratio(match: Match) -> float:
    """Distances of different detectors on one scale: 1 is where support ends."""
    return match.distance / match.threshold if match.threshold else match.distance


def _answer(match: Match, worth: Worth) -> Answer:
    verdict, tone = seen.VERDICTS[match.verdict]
    unable = match.verdict == "cannot_tell" and match.band == "none"  # it looked at both and could not compare them
    return Answer(
        detector=short(match.detector),
        version=f"{match.detector} {match.version}",
        verdict=match.verdict,
        verdict_words=str(verdict),
        tone=tone,
        said=seen.seen(match.reason, match.findings),
        meaning="" if unable else worth_words.meaning(match.detector, match.band),
        distance="" if unable else worth_words.distance(match.detector, match.distance, match.threshold),
        upheld="" if unable else worth.told(match),
        match=match.id,
        aside=worth.aside.get(match.id),
        choices=choices(match.detector) if match.origin == "report" and match.verdict == "supports" else [],
    )


def _unlooked(query: Item, reference: Item, rows: Sequence[Match], scans: Mapping[str, Sequence[Scan]]) -> list[Answer]:
    """A line for every detector of this medium that said nothing of the pair, with why."""
    answered = {m.detector for m in rows}
    decided = any(m.band == "strong" for m in rows)
    found = []
    for name, entry in chapter()["detectors"].items():
        if name in answered or entry["medium"] != query.medium:
            continue
        looks = {
            side: scan_by(scans.get(item.id, ()), name) for side, item in (("query", query), ("reference", reference))
        }
        nothing = _nothing(looks)
        if nothing:
            found.append(Answer(short(name), name, "", _("Nothing to compare"), "plain", [nothing]))
            continue
        why, tone = _why_not(looks, decided)
        if name == FACE and not any(looks.values()):
            continue  # the report is about no face
        found.append(Answer(seen.detector(name), name, "", _("Did not look"), tone, [why]))
    return found


def _nothing(looks: Mapping[str, Scan | None]) -> str:
    """Where a detector looked and found nothing of what it compares, in a sentence; "" elsewhere."""
    for side, scan in looks.items():
        if scan and scan.reason in seen.NOTHING_THERE:
            return _("In %(file)s: %(what)s.", file=SIDES[side], what=seen.NOTHING_THERE[scan.reason])
    return ""


def _why_not(looks: Mapping[str, Scan | None], decided: bool) -> tuple[str, str]:
    for side, scan in looks.items():
        if scan and scan.state in ("failed", "not_applicable"):
            if scan.reason in seen.NOT_ASKED:
                return seen.full(seen.why(scan.reason)), "plain"
            return _("At %(file)s: %(why)s.", file=SIDES[side], why=seen.why(scan.reason)), "warn"
    if decided:
        return seen.full(seen.why("not_needed")), "plain"
    return seen.full(seen.why("queued")), "warn"


def _panes(
    findings: Sequence[Mapping[str, Any]], query: Item, reference: Item, texts: Mapping[str, tuple[str, bool]]
) -> Panes | None:
    return passages.panes(findings, texts.get(query.id), texts.get(reference.id))


def _size(item: Item) -> tuple[int, int] | None:
    return (item.width, item.height) if item.large and item.width and item.height else None
