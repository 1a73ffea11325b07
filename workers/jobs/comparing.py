"""Comparing: everything around one item that can be compared now, and whether dearer looks can still change an answer.

Runs when an item joined a report, when it was looked at, and when the index found something: whichever comes last
finds both sides of a pair. One run serves the item's whole report, so the runs for its other items find nothing left.
"""

from __future__ import annotations

import logging
import time

from webapp.core import outbox
from webapp.domain.index.queries import candidates
from webapp.domain.matching import queries, service
from webapp.domain.matching.detector import CannotLook, Comparison, Detector, Signals
from webapp.domain.matching.queries import Table
from webapp.domain.matching.rules import Kind, Pair, Want, open_now, wanted
from workers.jobs.looking import COMPARE, LONG, MEDIA, weigh_cases_of
from workers.roster import kind_of, lookers
from workers.run import Work

# Comparing shares its queue with letters and messages: what takes longer goes on in a task of its own.
MOST_SECONDS = 3.0

log = logging.getLogger(__name__)

Made = tuple[Pair, Kind, Comparison]


def compare(work: Work, evidence_id: str = "", report_id: str = "", evidence_ids: str = "") -> None:
    """Compare what was looked at and not compared yet; queue dear looks where the cheap ones left a question open.

    `evidence_ids`: several items, their ids separated by blanks.
    """
    ids = evidence_ids.split() or [evidence_id]
    detectors = {detector.name: detector for detector in lookers()}
    kinds = [kind_of(detector) for detector in detectors.values()]
    found = [candidate for one in ids for candidate in candidates(one)]
    table = queries.table(ids, kinds, found)
    every = open_now(table.pairs, kinds, table.states, table.bands)
    # Two long recordings take seconds to compare: letters and messages do not wait for that.
    due = [one for one in every if one[1].medium not in LONG or work.queue == MEDIA]
    made = _compared(work, due, detectors)
    with work.finish():
        for pair, kind, comparison in made:
            service.record_match(pair.query, pair.reference, kind.name, kind.version, comparison, pair.origin)
            service.tell_moments(pair.query, pair.reference, comparison.findings)
            if pair.origin == "decided" and comparison.verdict == "supports":
                outbox.post("content.seen", query_id=pair.query, found_id=pair.reference, how="match")
        if len(due) < len(every):
            outbox.post("item.scanned", handler=COMPARE, queue=MEDIA, evidence_ids=" ".join(ids))
        if len(made) < len(due):
            outbox.post("item.scanned", handler=COMPARE, queue=work.queue, evidence_ids=" ".join(ids))
        else:
            service.want(_wishes(table, kinds, made))
        if made:
            weigh_cases_of(list({pair.query for pair, _kind, _comparison in made}))


def _compared(work: Work, due: list[tuple[Pair, Kind]], detectors: dict[str, Detector]) -> list[Made]:
    """As many comparisons as fit into the time, in order."""
    if not due:
        return []
    ends = time.monotonic() + MOST_SECONDS
    keys = {(side, kind.name, kind.version) for pair, kind in due for side in (pair.query, pair.reference)}
    stored = queries.signals(keys)
    made: list[Made] = []
    with work.holding():
        for pair, kind in due:
            sides = [stored.get((side, kind.name, kind.version)) for side in (pair.query, pair.reference)]
            made.append((pair, kind, laid_side_by_side(detectors[kind.name], *sides)))
            if time.monotonic() > ends:
                break
    return made


def laid_side_by_side(detector: Detector, query: bytes | None, reference: bytes | None) -> Comparison:
    """Two stored signals compared; one that cannot be compared any more "cannot tell", with the reason."""
    try:
        if query is None or reference is None:
            raise CannotLook("failed", "a signal is missing")
        return detector.compare(Signals.from_bytes(query), Signals.from_bytes(reference))
    except CannotLook as why:
        reason = why.code
    except Exception as error:  # a plug-in may fail in any way; the other pairs must still be compared
        log.warning("%s could not compare two signals: %s", detector.name, type(error).__name__)
        reason = "failed"
    return Comparison(distance=0.0, verdict="cannot_tell", band="none", threshold=0.0, reason=reason)


def _wishes(table: Table, kinds: list[Kind], made: list[Made]) -> dict[tuple[str, str], tuple[str, Want]]:
    versions = {kind.name: kind.version for kind in kinds}
    bands = table.bands | {(pair.query, pair.reference, kind.name): c.band for pair, kind, c in made}
    found = wanted(table.items, table.pairs, kinds, table.states, bands)
    return {key: (versions[key[1]], want) for key, want in found.items()}
