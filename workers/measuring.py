"""Measuring by consent, free of the database: her own face or voice out of a reference, everybody's out of a reported
file for as long as they are compared, and what two such looks say together."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, cast

from webapp.domain.biometrics import rules
from webapp.domain.matching.detector import CannotLook, Comparison, Detector, Signals, Thresholds
from workers.look import look_all

log = logging.getLogger(__name__)

Look = Signals | CannotLook
Beat = Callable[[], None]  # renews the lease of the task while a child works
File = tuple[Path, str]  # where it lies, and its media type

# What a detector of voices says of too little speech (its `detail`): "1.4 s of speech".
_SPEECH = re.compile(r"^(\d+(?:\.\d+)?) s of speech\b")


class Owning(Protocol):
    """What a detector that needs a consent has beside the three methods of all detectors."""

    def own(self, signals: Signals) -> Signals:
        """Only the face or the voice a reference is about. Raises CannotLook("cannot_assess") where several could be
        meant: a stranger's must not become a template."""

    def about(self, signals: Signals, of: str) -> list[dict[str, Any]]:
        """Findings of one side ("query", "reference") that say nothing of anybody: how long, how clear. A detector may
        do without."""


@dataclass(frozen=True)
class Measured:
    """What is known after one reported file more: what was seen in which files for the first time (of a reference its
    owner, of a reported file everybody), and each pair compared."""

    owners: Mapping[str, Look]
    looks: Mapping[str, Look]
    found: Sequence[tuple[str, str, Comparison]]


def measure(
    detector: Detector,
    pairs: Sequence[tuple[str, str]],
    files: Mapping[str, File],
    known: Mapping[str, bytes],
    beat: Beat,
) -> Iterator[Measured]:
    """Compare (reported item, reference) pairs by id, each file looked at once, a reported file after the other.

    `known`: templates that are there; those references are not looked at again.
    """
    mine: dict[str, list[str]] = {}
    for query_id, reference_id in pairs:
        mine.setdefault(query_id, []).append(reference_id)
    owners = dict[str, Look]()
    for query_id, references in mine.items():
        new = {r: _own(detector, files[r], known.get(r), beat) for r in references if r not in owners}
        owners |= new
        seen = _look(detector, files[query_id], beat)
        found = [(query_id, r, _compared(detector, seen, owners[r])) for r in references]
        measured = {r: look for r, look in new.items() if r not in known}
        yield Measured(measured, {**measured, query_id: seen}, found)


def told(comparison: Comparison, bands: Thresholds | None) -> Comparison:
    """Without what must not be kept (biometrics.rules.told). `bands`: those in force; distance is 1 − cosine."""
    least = 1 - bands.weak if bands else -1.0
    findings = rules.told(comparison.findings, found=comparison.band != "none", least=least)
    return replace(comparison, findings=findings)


def _own(detector: Detector, file: File, template: bytes | None, beat: Beat) -> Look:
    """Her own: out of its template, or measured now. Whoever else is in her reference is left out."""
    if template is not None:
        return Signals.from_bytes(template)
    seen = _look(detector, file, beat)
    try:
        return cast(Owning, detector).own(seen) if isinstance(seen, Signals) else seen
    except CannotLook as why:
        return why


def _look(detector: Detector, file: File, beat: Beat) -> Look:
    """One file in the sandbox, everybody in it. The lease is renewed while the child works."""
    beat()
    try:
        return look_all([detector], *file, beat)[0].signals()
    except CannotLook as why:
        return why


def _compared(detector: Detector, query: Look, reference: Look) -> Comparison:
    """What two looks say together. What cannot be assessed is "cannot tell", never "none found"; what was seen of the
    files is said all the same."""
    try:
        if isinstance(query, CannotLook):
            raise query
        if isinstance(reference, CannotLook):
            raise reference
        return _laid(detector, query, reference)
    except CannotLook as why:
        findings = [*_about(detector, query, "query"), *_about(detector, reference, "reference")]
        return Comparison(0.0, "cannot_tell", "none", threshold=0.0, reason=why.code, findings=findings)


def _laid(detector: Detector, query: Signals, reference: Signals) -> Comparison:
    try:
        return detector.compare(query, reference)
    except CannotLook:
        raise
    except Exception as error:  # a plug-in may fail in any way; the other files must still be compared
        log.warning("%s could not compare two files: %s", detector.name, type(error).__name__)
        raise CannotLook("failed") from None


def _about(detector: Detector, seen: Look, of: str) -> list[dict[str, Any]]:
    """What a page can say of one side: also how much speech there was where that was too little ("1.4 s of speech")."""
    if isinstance(seen, Signals):
        return cast(Owning, detector).about(seen, of) if hasattr(detector, "about") else []
    said = _SPEECH.match(seen.detail)
    if not said:
        return []
    return [
        {"kind": "speech", "of": of, "seconds": float(said[1]), "segments": []},
        {"kind": "hearing", "of": of, "warnings": ["short"]},
    ]
