"""Looking at everything again with a detector's present version: noticed by itself; people begin, pause, resume.

The rule book names the version that is measured; what an older one looked at last is behind. A rescan walks over the
items in the order of their ids, in small steps that each leave a new cursor, so a killed worker repeats one step.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from webapp.core import outbox
from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import NotFound, Refused
from webapp.core.ids import new_id
from webapp.core.outbox import Task
from webapp.domain.evidence.models import Evidence
from webapp.domain.matching.book import chapter
from webapp.domain.matching.models import Rescan, Scan

TOPIC = "rescan.next"
QUEUE = "later"


@dataclass(frozen=True)
class Behind:
    """A detector whose present version has not looked at everything an older one looked at: how many items, by which
    version last; and the rescan that is under way, if any."""

    detector: str
    version: str
    older: dict[str, int]
    rescan: Rescan | None

    @property
    def count(self) -> int:
        """Items that are behind."""
        return sum(self.older.values())


def versions() -> dict[str, str]:
    """The present version of every detector of the book that looks by itself (one that needs a consent keeps nothing
    of reported items, so there is nothing to renew)."""
    return {
        name: str(entry["version"])
        for name, entry in chapter()["detectors"].items()
        if "version" in entry and not entry.get("consent")
    }


def behind() -> list[Behind]:
    """Every detector of the book with what its older versions looked at last, in two queries."""
    rows = db.session.execute(
        select(Scan.detector, Scan.version, func.count())
        .join(Evidence, Evidence.id == Scan.evidence_id)
        .where(Scan.state.in_(("done", "failed")), Evidence.dropped_at.is_(None), _not_yet())
        .group_by(Scan.detector, Scan.version)
    ).all()
    live = {r.detector: r for r in latest()}
    return [
        Behind(
            name,
            version,
            {old: number for detector, old, number in rows if detector == name and old != version},
            live.get(name) if name in live and live[name].version == version else None,
        )
        for name, version in versions().items()
    ]


def _not_yet() -> ColumnElement[bool]:
    """The present version of the scan's detector has not looked at the scan's item."""
    newer = Scan.__table__.alias("newer")
    present = [and_(newer.c.detector == name, newer.c.version == version) for name, version in versions().items()]
    same = and_(newer.c.evidence_id == Scan.evidence_id, newer.c.detector == Scan.detector, or_(*present))
    return ~exists(select(newer.c.id).where(same)) & Scan.detector.in_(versions())


def latest() -> list[Rescan]:
    """The latest rescan of every detector."""
    found: dict[str, Rescan] = {}
    for rescan in db.session.scalars(select(Rescan).order_by(Rescan.started_at)):
        found[rescan.detector] = rescan
    return list(found.values())


def get(rescan_id: str) -> Rescan:
    """One rescan. Raises NotFound."""
    found = db.session.get(Rescan, rescan_id)
    if found is None:
        raise NotFound("no_such_rescan")
    return found


def of(detector: str) -> Rescan:
    """The latest rescan of a detector. Raises NotFound."""
    found = next((rescan for rescan in latest() if rescan.detector == detector), None)
    if found is None:
        raise NotFound("no_such_rescan")
    return found


def to_do(detector: str, version: str, after: str = "", limit: int | None = None) -> Select[str]:
    """Ids of the items a rescan has still to look at, in order: looked at by an older version, not by this one."""
    old, new = Scan.__table__.alias("old"), Scan.__table__.alias("new")
    looked = exists(
        select(old.c.id).where(
            old.c.evidence_id == Evidence.id,
            old.c.detector == detector,
            old.c.version != version,
            old.c.state.in_(("done", "failed")),
        )
    )
    anew = exists(
        select(new.c.id).where(
            new.c.evidence_id == Evidence.id,
            new.c.detector == detector,
            new.c.version == version,
            new.c.state.in_(("done", "failed")),
        )
    )
    found = select(Evidence.id).where(Evidence.id > after, Evidence.dropped_at.is_(None), looked, ~anew)
    return found.order_by(Evidence.id).limit(limit)


def start(detector: str, actor: Actor, staff_id: str | None = None) -> Rescan:
    """Begin looking at everything again, or give the rescan that runs already.

    Raises NotFound('no_such_detector') for one the book does not know, Refused('nothing_behind') when all is looked at.
    """
    require_transaction("rescans.start")
    version = versions().get(detector)
    if version is None:
        raise NotFound("no_such_detector")
    live = db.session.scalar(
        select(Rescan).where(Rescan.detector == detector, Rescan.version == version, Rescan.state != "done")
    )
    if live is not None:
        return live
    total = db.session.scalar(select(func.count()).select_from(to_do(detector, version).subquery())) or 0
    if not total:
        raise Refused("nothing_behind")
    rescan = Rescan(
        id=new_id(),
        detector=detector,
        version=version,
        state="running",
        cursor="",
        total=total,
        done=0,
        staff_id=staff_id,
        started_at=now(),
    )
    db.session.add(rescan)
    record(actor, "rescan.start", "rescan", rescan.id, detector=detector, version=version, total=total)
    go_on(rescan)
    return rescan


def pause(rescan: Rescan, actor: Actor) -> None:
    """Stop after the step that runs. Raises Refused('rescan_not_running')."""
    require_transaction("rescans.pause")
    if rescan.state != "running":
        raise Refused("rescan_not_running")
    rescan.state = "paused"
    record(actor, "rescan.pause", "rescan", rescan.id, detector=rescan.detector, done=rescan.done)


def resume(rescan: Rescan, actor: Actor) -> None:
    """Go on where it stopped. Raises Refused('rescan_not_paused')."""
    require_transaction("rescans.resume")
    if rescan.state != "paused":
        raise Refused("rescan_not_paused")
    rescan.state = "running"
    record(actor, "rescan.resume", "rescan", rescan.id, detector=rescan.detector, done=rescan.done)
    go_on(rescan)


def went(rescan: Rescan, cursor: str, number: int) -> None:
    """A step looked at `number` items, up to `cursor`; an empty cursor: there was nothing left."""
    require_transaction("rescans.went")
    rescan.done += number
    rescan.cursor = cursor or rescan.cursor
    if not cursor and rescan.state == "running":
        rescan.state, rescan.ended_at = "done", now()
    elif rescan.state == "running":
        go_on(rescan, after=True)


def go_on(rescan: Rescan, after: bool = False) -> None:
    """Post the next step, unless one waits already (`after`: from within the step that runs, which is no other)."""
    prefix = f"rescan:{rescan.id}:"
    waiting = select(Task.id).where(Task.key.startswith(prefix), Task.state.in_(("todo", "run")))
    if after or db.session.scalar(waiting.limit(1)) is None:
        outbox.post(TOPIC, queue=QUEUE, key=prefix + new_id(), rescan_id=rescan.id)
