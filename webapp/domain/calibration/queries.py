"""How often a band was upheld at this desk, and what other bands would have said of all that was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, case, func, literal, literal_column, select

from webapp.core.db import db
from webapp.domain.calibration.models import ANSWERS, Judged, Tally
from webapp.domain.cases.models import Case
from webapp.domain.matching.detector import Thresholds
from webapp.domain.matching.thresholds import in_force
from webapp.domain.reports.models import Report

SHOWN = 50  # changed reports listed on the replay page; all are counted
VERDICTS = ("supports", "cannot_tell", "does_not_support")


@dataclass(frozen=True)
class Upheld:
    """Of `all` decided reports with this band, how many allegations were found right."""

    supported: int
    all: int


@dataclass(frozen=True)
class Changed:
    """A decided report whose match would have another verdict under the new bands."""

    case: str
    report: str
    distance: float
    before: str
    after: str
    answer: str
    judged_at: datetime


@dataclass(frozen=True)
class Replay:
    """Every decided report under the bands in force and under the wished ones.

    `counts[answer][verdict]` is (before, after) in numbers of reports; `changed` are the latest of those that move,
    `moved` how many there are.
    """

    total: int
    counts: dict[str, dict[str, tuple[int, int]]]
    moved: int
    changed: list[Changed]

    def summary(self) -> dict[str, Any]:
        """What is kept with the change: numbers only."""
        counts = {a: {v: list(pair) for v, pair in verdicts.items()} for a, verdicts in self.counts.items()}
        return {"total": self.total, "moved": self.moved, "counts": counts}


def upheld() -> dict[tuple[str, str, str], Upheld]:
    """All tallies, by (detector, version, band): a few rows, however many cases were decided."""
    return {(t.detector, t.version, t.band): Upheld(t.supported, t.all) for t in db.session.scalars(select(Tally))}


def replay(detector: str, wished: Thresholds) -> Replay:
    """Lay other bands over every decided report of this detector version, beside those in force. Two queries, counted
    by the database."""
    before, after = _verdict(in_force(detector, wished.version) or wished), _verdict(wished)
    mine = (Judged.detector == detector, Judged.version == wished.version)
    rows = db.session.execute(
        select(Judged.answer, before.label("was"), after.label("becomes"), func.count())
        .where(*mine)
        .group_by(Judged.answer, literal_column("was"), literal_column("becomes"))
    ).all()
    counts = {a: dict.fromkeys(VERDICTS, (0, 0)) for a in ANSWERS}
    for answer, was, becomes, number in rows:
        counts[answer][was] = (counts[answer][was][0] + number, counts[answer][was][1])
        counts[answer][becomes] = (counts[answer][becomes][0], counts[answer][becomes][1] + number)
    listed = db.session.execute(
        select(Case.reference, Report.reference, Judged, before.label("was"), after.label("becomes"))
        .join(Case, Case.id == Judged.case_id)
        .join(Report, Report.id == Judged.report_id)
        .where(*mine, before != after)
        .order_by(Judged.judged_at.desc(), Judged.report_id)
        .limit(SHOWN)
    ).all()
    return Replay(
        total=sum(number for *_rest, number in rows),
        counts=counts,
        moved=sum(number for _a, was, becomes, number in rows if was != becomes),
        changed=[
            Changed(number, report, j.distance, was, becomes, j.answer, j.judged_at)
            for number, report, j, was, becomes in listed
        ],
    )


def _verdict(bands: Thresholds) -> ColumnElement[str]:
    """What a distance means under these bands, worked out by the database."""
    return case(
        (Judged.distance <= literal(bands.possible, Float), literal_column("'supports'")),
        (Judged.distance <= literal(bands.weak, Float), literal_column("'cannot_tell'")),
        else_=literal_column("'does_not_support'"),
    )
