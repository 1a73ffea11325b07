"""Looking at quality: what a person may be given next, who must not see a decision yet, how well people agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select, text
from sqlalchemy.orm import joinedload

from webapp.core.clock import now
from webapp.core.db import db, need
from webapp.core.errors import NotFound
from webapp.core.ids import read_reference
from webapp.domain.decisions.models import Decision
from webapp.domain.policy.queries import book
from webapp.domain.quality.models import BlindLook, GoldenCase, RuleNote
from webapp.domain.quality.rules import Measure, measure, units

PAGE = 20
# Written as the partial indexes have it: a bound parameter would keep SQLite from using them.
FOUND = text("blind_look.state = 'found'")
APART = text("blind_look.state = 'found' AND NOT blind_look.agrees")
OPEN = text("blind_look.state IN ('waiting', 'taken')")


@dataclass(frozen=True)
class Clause:
    """How well people agree on one kind: on the answer to each report, and on the ground. `looks` were made."""

    kind: str
    looks: int
    apart: int
    answers: Measure
    grounds: Measure


def get(look_id: str) -> BlindLook:
    """The look, freshly read. Raises NotFound."""
    found = db.session.get(BlindLook, look_id, populate_existing=True)
    if found is None:
        raise NotFound("no_such_look")
    return found


def by_reference(reference: str) -> BlindLook:
    """The look a person typed or clicked. Raises NotFound."""
    found = db.session.scalar(select(BlindLook).where(BlindLook.reference == read_reference(reference)))
    if found is None:
        raise NotFound("no_such_look")
    return found


def in_hand(staff_id: str) -> BlindLook | None:
    """The look this person has begun."""
    return db.session.scalar(select(BlindLook).where(BlindLook.reviewer_id == staff_id, BlindLook.state == "taken"))


def hides(case_id: str, staff_id: str) -> bool:
    """Whether this person is looking at the case blind, and so must not see how it was decided."""
    return bool(db.session.scalar(select(_hiding(staff_id).where(BlindLook.case_id == case_id).exists())))


def hidden_cases(staff_id: str) -> list[str]:
    """The cases of which this is so: one at most."""
    return list(db.session.scalars(_hiding(staff_id)))


def _hiding(staff_id: str) -> Select[*tuple[Any, ...]]:
    return select(BlindLook.case_id).where(BlindLook.reviewer_id == staff_id, BlindLook.state == "taken")


def done_by(staff_id: str, limit: int = PAGE) -> list[BlindLook]:
    """What this person looked at blind, the latest first."""
    statement = select(BlindLook).where(BlindLook.reviewer_id == staff_id, BlindLook.state == "found")
    statement = statement.options(joinedload(BlindLook.case)).order_by(BlindLook.found_at.desc()).limit(limit)
    return list(db.session.scalars(statement))


def apart(kind: str = "", after: tuple[datetime, str] | None = None, limit: int = PAGE) -> list[BlindLook]:
    """Looks that came to another answer than the first, the latest first, paged by key; up to limit + 1 rows."""
    statement = (
        select(BlindLook)
        .where(APART)
        .options(
            joinedload(BlindLook.case),
            joinedload(BlindLook.reviewer),
            joinedload(BlindLook.decision).joinedload(Decision.staff),
            joinedload(BlindLook.golden).joinedload(GoldenCase.staff),
        )
        .order_by(BlindLook.found_at.desc(), BlindLook.id)
        .limit(limit + 1)
    )
    if kind:
        statement = statement.where(BlindLook.kind == kind)
    if after is not None:
        moment, key = after
        older = and_(BlindLook.found_at == moment, BlindLook.id > key)
        statement = statement.where(or_(BlindLook.found_at < moment, older))
    return list(db.session.scalars(statement))


def agreement(since: datetime | None = None, kind: str = "", *, hidden: Collection[str] = ()) -> list[Clause]:
    """How well people agree on each kind since then (the book's window, unless said otherwise), kinds in the order of
    the book; without the `hidden` cases. One indexed query; withdrawn golden cases count no more."""
    chapter = book().quality.agreement
    statement = (
        select(BlindLook)
        .outerjoin(GoldenCase, GoldenCase.id == BlindLook.golden_id)
        .where(
            FOUND,
            BlindLook.kind.in_([kind] if kind else list(book().kinds)),
            BlindLook.found_at >= (since or now() - timedelta(days=chapter.window_days)),
            or_(BlindLook.golden_id.is_(None), GoldenCase.retired_at.is_(None)),
            BlindLook.case_id.not_in(hidden),
        )
    )
    found: dict[str, list[BlindLook]] = {}
    for look in db.session.scalars(statement):
        found.setdefault(look.kind, []).append(look)
    return [_clause(code, found[code]) for code, _kind in book().ordered_kinds() if code in found]


def _clause(kind: str, looks: Sequence[BlindLook]) -> Clause:
    chapter = book().quality.agreement
    answers = units((one.golden_id or one.id, one.first_findings, one.findings) for one in looks)
    whole = units((one.golden_id or one.id, {"": one.first_ground}, {"": one.ground}) for one in looks)
    differing = sum(1 for one in looks if not one.agrees)
    return Clause(kind, len(looks), differing, measure(answers, chapter), measure(whole, chapter))


def answers_against(since: datetime, *, hidden: Collection[str] = ()) -> Counter[tuple[str, str]]:
    """How often an answer met which other one: {(first, second): reports}."""
    rows = db.session.execute(
        select(BlindLook.first_findings, BlindLook.findings).where(
            FOUND,
            BlindLook.kind.in_(list(book().kinds)),
            BlindLook.found_at >= since,
            BlindLook.case_id.not_in(hidden),
        )
    )
    met: Counter[tuple[str, str]] = Counter()
    for first, second in rows:
        met.update((first[report], answer) for report, answer in second.items() if report in first)
    return met


def waiting() -> int:
    """How many drawn cases wait for a blind look; what lapsed is left out."""
    since = now() - timedelta(days=book().quality.sample.lapse_days)
    return int(
        db.session.scalar(
            select(db.func.count(BlindLook.id)).where(OPEN, BlindLook.state == "waiting", BlindLook.drawn_at >= since)
        )
        or 0
    )


def golden() -> list[GoldenCase]:
    """Every golden case, those in use first, the latest first."""
    statement = select(GoldenCase).options(joinedload(GoldenCase.case))
    return list(db.session.scalars(statement.order_by(GoldenCase.retired_at.is_not(None), GoldenCase.marked_at.desc())))


def golden_of(case_id: str) -> GoldenCase | None:
    """The golden case this case is, in use or not."""
    return db.session.scalar(select(GoldenCase).where(GoldenCase.case_id == case_id))


def golden_looks(golden_ids: Collection[str]) -> dict[str, list[BlindLook]]:
    """What everybody answered on these golden cases."""
    found: dict[str, list[BlindLook]] = {golden_id: [] for golden_id in golden_ids}
    statement = select(BlindLook).where(BlindLook.golden_id.in_(golden_ids), BlindLook.state == "found")
    for look in db.session.scalars(statement.options(joinedload(BlindLook.reviewer)).order_by(BlindLook.found_at)):
        found[look.golden_id or ""].append(look)
    return found


def unanswered(staff_id: str) -> list[GoldenCase]:
    """Golden cases in use that this person has not been given yet; not those they marked: they know the answer."""
    given = exists().where(BlindLook.golden_id == GoldenCase.id, BlindLook.reviewer_id == staff_id)
    others = GoldenCase.retired_at.is_(None), GoldenCase.staff_id != staff_id
    return list(db.session.scalars(select(GoldenCase).where(*others, ~given)))


def notes(*, answered: bool, limit: int = 50) -> list[RuleNote]:
    """Notes to whoever keeps the rule book: the open ones, or the answered ones; the latest first."""
    statement = select(RuleNote).where(
        RuleNote.answered_at.is_not(None) if answered else RuleNote.answered_at.is_(None)
    )
    return list(db.session.scalars(statement.order_by(RuleNote.opened_at.desc()).limit(limit)))


def note(note_id: str) -> RuleNote:
    """One note. Raises NotFound."""
    return need(RuleNote, note_id, "no_such_note")


def last_note(kind: str) -> RuleNote | None:
    """The latest note about a kind."""
    return db.session.scalar(select(RuleNote).where(RuleNote.kind == kind).order_by(RuleNote.opened_at.desc()).limit(1))
