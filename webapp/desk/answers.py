"""What every detector said of a pair, and why the others said nothing: each answer is told alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from webapp.core.i18n import _, lazy
from webapp.desk import seen
from webapp.desk import worth as worth_words
from webapp.desk.asides import SetAside, choices
from webapp.desk.looks import Item, consented, holds, scan_by, short
from webapp.domain.calibration.queries import Upheld
from webapp.domain.matching.book import chapter
from webapp.domain.matching.models import Match, Scan

# Where no consent allows a measurement, by what it would have measured.
BY_HAND = {
    "face": lazy("No face was compared by machine. Please compare by eye."),
    "voice": lazy("No voice was compared by machine. Please compare by ear."),
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

    @property
    def name(self) -> str:
        """The detector as the book calls it."""
        return self.version.split()[0]


def answer(match: Match, worth: Worth) -> Answer:
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


def unlooked(query: Item, reference: Item, rows: Sequence[Match], scans: Mapping[str, Sequence[Scan]]) -> list[Answer]:
    """A line for every detector of this medium that said nothing of the pair, with why."""
    answered = {m.detector for m in rows}
    decided = any(m.band == "strong" for m in rows)
    found = []
    for name in chapter()["detectors"]:
        if name in answered or not _concerns(name, query.medium, reference.medium):
            continue
        looks = {
            side: scan_by(scans.get(item.id, ()), name) for side, item in (("query", query), ("reference", reference))
        }
        nothing = _nothing(looks)
        if nothing:
            found.append(Answer(short(name), name, "", _("Nothing to compare"), "plain", [nothing]))
            continue
        why, tone = _why_not(looks, decided)
        if consented(name) and not any(looks.values()):
            continue  # the report is about no face, or no voice
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


def _concerns(name: str, one: str, other: str) -> bool:
    """Whether a detector is about what files of these media hold; of sound and film both have to hold it."""
    if not {one, other} & {"audio", "video"}:
        return holds(name, one)
    beside = name == "film_pictures" and {one, other} == {"image", "video"}  # a picture is looked for in a film
    return beside or (holds(name, one) and holds(name, other))


def by_eye(query: Item, reference: Item, rows: Sequence[Match], scans: Mapping[str, Sequence[Scan]]) -> str:
    """What people have to compare themselves: "face" or "voice" where it may not be measured, "" elsewhere."""
    answered = {m.detector for m in rows}
    kept_out = (
        s.detector
        for item in (query, reference)
        for s in scans.get(item.id, ())
        if s.reason in seen.BY_EYE and consented(s.detector) and s.detector not in answered
    )
    return next((name for name in kept_out if name in BY_HAND), "")
