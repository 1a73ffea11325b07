"""Measuring by consent, free of the database: her own face or voice out of a reference, everybody's out of a reported
file for as long as they are compared, and what two such looks say together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, cast

from webapp.domain.biometrics import rules
from webapp.domain.matching.detector import CannotLook, Comparison, Detector, Signals, Thresholds
from workers.look import look_all

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
    """What was seen: of each reference its owner, of each reported file everybody, and each pair compared."""

    references: Mapping[str, Look]
    queries: Mapping[str, Look]
    found: Sequence[tuple[str, str, Comparison]]


def measure(
    detector: Detector,
    pairs: Sequence[tuple[str, str]],
    files: Mapping[str, File],
    known: Mapping[str, bytes],
    beat: Beat,
) -> Measured:
    """Compare (reported item, reference) pairs by id, each file looked at once. `known`: templates that are there."""
    references, queries = dict[str, Look](), dict[str, Look]()
    found: list[tuple[str, str, Comparison]] = []
    for reference_id in dict.fromkeys(r for _q, r in pairs):
        references[reference_id] = _own(detector, files[reference_id], known.get(reference_id), beat)
    for query_id in dict.fromkeys(q for q, _r in pairs):
        queries[query_id] = _look(detector, files[query_id], beat)
        mine = [r for q, r in pairs if q == query_id]
        found += [(query_id, r, _compared(detector, queries[query_id], references[r])) for r in mine]
    return Measured(references, queries, found)


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
        return detector.compare(query, reference)
    except CannotLook as why:
        findings = [*_about(detector, query, "query"), *_about(detector, reference, "reference")]
        return Comparison(0.0, "cannot_tell", "none", threshold=0.0, reason=why.code, findings=findings)


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
