"""The files of a case as the bench shows them: pairs that were compared, the rest, who looked, what nobody compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.core.i18n import _
from webapp.desk import exhibits, words
from webapp.desk.looks import Item, Look, Pair, items, looks, pairs
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.matching.queries import items_of, matches_of, scans_of
from webapp.domain.matching.rules import pairs as comparable
from webapp.domain.policy.queries import book

OPEN_FOR = timedelta(minutes=10)  # how long an item opened with a reason stays open for who opened it


@dataclass(frozen=True)
class Bench:
    """Files in words. `papers` are those of the standings, by id; `codes` (id, what it shows) of each report."""

    pairs: list[Pair]
    others: list[Item]
    looks: list[Look]
    uncompared: str
    sealed: bool
    papers: Mapping[str, Item]
    codes: Mapping[str, Sequence[tuple[str, str]]]


def bench(case: Case, entries: Sequence[CaseReport], staff_id: str, moment: datetime) -> Bench:
    """Read the files of a case in a fixed number of queries. A sealed case shows only what this person opened."""
    sealed = any(book().kinds[e.report.kind].sealed for e in entries)
    opened = exhibits.opened(case.id, staff_id, moment - OPEN_FOR) if sealed else set()
    codes = exhibits.items_by_report(case.id)
    evidence = cases.evidence_of(case.id)
    titles = {i: words.evidence(code) for found in codes.values() for i, code in found if code in book().evidence}
    by_id = items(evidence, _owners(entries, codes), titles=titles, sealed=sealed, opened=opened)
    papers = items(exhibits.papers_of(e.report.standing_id for e in entries), {})
    matches = matches_of([e.id for e in evidence if e.role == "alleged"])
    paired = pairs(matches, by_id)
    in_pairs = {e for p in paired for e in (p.query.id, p.reference.id)}
    return Bench(
        pairs=paired,
        others=[item for item in by_id.values() if item.id not in in_pairs and item.id not in papers],
        looks=looks({i: one for i, one in by_id.items() if i not in papers}, scans_of([e.id for e in evidence])),
        uncompared=_uncompared(
            [e.report_id for e in entries if not e.withdrawn_at],
            {e.medium for e in evidence},
            {(m.query_id, m.reference_id) for m in matches},
        ),
        sealed=sealed,
        papers=papers,
        codes=codes,
    )


def _owners(entries: Sequence[CaseReport], codes: Mapping[str, Sequence[tuple[str, str]]]) -> dict[str, str]:
    """Of several reports the reference each file came with; with one report there is nothing to tell apart."""
    if len(entries) < 2:
        return {}
    references = {e.report_id: e.report.reference for e in entries}
    return {item: references[report_id] for report_id, found in codes.items() for item, _code in found}


def _uncompared(report_ids: Sequence[str], media: set[str], done: set[tuple[str, str]]) -> str:
    """In one sentence, what could have been compared and was not; '' when everything was."""
    by_report = items_of(report_ids).values()
    wanted = {pair for found in by_report for medium in media for pair in comparable(found, medium)}
    if not wanted:
        return _("Nothing could be compared: there is no pair of reported content and reference of the same medium.")
    missing = len(wanted - done)
    if missing:
        return _(
            "%(n)s of %(all)s pairs have not been compared; see below which file was not looked at and why.",
            n=missing,
            all=len(wanted),
        )
    return ""
