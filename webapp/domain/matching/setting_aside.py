"""Matches confirmed wrong for one claimant ("my twin", "licensed", "the original itself"): for her, and only for her,
the like is set aside from then on. It is still computed and shown, and no longer counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.ids import new_id
from webapp.core.sealed import blind_index
from webapp.domain.claimants.models import Standing
from webapp.domain.evidence.models import Evidence
from webapp.domain.matching.book import chapter
from webapp.domain.matching.models import Match, Suppression
from webapp.domain.reports.models import Report

LONGEST_NOTE = 500  # characters
EVERY = ""  # in place of a detector's name: whatever any of them says


def key_of(standing: Standing) -> str:
    """Finds the same claimant in a later report of the same reporter, without naming anybody (a keyed digest).

    A reporter who left no address is nobody we could find again: then the key holds for this standing alone.
    """
    known = standing.reporter.email_index
    if not known:
        return f"standing:{standing.id}"
    whom = standing.claimant.name if standing.claimant and standing.basis != "SELF" else standing.basis
    return blind_index(f"{known} {whom}")


def reasons() -> Mapping[str, Mapping[str, Any]]:
    """Why a match may be set aside: {code: {"zh", "en", "scope", "detectors"}} of matching/set_aside.toml."""
    found: Mapping[str, Mapping[str, Any]] = chapter()["set_aside"]
    return found


def set_aside(match: Match, report: Report, reason: str, note: str, staff_id: str, actor: Actor) -> Suppression:
    """Confirm a match as wrong for this report's claimant. What else it covers follows from the reason: the same file
    ('content'), or all of the account's content ('account'); for this detector, or whatever any of them says of it
    where the reason does not lie in a detector (a licence, the original itself).

    Raises Refused('set_aside_unexplained', 'note_too_long', 'account_unknown'), Conflict('set_aside_already').
    """
    require_transaction("matching.set_aside")
    entry = reasons().get(reason)
    if entry is None or (entry.get("detectors") and match.detector not in entry["detectors"]):
        raise Refused("set_aside_unexplained")
    if len(note) > LONGEST_NOTE:
        raise Refused("note_too_long", longest=LONGEST_NOTE)
    detector = EVERY if entry.get("every_detector") else match.detector
    value = _value(match, report, str(entry["scope"]))
    key = key_of(report.standing)
    same = select(Suppression).where(
        Suppression.claimant_key == key,
        Suppression.detector == detector,
        Suppression.scope == entry["scope"],
        Suppression.value == value,
    )
    known = db.session.scalar(same)
    if known and known.ended_at is None:
        raise Conflict("set_aside_already")
    found = known or Suppression(
        id=new_id(), claimant_key=key, detector=detector, scope=str(entry["scope"]), value=value
    )
    found.reason, found.note, found.match_id, found.staff_id = reason, note.strip(), match.id, staff_id
    found.made_at, found.ended_at = now(), None
    db.session.add(found)
    try:
        db.session.flush()  # two at once: the database says who was first
    except IntegrityError:
        raise Conflict("set_aside_already") from None
    record(actor, "match.set_aside", "report", report.id, detector=match.detector, reason=reason, scope=found.scope)
    return found


def lift(suppression_id: str, actor: Actor) -> Suppression:
    """Let it count again. Raises NotFound; a repeat changes nothing."""
    require_transaction("matching.lift")
    found = db.session.get(Suppression, suppression_id)
    if found is None:
        raise NotFound("no_suppression")
    if found.ended_at is None:
        found.ended_at = now()
        record(actor, "match.count_again", "suppression", found.id, detector=found.detector, reason=found.reason)
    return found


class Aside:
    """What is set aside in the reports of one case, asked many times and read once."""

    def __init__(self, reports: Sequence[Report], hashes: Mapping[str, str]) -> None:
        """`hashes`: the SHA-256 of each reported item, by evidence id."""
        self._hashes = hashes
        values = {*hashes.values(), *(r.subject.respondent_id for r in reports if r.subject.respondent_id)}
        rows = select(Suppression).where(Suppression.value.in_(values), Suppression.ended_at.is_(None))
        found = list(db.session.scalars(rows)) if values else []
        self._of: dict[str, list[Suppression]] = {}
        for report in reports if found else ():
            key = key_of(report.standing)
            mine = [s for s in found if s.claimant_key == key and self._here(s, report)]
            if mine:
                self._of[report.id] = mine

    def _here(self, suppression: Suppression, report: Report) -> bool:
        return suppression.scope == "content" or suppression.value == report.subject.respondent_id

    def __bool__(self) -> bool:
        return bool(self._of)

    def of(self, report_ids: Iterable[str], query_id: str, detector: str) -> Suppression | None:
        """Why a match does not count, if it is set aside in every one of these reports; None while it counts."""
        why = [self._why(report_id, query_id, detector) for report_id in report_ids]
        return why[0] if why and all(why) else None

    def _why(self, report_id: str, query_id: str, detector: str) -> Suppression | None:
        for suppression in self._of.get(report_id, ()):
            fits = suppression.scope == "account" or suppression.value == self._hashes.get(query_id)
            if suppression.detector in (EVERY, detector) and fits:
                return suppression
        return None


def _value(match: Match, report: Report, scope: str) -> str:
    if scope == "content":
        return db.session.get_one(Evidence, match.query_id).sha256
    if report.subject.respondent_id is None:
        raise Refused("account_unknown")
    return report.subject.respondent_id
