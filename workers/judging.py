"""One pair of files, judged as the workers judge it: cheap detectors first, dear ones where those leave it open. What
is heard and what is seen are two questions: music that matches says nothing of the pictures over it.

Each file is looked at once a process and detector, in how many pairs it may occur. What a file is, is read from its
bytes; whatever cannot be opened, looked at or compared becomes part of the answer.
"""

from __future__ import annotations

import os
import stat
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from webapp.domain.evidence import dangers, kinds
from webapp.domain.matching.detector import COSTS, CannotLook, Comparison, Detector, Reader, Signals, medium_of
from workers.look import Outcome, look_all
from workers.roster import kind_of

BANDS = ("strong", "possible", "weak", "none")
# Whose face or voice it is was left open: that the files differ as pictures or recordings is no answer to it. "Too
# short" leaves it open only where somebody was heard.
OPEN = ("cannot_assess", "weak_likeness", "weak_voice")
HEARD_TOO_SHORT = "too_short"
ANSWERS = ("declared", "suspected", "no_evidence")
# What is remembered of files: a picture's signals take some 200 kB, those of a film up to 3 MB.
REMEMBERED, REMEMBERED_BYTES = 512, 96 * 1024 * 1024


@dataclass(frozen=True)
class Bench:
    """What judges here: detectors, readers, and the absent detectors with why."""

    detectors: Sequence[Detector]
    readers: Sequence[Reader] = ()
    absent: Mapping[str, str] = field(default_factory=dict)


@dataclass
class File:
    """A file as it was when it was first met, and what was made of it so far, by detector or reader."""

    path: Path
    media_type: str
    seen: dict[str, Outcome] = field(default_factory=dict)

    @property
    def medium(self) -> str:
        return medium_of(self.media_type)

    @property
    def bytes(self) -> int:
        """What is kept of it."""
        return sum(len(outcome.data) for outcome in self.seen.values())

    def look(self, lookers: Sequence[Detector | Reader]) -> None:
        """Let those look that have not, in one child."""
        fresh = [looker for looker in lookers if looker.name not in self.seen]
        self.seen |= {outcome.name: outcome for outcome in look_all(fresh, self.path, self.media_type)}


@dataclass(frozen=True)
class Said:
    """What one detector said of a pair: a comparison, or the code and detail of why not, and of which file."""

    detector: str
    comparison: Comparison | None = None
    code: str = ""
    detail: str = ""
    side: str = ""
    person: bool = False  # it is about whose face or voice it is

    @property
    def open(self) -> bool:
        """Whether it left open whose face or voice it is."""
        said = self.comparison.reason if self.comparison else self.code
        return said in OPEN or (self.person and said == HEARD_TOO_SHORT)

    @property
    def verdict(self) -> str:
        return self.comparison.verdict if self.comparison else "cannot_tell"

    @property
    def band(self) -> str:
        return self.comparison.band if self.comparison else ""

    @property
    def rank(self) -> tuple[int, int]:
        """Support outweighs silence, a look outweighs no look; of equals the stronger band. What a detector left open
        (a face, weak evidence) outweighs another's "no": the queue says "cannot tell" there too."""
        if self.open:
            return 1, -1
        if self.comparison is None:
            return 3, 0
        if self.band == "weak":
            return 1, BANDS.index(self.band)
        return {"supports": 0, "does_not_support": 2, "cannot_tell": 3}[self.verdict], BANDS.index(self.band)

    def line(self) -> dict[str, Any]:
        """As it stands among the findings."""
        reason = self.comparison.reason if self.comparison else self.code
        found = {
            "kind": "detector",
            "name": self.detector,
            "verdict": self.verdict,
            "band": self.band,
            "reason": reason,
        }
        return found | ({"file": self.side} if self.side else {})


_KNOWN: OrderedDict[tuple[str, int, int, int], File] = OrderedDict()


def judge(identity: Any, query: Path, reference: Path, bench: Bench) -> dict[str, Any]:
    """The answer for one pair, as `compare` prints it."""
    files: list[File] = []
    for side, path in (("query", query), ("reference", reference)):
        try:
            files.append(_file(path))
        except CannotLook as why:
            return cannot(identity, None, why.code, why.detail, side)
    fitting = [d for d in bench.detectors if kind_of(d).fits(files[0].medium, files[1].medium)]
    if not fitting:
        if bench.absent and not bench.detectors:
            return cannot(identity, None, "detector_absent", "; ".join(bench.absent.values()))
        return cannot(identity, None, "unsupported", _unfit(bench, *files))
    said: list[Said] = []
    readers = [r for r in bench.readers if r.cost == "cheap" and files[0].media_type in r.media]
    cheap = [d for d in fitting if d.cost == "cheap"]
    files[0].look([*cheap, *readers])
    files[1].look(cheap)
    # A dear look after the other, while it can still change the answer to its question.
    answered: set[bool] = set()
    for stage in (cheap, *([d] for d in sorted(fitting, key=_cost) if d.cost != "cheap")):
        for detector in stage:
            if detector.cost == "cheap" or kind_of(detector).sounds not in answered:
                said.append(_compared(detector, *files))
        answered |= {
            kind_of(d).sounds for d in fitting for one in said if (one.detector, one.band) == (d.name, "strong")
        }
    return _answer(identity, said, _declaration(files[0], readers))


def cannot(identity: Any, detector: str | None, code: str, detail: str, side: str = "") -> dict[str, Any]:
    """The answer where nothing was compared, and why."""
    finding = {"kind": "could_not_look", "code": code, "detail": detail} | ({"file": side} if side else {})
    return {
        "id": identity,
        "verdict": "cannot_tell",
        "detector": detector,
        "distance": None,
        "reason": code,
        "findings": [finding],
    }


def _answer(identity: Any, said: Sequence[Said], declared: list[dict[str, Any]]) -> dict[str, Any]:
    best = min(said, key=lambda one: one.rank)  # of equals the first, in the order of the detectors
    rest = [*declared, *(one.line() for one in said)]
    if best.comparison is None:
        answer = cannot(identity, best.detector, best.code, best.detail, best.side)
        answer["findings"] += rest
        return answer
    found = best.comparison
    return {
        "id": identity,
        "verdict": found.verdict,
        "detector": best.detector,
        "distance": found.distance,
        "reason": found.reason,
        "findings": [{"kind": "band", "band": found.band, "threshold": found.threshold}, *found.findings, *rest],
    }


def _cost(detector: Detector) -> int:
    return COSTS.index(detector.cost)


def _compared(detector: Detector, query: File, reference: File) -> Said:
    """What it says of the two. The reference is looked at first: it is in more pairs, and without a word or a face in
    it there is nothing to look for in the other."""
    signals: dict[str, Signals] = {}
    blind = []
    person = bool(detector.consent)
    for side, file in (("reference", reference), ("query", query)):
        file.look([detector])
        try:
            signals[side] = file.seen[detector.name].signals()
        except CannotLook as why:
            blind.append(Said(detector.name, code=why.code, detail=why.detail, side=side, person=person))
            if not blind[-1].open and detector.cost != "cheap":
                break
    if blind:  # where one file has no face at all, nothing is left open by the other; of equals it is the query's
        return min(reversed(blind), key=lambda said: said.open)
    try:
        return Said(detector.name, detector.compare(signals["query"], signals["reference"]), person=person)
    except CannotLook as why:
        return Said(detector.name, code=why.code, detail=why.detail, person=person)
    except Exception as error:  # a plug-in may fail in any way, and the others must still be asked
        return Said(detector.name, code="failed", detail=f"{type(error).__name__}: {error}"[:200])


def _declaration(query: File, readers: Sequence[Reader]) -> list[dict[str, Any]]:
    """What the reported file says of its own making, if a reader of its type is here."""
    read = [query.seen[reader.name] for reader in readers if reader.name in query.seen]
    claims = [claim for outcome in read if not outcome.code for claim in outcome.claims()]
    if all(outcome.code for outcome in read):
        return []
    answer = min((claim.answer for claim in claims), key=ANSWERS.index, default="no_evidence")
    sources = sorted({claim.source for claim in claims if claim.answer == answer})
    return [{"kind": "declaration", "answer": answer, "sources": sources}]


def _unfit(bench: Bench, query: File, reference: File) -> str:
    names = ", ".join(f"{d.name} looks at {d.medium} files" for d in bench.detectors)
    return f"{names}; these are {query.media_type} and {reference.media_type}"


def _file(path: Path) -> File:
    """The file as it is now; the same as before if nothing of it changed. Raises CannotLook for what no detector may
    open: a folder, a pipe, a device, an unknown kind, a program."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as stream:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode):
                raise CannotLook("unreadable", "this is no file")
            key = (str(path), about.st_ino, about.st_size, about.st_mtime_ns)
            known = _KNOWN.get(key) or File(path, _media_type(stream.read(kinds.HEAD)))
    except (OSError, ValueError) as error:
        raise CannotLook("unreadable", type(error).__name__) from error
    _KNOWN[key] = known
    _KNOWN.move_to_end(key)
    while len(_KNOWN) > REMEMBERED or (
        len(_KNOWN) > 2 and sum(one.bytes for one in _KNOWN.values()) > REMEMBERED_BYTES
    ):
        _KNOWN.popitem(last=False)
    return known


def _media_type(head: bytes) -> str:
    """The true type by content. Raises CannotLook."""
    if not head:
        raise CannotLook("not_an_image", "the file is empty")
    refused = dangers.dangerous(head)
    if refused:
        raise CannotLook("unsupported", f"{refused.code}: {refused.name}")
    kind = kinds.recognise(head)
    if kind is None:
        raise CannotLook("not_an_image", "the kind of file is unknown")
    return kind.media_type
