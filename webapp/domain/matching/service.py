"""Writing down what detectors saw; every row once, also when nothing was seen and when two write at the same time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.db import Base, db, require_transaction
from webapp.core.ids import new_id
from webapp.domain.matching.models import Match, Scan, Signal
from webapp.domain.matching.moments import moments_of
from webapp.domain.matching.rules import NOTHING_TO_COMPARE, SPARED, Want
from webapp.domain.matching.thresholds import applied

DEEPEN = "item.deepen"
TOGETHER = 8  # items a task looks at more closely: a few seconds of work


def record_scan(
    evidence_id: str,
    detector: str,
    version: str,
    *,
    state: str,
    reason: str = "",
    took_ms: int | None = None,
    data: bytes | None = None,
) -> Scan:
    """The outcome of one detector version over one item: 'done' with its signal, 'failed' or 'not_applicable' with why.

    A repeat overwrites nothing that is done. Posts nothing: whoever is through with an item says `scanned`.
    """
    require_transaction("matching.record_scan")
    scan = _scan(evidence_id, detector, version)
    if scan.state == "done":
        return scan
    scan.state, scan.reason, scan.took_ms, scan.finished_at = state, reason, took_ms, now()
    if data is not None:
        _insert(
            Signal,
            {"evidence_id": evidence_id, "detector": detector, "version": version, "data": data, "made_at": now()},
        )
    return scan


def scanned(evidence_id: str) -> None:
    """An item was looked at, by whomever: what can be compared now is compared (`item.scanned`)."""
    require_transaction("matching.scanned")
    outbox.post("item.scanned", evidence_id=evidence_id)


def want(wishes: Mapping[tuple[str, str], tuple[str, Want]]) -> None:
    """Queue dear looks, or write down why there is none: {(evidence id, detector): (version, what is wanted)}.

    Nothing that was queued or looked is changed. Posts `item.deepen` for the items with a look newly queued, several
    in one message: they are looked at side by side, and compared once.
    """
    require_transaction("matching.want")
    known = {
        (scan.evidence_id, scan.detector, scan.version): scan
        for scan in db.session.scalars(select(Scan).where(Scan.evidence_id.in_({item for item, _ in wishes})))
    }
    deepen: dict[str, None] = {}
    for (evidence_id, detector), (version, wish) in wishes.items():
        scan = known.get((evidence_id, detector, version))
        queued = wish == "queued"
        values: dict[str, Any] = {
            "state": "queued" if queued else "not_applicable",
            "reason": "" if queued else wish,
            "finished_at": None if queued else now(),
        }
        if scan is None:
            row = {"id": new_id(), "evidence_id": evidence_id, "detector": detector, "version": version}
            changed = _insert(Scan, row | values)
        elif scan.reason in SPARED and scan.reason != wish and (queued or scan.reason == NOTHING_TO_COMPARE):
            changed = _changed(update(Scan).where(Scan.id == scan.id, Scan.reason == scan.reason).values(**values))
        else:
            continue
        if changed and queued:
            deepen[evidence_id] = None
    for together in batched(deepen, TOGETHER):
        outbox.post(DEEPEN, queue="scan", evidence_ids=" ".join(together))


def record_match(
    query_id: str, reference_id: str, detector: str, version: str, comparison: Any, origin: str = "report"
) -> Match:
    """Keep what comparing two signals said (`comparison`: a detector's Comparison), under the bands in force here. A
    repeat returns the first row.

    What an older version of the detector said of the two becomes history.
    """
    require_transaction("matching.record_match")
    comparison = applied(detector, version, comparison)
    same = (Match.query_id == query_id, Match.reference_id == reference_id, Match.detector == detector)
    moment = now()
    fresh = _insert(
        Match,
        {
            "id": new_id(),
            "query_id": query_id,
            "reference_id": reference_id,
            "detector": detector,
            "version": version,
            "distance": comparison.distance,
            "threshold": comparison.threshold,
            "band": comparison.band,
            "verdict": comparison.verdict,
            "reason": comparison.reason,
            "findings": list(comparison.findings),
            "made_at": moment,
            "origin": origin,
        },
    )
    if fresh:
        older = update(Match).where(*same, Match.version != version, Match.superseded_at.is_(None))
        db.session.execute(older.values(superseded_at=moment))
    return db.session.scalars(select(Match).where(*same, Match.version == version)).one()


def tell_moments(query_id: str, reference_id: str, findings: Sequence[Mapping[str, Any]]) -> None:
    """Where a comparison's findings name moments of a film, post `match.recorded`: their frames are made, so that
    people see them beside each other (or taken away, if the findings are)."""
    require_transaction("matching.tell_moments")
    if moments_of(findings, "query") or moments_of(findings, "reference"):
        outbox.post("match.recorded", query_id=query_id, reference_id=reference_id)


def forget(evidence_ids: Collection[str]) -> None:
    """Delete all that detectors keep of items that are erased: signals (they hold a small picture), scans, matches."""
    require_transaction("matching.forget")
    pair = or_(Match.query_id.in_(evidence_ids), Match.reference_id.in_(evidence_ids))
    db.session.execute(delete(Match).where(pair))
    db.session.execute(delete(Signal).where(Signal.evidence_id.in_(evidence_ids)))
    db.session.execute(delete(Scan).where(Scan.evidence_id.in_(evidence_ids)))


def batched(ids: Iterable[str], size: int) -> Iterator[list[str]]:
    """Ids in lists of at most `size`."""
    rest = list(ids)
    for start in range(0, len(rest), size):
        yield rest[start : start + size]


def _scan(evidence_id: str, detector: str, version: str) -> Scan:
    """The row of this look, made now if there is none yet."""
    row = {"id": new_id(), "evidence_id": evidence_id, "detector": detector, "version": version}
    _insert(Scan, row | {"state": "queued", "reason": ""})
    return db.session.scalars(
        select(Scan).where(Scan.evidence_id == evidence_id, Scan.detector == detector, Scan.version == version)
    ).one()


def _insert(model: type[Base], values: dict[str, Any]) -> bool:
    """Insert a row unless its unique key is there already; whether it was. Two at once do not fail."""
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    key = next(iter(model.__table__.primary_key))
    made = insert(model).values(**values).on_conflict_do_nothing().returning(key)
    return db.session.scalar(made) is not None


def _changed(statement: Any) -> bool:
    result: Any = db.session.execute(statement)
    return bool(result.rowcount > 0)
