"""Evidence, comparisons and scans as the bench shows them: what is side by side, who looked, who could not and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from webapp.core.i18n import _, when
from webapp.desk import words
from webapp.domain.cases.rules import BANDS
from webapp.domain.evidence.models import Evidence
from webapp.domain.matching.models import Match, Scan


@dataclass(frozen=True)
class Item:
    """One file: only its re-encoded previews are ever addressed."""

    id: str
    role: str
    role_words: str
    medium: str
    name: str
    origin: str
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


@dataclass(frozen=True)
class Pair:
    """A reported item beside a reference, and what comparing them said."""

    query: Item
    reference: Item
    band: str
    band_words: str
    tone: str
    seen: list[str]
    meaning: str
    detector: str


@dataclass(frozen=True)
class Look:
    """Which detectors looked at one file. `scans` are (detector, outcome in words, tone)."""

    name: str
    role_words: str
    scans: list[tuple[str, str, str]]


def items(evidence: Sequence[Evidence]) -> dict[str, Item]:
    """Files in words, by id, in the order given."""
    return {e.id: _item(e) for e in evidence}


def _item(evidence: Evidence) -> Item:
    previews = {p.kind: p for p in evidence.previews}
    large = previews.get("large") or previews.get("thumb")
    roles = {"alleged": _("Reported"), "reference": _("Reference file"), "proof": _("Proof")}
    origins = {
        "reporter": _("sent by the reporter"),
        "platform": _("captured from the platform"),
        "respondent": _("sent by the respondent"),
    }
    return Item(
        id=evidence.id,
        role=evidence.role,
        role_words=roles[evidence.role],
        medium=evidence.medium,
        name=evidence.name,
        origin=origins[evidence.source],
        size=f"{evidence.size / 1_048_576:.1f} MB"
        if evidence.size >= 996_148
        else f"{max(1, evidence.size // 1024)} KB",
        type=evidence.media_type,
        pixels=f"{evidence.width} × {evidence.height}" if evidence.width and evidence.height else "",
        fingerprint=evidence.sha256[:12],
        received=when(evidence.received_at),
        frozen=evidence.frozen_at is not None,
        thumb=url_for("desk.media", evidence_id=evidence.id, kind="thumb") if "thumb" in previews else None,
        large=url_for("desk.media", evidence_id=evidence.id, kind=large.kind) if large else None,
        width=large.width if large else None,
        height=large.height if large else None,
    )


def pairs(matches: Sequence[Match], by_id: Mapping[str, Item]) -> list[Pair]:
    """Comparisons whose two files are both here, strongest band first, then nearest."""
    found = [m for m in matches if m.query_id in by_id and m.reference_id in by_id]
    return [_pair(m, by_id) for m in sorted(found, key=lambda m: (BANDS.index(m.band), m.distance))]


def _pair(match: Match, by_id: Mapping[str, Item]) -> Pair:
    band, tone = words.band(match.band)
    return Pair(
        query=by_id[match.query_id],
        reference=by_id[match.reference_id],
        band=match.band,
        band_words=band,
        tone=tone,
        seen=words.seen(match.reason, match.findings),
        meaning=words.meaning(match.detector, match.distance, match.threshold),
        detector=f"{words.detector(match.detector)} · {match.detector} {match.version}",
    )


def looks(evidence: Sequence[Evidence], scans: Mapping[str, Sequence[Scan]]) -> list[Look]:
    """For every file who looked at it. A file nobody looked at says so."""
    known = words.matching()["detectors"].values()
    media = {str(entry["medium"]) for entry in known}
    found = []
    for e in evidence:
        rows = [(words.detector(s.detector), *words.scan(s.state, s.reason)) for s in scans.get(e.id, ())]
        if not rows:
            text = (
                _("no detector has looked yet") if e.medium in media else _("no detector for this medium is installed")
            )
            rows = [("", text, "warn")]
        roles = {"alleged": _("Reported"), "reference": _("Reference file"), "proof": _("Proof")}
        found.append(Look(name=e.name, role_words=roles[e.role], scans=rows))
    return found
