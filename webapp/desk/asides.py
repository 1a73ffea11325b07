"""What was set aside for a claimant, in words: why a match does not count here, and why one could be set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.core.i18n import _, pick, when
from webapp.domain.cases.models import CaseReport
from webapp.domain.matching import setting_aside as verbs
from webapp.domain.matching.models import Match, Suppression


@dataclass(frozen=True)
class SetAside:
    """Why a match does not count here, in words; `id` lets it count again."""

    id: str
    text: str
    note: str


def asides(
    matches: Sequence[Match],
    entries: Sequence[CaseReport],
    hashes: Mapping[str, str],
    items: Mapping[str, Sequence[tuple[str, str]]],
) -> dict[str, SetAside]:
    """What of these matches is set aside here, by match id. `entries` are the case's reports, `hashes` the SHA-256 of
    its files, `items` (file, what it shows) of each report."""
    aside = verbs.Aside([e.report for e in entries], hashes)
    if not aside:
        return {}
    of_item: dict[str, list[str]] = {}
    for report_id, files in items.items():
        for item, _code in files:
            of_item.setdefault(item, []).append(report_id)
    found = {m.id: aside.of(of_item.get(m.query_id, ()), m.query_id, m.detector) for m in matches}
    return {match_id: _told(s) for match_id, s in found.items() if s}


def choices(detector: str) -> list[tuple[str, str]]:
    """The reasons that fit a detector, in words."""
    return [(code, pick(e)) for code, e in verbs.reasons().items() if detector in e.get("detectors", [detector])]


def _told(suppression: Suppression) -> SetAside:
    entry = verbs.reasons().get(suppression.reason)
    why = pick(entry) if entry else suppression.reason
    text = _("Set aside for this claimant on %(when)s: %(why)s.", when=when(suppression.made_at), why=why)
    if suppression.scope == "account":
        text += " " + _("That holds for all content of this account.")
    return SetAside(suppression.id, text, suppression.note)
