"""Evidence and scans as the bench shows them: the files of a case, who looked at each, who did not and why."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from flask import url_for

from webapp.core.i18n import _, lazy, when
from webapp.core.sizes import size_words
from webapp.desk import passages, playing, seen
from webapp.desk.exhibits import PAPER
from webapp.domain.evidence.models import Evidence, Preview
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import medium_of
from webapp.domain.matching.models import Scan

ROLES = {"alleged": lazy("Reported"), "reference": lazy("Reference file"), "proof": lazy("Proof")}
ORIGINS = {
    "reporter": lazy("sent by the reporter"),
    "platform": lazy("captured from the platform"),
    "respondent": lazy("sent by the respondent"),
    "registry": lazy("from the registry"),
}
AT = "at-"  # how the kind of a preview begins that is one frame of a film; its milliseconds follow


@dataclass(frozen=True)
class Frame:
    """A picture of an item that stands for a moment, or for the whole of it: where it is, and its size in pixels.
    `large` is "" while it was not made (yet)."""

    name: str
    large: str
    width: int
    height: int
    harm: str
    at: float | None = None
    closed: bool = False


@dataclass(frozen=True)
class Item:
    """One file: only its re-encoded previews are ever addressed. `report` names whose it is where several reported."""

    id: str
    role: str
    role_words: str
    medium: str
    name: str
    source: str
    origin: str
    report: str
    size: str
    type: str
    pixels: str
    fingerprint: str
    received: str
    frozen: bool
    thumb: str | None
    large: str | None
    width: int | None
    height: int | None
    # Of a sealed kind and not opened by whoever looks: no picture, no original, only a button that asks why.
    closed: bool = False
    # What a text file says.
    text: passages.Pane | None = None
    # The class of harm (desk.toml) of the case it is in; papers for a standing are of none.
    harm: str = ""
    # Where the desk's player finds a recording, and how long it is.
    play: str = ""
    seconds: float | None = None
    # Why it cannot be shown or played, or not to its end.
    note: str = ""
    # How loud it is from beginning to end; a row of frames of a film; single frames by their millisecond.
    wave: Frame | None = None
    strip: Frame | None = None
    frames: Mapping[int, Frame] = field(default_factory=dict)

    @property
    def timed(self) -> bool:
        """Whether it has a length: something to listen to or to watch."""
        return self.medium in ("audio", "video")

    def frame(self, at: float) -> Frame:
        """What is to be seen at a moment of a film; without a picture while none was made."""
        found = self.frames.get(round(at * 1000))
        return found or Frame(self.name, "", 0, 0, self.harm, at, self.closed)

    @property
    def whole(self) -> Frame | None:
        """The preview of a picture as a frame; None without one."""
        if not (self.large and self.width and self.height):
            return None
        return Frame(self.name, self.large, self.width, self.height, self.harm)


@dataclass(frozen=True)
class Look:
    """Who looked at one file: the detectors that did, in short, and (detector, why not, tone) of the others."""

    item: Item
    looked: list[str]
    missing: list[tuple[str, str, str]]


def items(
    evidence: Sequence[Evidence],
    owners: Mapping[str, str],
    *,
    titles: Mapping[str, str] | None = None,
    sealed: bool = False,
    opened: Collection[str] = (),
    harm: str = "",
) -> dict[str, Item]:
    """Files in words, by id, in the order given. `owners`: the reference of the report each file came with; `titles`:
    what a paper is said to show, instead of its bare role; `harm`: the class of what the case is about.

    In a sealed case only papers, and what was `opened` with a reason, are shown.
    """
    told = playing.told(evidence)
    return {
        e.id: _item(
            e,
            told.get(e.id, playing.Shown()),
            owners.get(e.id, "") if e.source == "reporter" else "",
            (titles or {}).get(e.id, ""),
            closed=sealed and e.role != PAPER and e.id not in opened,
            harm="" if e.role == PAPER else harm,
        )
        for e in evidence
    }


def _item(
    evidence: Evidence, told: playing.Shown, report: str, title: str = "", *, closed: bool = False, harm: str = ""
) -> Item:
    previews = {} if closed else {p.kind: p for p in evidence.previews}
    large = previews.get("large") or previews.get("thumb")
    text = None if closed else passages.plain(evidence)
    return Item(
        id=evidence.id,
        role=evidence.role,
        role_words=title or str(ROLES[evidence.role]),
        medium=medium_of(evidence.media_type),
        name=evidence.name,
        source=evidence.source,
        origin=str(ORIGINS[evidence.source]),
        report=report,
        size=size_words(evidence.size),
        type=evidence.media_type,
        pixels=f"{evidence.width} × {evidence.height}" if evidence.width and evidence.height else "",
        fingerprint=evidence.sha256[:12],
        received=when(evidence.received_at),
        frozen=evidence.frozen_at is not None,
        thumb=url_for("desk.media", evidence_id=evidence.id, kind="thumb") if "thumb" in previews else None,
        large=url_for("desk.media", evidence_id=evidence.id, kind=large.kind) if large else None,
        width=large.width if large else None,
        height=large.height if large else None,
        closed=closed,
        text=passages.unmarked(text) if text else None,
        harm=harm,
        play=url_for("desk.play", evidence_id=evidence.id) if told.plays and not closed else "",
        note="" if closed else told.note,
        seconds=told.seconds,
        wave=_wave(evidence, previews, harm),
        strip=_frame(evidence, previews.get("strip"), harm),
        frames={
            int(kind[len(AT) :]): found
            for kind, preview in previews.items()
            if kind.startswith(AT) and (found := _frame(evidence, preview, harm, int(kind[len(AT) :]) / 1000))
        },
    )


def _wave(evidence: Evidence, previews: Mapping[str, Preview], harm: str) -> Frame | None:
    """Of sound alone the large preview is how loud it is."""
    sound = medium_of(evidence.media_type) == "audio"
    return _frame(evidence, previews.get("wave") or (previews.get("large") if sound else None), harm)


def _frame(evidence: Evidence, preview: Preview | None, harm: str, at: float | None = None) -> Frame | None:
    if preview is None:
        return None
    address = url_for("desk.media", evidence_id=evidence.id, kind=preview.kind)
    return Frame(evidence.name, address, preview.width, preview.height, harm, at)


def scan_by(scans: Sequence[Scan], name: str) -> Scan | None:
    """How a detector's last look at a file went; None when it was never asked."""
    return next((s for s in scans if s.detector == name), None)


def looks(by_id: Mapping[str, Item], scans: Mapping[str, Sequence[Scan]]) -> list[Look]:
    """For every file who looked at it. A file nobody looked at says so."""
    return [_look(item, [s for s in scans.get(item.id, ()) if s.reason != "other_medium"]) for item in by_id.values()]


def _look(item: Item, scans: Sequence[Scan]) -> Look:
    if item.role == PAPER:
        return Look(item, [], [("", _("a paper: people read it, nothing is measured on it"), "plain")])
    known = chapter()["detectors"]
    mine = [name for name in known if holds(name, item.medium) or scan_by(scans, name)]
    mine += sorted({s.detector for s in scans} - known.keys())  # what the book does not know (any more)
    if not mine:
        return Look(item, [], [("", _("no detector for this medium is installed"), "warn")])
    if not scans:
        return Look(item, [], [("", _("no detector has looked yet"), "warn")])
    looked: list[str] = []
    missing: list[tuple[str, str, str]] = []
    for name in mine:
        scan = scan_by(scans, name)
        if scan is None and consented(name):
            continue  # no report with this file is about a face, or a voice
        if scan and scan.reason == "nothing_to_compare" and not holds(name, item.medium):
            continue  # it reads files like this only beside those of its own kind
        if scan and scan.state == "done":
            looked.append(short(name))
        elif scan and scan.reason in seen.NOTHING_THERE:
            looked.append(_("%(detector)s (%(what)s)", detector=short(name), what=seen.NOTHING_THERE[scan.reason]))
        elif scan is None or scan.state == "queued":
            missing.append((short(name), str(seen.NOT_ASKED["queued"]), "warn"))
        else:
            missing.append((short(name), seen.why(scan.reason), "plain" if scan.reason in seen.NOT_ASKED else "warn"))
    return Look(item, looked, missing)


def holds(name: str, medium: str) -> bool:
    """Whether files of this medium hold what a detector is about: pictures and films faces, sound and films voices."""
    entry = chapter()["detectors"].get(name, {})
    return medium == entry.get("medium") or medium in entry.get("within", ())


def consented(name: str) -> bool:
    """Whether a detector needs a separate consent; without it people compare by eye and ear."""
    return bool(chapter()["detectors"].get(name, {}).get("consent"))


def short(name: str) -> str:
    """A detector's name without what stands in brackets."""
    return re.split(r"\s*[(（]", seen.detector(name), maxsplit=1)[0]


def summary(found: Sequence[Look]) -> str:
    """Who looked, in one line for all files: '5 of 6 looked everywhere; faces: no consent'."""
    judged = [look for look in found if look.item.role != PAPER]
    if not judged:
        return ""
    everyone = dict.fromkeys(n for look in judged for n in [*look.looked, *(m for m, _why, _tone in look.missing if m)])
    kept_out: dict[str, list[str]] = {}
    for look in judged:
        for name, why, _tone in look.missing:
            kept_out.setdefault(name, [])
            if why not in kept_out[name]:
                kept_out[name].append(why)
    told = [
        _("%(detector)s: %(why)s", detector=name, why=_(", ").join(reasons)) if name else reasons[0]
        for name, reasons in kept_out.items()
    ]
    first = _(
        "%(n)s of %(all)s looked at every file", n=len([n for n in everyone if n not in kept_out]), all=len(everyone)
    )
    return _("%(what)s.", what=_("; ").join([first, *told] if everyone else told))
