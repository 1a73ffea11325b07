"""The files of a case as the bench shows them: pairs that were compared, the rest, who looked, what nobody compared."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.core.i18n import _
from webapp.desk import exhibits, words
from webapp.desk.answers import Worth
from webapp.desk.asides import asides
from webapp.desk.listened import NONE, Notes, notes
from webapp.desk.looks import Item, Look, items, looks, summary
from webapp.desk.pairs import Pair, pairs
from webapp.domain.calibration.queries import upheld
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.evidence.models import Evidence
from webapp.domain.matching.book import chapter
from webapp.domain.matching.models import Match, Scan
from webapp.domain.matching.queries import items_of, matches_of, scans_of
from webapp.domain.matching.rules import Kind
from webapp.domain.matching.rules import pairs as comparable
from webapp.domain.policy.queries import book

OPEN_FOR = timedelta(minutes=10)  # how long an item opened with a reason stays open for who opened it
STILL_COMING = timedelta(minutes=15)  # after a file came in nobody waits longer for a first look at it


@dataclass(frozen=True)
class Bench:
    """Files in words. `papers` are those of the standings, by id; `codes` (id, what it shows) of each report.

    `stamp` changes when anybody looked or answered; `waiting`: more of it is to be expected soon."""

    pairs: list[Pair]
    others: list[Item]
    looks: list[Look]
    looked: str
    uncompared: str
    sealed: bool
    papers: Mapping[str, Item]
    codes: Mapping[str, Sequence[tuple[str, str]]]
    stamp: str
    waiting: bool
    notes: Notes = NONE


def bench(case: Case, entries: Sequence[CaseReport], staff_id: str, moment: datetime) -> Bench:
    """Read the files of a case in a fixed number of queries. A sealed case shows only what this person opened."""
    sealed = any(book().kinds[e.report.kind].sealed for e in entries)
    opened = exhibits.opened(case.id, staff_id, moment - OPEN_FOR) if sealed else set()
    codes = exhibits.items_by_report(case.id)
    evidence = cases.evidence_of(case.id)
    titles = {i: words.evidence(code) for found in codes.values() for i, code in found if code in book().evidence}
    harm = book().desk.worst([e.report.kind for e in entries])
    by_id = items(evidence, _owners(entries, codes), titles=titles, sealed=sealed, opened=opened, harm=harm)
    papers = items(exhibits.papers_of(e.report.standing_id for e in entries), {})
    matches = matches_of([e.id for e in evidence if e.role == "alleged"])
    around = _around(matches, by_id, harm)
    scans = scans_of([*by_id, *around])
    wanted = _wanted([e.report_id for e in entries if not e.withdrawn_at])
    everything = {**by_id, **around}
    worth = Worth(upheld(), asides(matches, entries, {e.id: e.sha256 for e in evidence}, codes))
    paired = pairs(matches, wanted, everything, scans, _texts(everything), worth)
    in_pairs = {e for p in paired for e in (p.query.id, p.reference.id)}
    looked = looks({i: one for i, one in by_id.items() if i not in papers}, scans)
    return Bench(
        pairs=paired,
        others=[item for item in by_id.values() if item.id not in in_pairs and item.id not in papers],
        looks=looked,
        looked=summary(looked),
        uncompared=_uncompared(wanted, {(m.query_id, m.reference_id) for m in matches}, _needs_none(entries, evidence)),
        sealed=sealed,
        papers=papers,
        codes=codes,
        stamp=_stamp(matches, scans),
        waiting=_waiting(evidence, scans, moment),
        notes=notes(case.id, staff_id) if any(e.medium in ("audio", "video") for e in evidence) else NONE,
    )


def progress(case: Case, moment: datetime) -> tuple[str, bool]:
    """`stamp` and `waiting` of a case's bench, for who asks again and again."""
    evidence = cases.evidence_of(case.id)
    scans = scans_of([e.id for e in evidence])
    matches = matches_of([e.id for e in evidence if e.role == "alleged"])
    around = {m.reference_id for m in matches} - scans.keys()
    return _stamp(matches, scans | scans_of(sorted(around))), _waiting(evidence, scans, moment)


def _around(matches: Sequence[Match], by_id: Mapping[str, Item], harm: str) -> dict[str, Item]:
    """References that came from the index: registered works, and content decided before in another case."""
    found = exhibits.evidence_by_ids({m.reference_id for m in matches} - by_id.keys())
    closed = exhibits.sealed_among([e.id for e in found])
    return items([e for e in found if e.id not in closed], {}, harm=harm) | items(
        [e for e in found if e.id in closed], {}, sealed=True, harm=harm
    )


def _texts(by_id: Mapping[str, Item]) -> dict[str, tuple[str, bool]]:
    return {i: (item.text.runs[0].text, item.text.cut) for i, item in by_id.items() if item.text}


def _owners(entries: Sequence[CaseReport], codes: Mapping[str, Sequence[tuple[str, str]]]) -> dict[str, str]:
    """Of several reports the reference each file came with; with one report there is nothing to tell apart."""
    if len(entries) < 2:
        return {}
    references = {e.report_id: e.report.reference for e in entries}
    return {item: references[report_id] for report_id, found in codes.items() for item, _code in found}


def _wanted(report_ids: Sequence[str]) -> set[tuple[str, str]]:
    """What should be compared with what: each report's content with its own references of the same medium, or of one
    that holds the same (a song beside a film)."""
    by_report = items_of(report_ids).values()
    kinds = [
        Kind(name, entry["version"], entry["medium"], within=frozenset(entry.get("within", ())))
        for name, entry in chapter()["detectors"].items()
    ] + [Kind("", "", medium) for medium in {item.medium for found in by_report for item in found}]
    return {pair for found in by_report for kind in kinds for pair in comparable(found, kind)}


def _needs_none(entries: Sequence[CaseReport], evidence: Sequence[Evidence]) -> bool:
    """Whether nothing is missing although there is nothing to compare: the question is how content was made or marked,
    and nobody sent a reference."""
    about_labels = all(book().kinds[e.report.kind].reads_labels for e in entries if not e.withdrawn_at)
    return about_labels and not any(e.role == "reference" for e in evidence)


def _uncompared(wanted: Collection[tuple[str, str]], done: Collection[tuple[str, str]], needs_none: bool) -> str:
    """In one sentence, what could have been compared and was not; '' when everything was."""
    if not wanted and needs_none:
        return ""
    if not wanted:
        return _("Nothing could be compared: there is no pair of reported content and reference of the same medium.")
    missing = len(set(wanted) - set(done))
    if missing:
        return _(
            "%(n)s of %(all)s pairs have not been compared; see below which file was not looked at and why.",
            n=missing,
            all=len(wanted),
        )
    return ""


def _stamp(matches: Sequence[Match], scans: Mapping[str, Sequence[Scan]]) -> str:
    facts = sorted([m.id for m in matches] + [f"{s.id} {s.state} {s.reason}" for rows in scans.values() for s in rows])
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


def _waiting(evidence: Sequence[Evidence], scans: Mapping[str, Sequence[Scan]], moment: datetime) -> bool:
    """Whether somebody is about to look: a scan waits its turn, or a file has just come in."""
    if any(scan.state == "queued" for rows in scans.values() for scan in rows):
        return True
    return any(
        not scans.get(e.id) and e.role != exhibits.PAPER and moment - e.received_at < STILL_COMING for e in evidence
    )
