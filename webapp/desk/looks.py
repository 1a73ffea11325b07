"""Evidence, comparisons and scans as the bench shows them: what is side by side, who looked, who could not and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from webapp.core.i18n import _, lazy, when
from webapp.core.sizes import size_words
from webapp.desk import words
from webapp.desk.exhibits import PAPER
from webapp.domain.cases.rules import BANDS
from webapp.domain.evidence.models import Evidence
from webapp.domain.matching.book import chapter
from webapp.domain.matching.models import Match, Scan

ROLES = {"alleged": lazy("Reported"), "reference": lazy("Reference file"), "proof": lazy("Proof")}
ORIGINS = {
    "reporter": lazy("sent by the reporter"),
    "platform": lazy("captured from the platform"),
    "respondent": lazy("sent by the respondent"),
}


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


@dataclass(frozen=True)
class Pair:
    """A reported item beside a reference, and what comparing them said."""

    query: Item
    reference: Item
    band: str
    distance: float
    band_words: str
    tone: str
    seen: list[str]
    meaning: str
    detector: str


@dataclass(frozen=True)
class Look:
    """Which detectors looked at one file. `scans` are (detector, outcome in words, tone)."""

    item: Item
    scans: list[tuple[str, str, str]]


def items(
    evidence: Sequence[Evidence],
    owners: Mapping[str, str],
    *,
    titles: Mapping[str, str] | None = None,
    sealed: bool = False,
    opened: Collection[str] = (),
) -> dict[str, Item]:
    """Files in words, by id, in the order given. `owners`: the reference of the report each file came with; `titles`:
    what a paper is said to show, instead of its bare role.

    In a sealed case only papers, and what was `opened` with a reason, are shown.
    """
    return {
        e.id: _item(
            e,
            owners.get(e.id, "") if e.source == "reporter" else "",
            (titles or {}).get(e.id, ""),
            closed=sealed and e.role != PAPER and e.id not in opened,
        )
        for e in evidence
    }


def _item(evidence: Evidence, report: str, title: str = "", *, closed: bool = False) -> Item:
    previews = {} if closed else {p.kind: p for p in evidence.previews}
    large = previews.get("large") or previews.get("thumb")
    return Item(
        id=evidence.id,
        role=evidence.role,
        role_words=title or str(ROLES[evidence.role]),
        medium=evidence.medium,
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
    )


def pairs(matches: Sequence[Match], by_id: Mapping[str, Item]) -> list[Pair]:
    """Comparisons whose two files are both here, strongest band first.

    Of equal bands the platform's own copy comes first: what a reporter sent in as the content is her word, and her own
    reference sent in twice is the nearest match there is.
    """
    found = [_pair(m, by_id) for m in matches if m.query_id in by_id and m.reference_id in by_id]
    return sorted(found, key=lambda p: (BANDS.index(p.band), p.query.source != "platform", p.distance))


def _pair(match: Match, by_id: Mapping[str, Item]) -> Pair:
    band, tone = words.band(match.band)
    return Pair(
        query=by_id[match.query_id],
        reference=by_id[match.reference_id],
        band=match.band,
        distance=match.distance,
        band_words=band,
        tone=tone,
        seen=words.seen(match.reason, match.findings),
        meaning=words.meaning(match.detector, match.distance, match.threshold),
        detector=f"{words.detector(match.detector)} · {match.detector} {match.version}",
    )


def looks(by_id: Mapping[str, Item], scans: Mapping[str, Sequence[Scan]]) -> list[Look]:
    """For every file who looked at it. A file nobody looked at says so."""
    media = {str(entry["medium"]) for entry in chapter()["detectors"].values()}
    found = []
    for item in by_id.values():
        rows = [(words.detector(s.detector), *words.scan(s.state, s.reason)) for s in scans.get(item.id, ())]
        if not rows:
            known = item.medium in media
            text = _("no detector has looked yet") if known else _("no detector for this medium is installed")
            paper = item.role == "proof"
            rows = [
                (
                    "",
                    _("a paper: people read it, nothing is measured on it") if paper else text,
                    "plain" if paper else "warn",
                )
            ]
        found.append(Look(item=item, scans=rows))
    return found
