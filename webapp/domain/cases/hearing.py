"""What people heard, written down for the next one: a recording in words, the test of a voice, a right nobody reported.

Whoever writes a note has worked on the case. It decides nothing and goes to nobody outside the desk.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.core.audit import record
from webapp.core.clock import now
from webapp.core.db import db, need, require_transaction
from webapp.core.errors import Refused
from webapp.core.ids import new_id
from webapp.domain.cases import queries
from webapp.domain.cases.life import as_actor, touch
from webapp.domain.cases.models import Case
from webapp.domain.cases.records import ListeningNote
from webapp.domain.cases.rules import LIVE
from webapp.domain.policy.queries import book
from webapp.domain.staff.models import Staff

LONGEST = 2000  # characters: what is heard in a few minutes, not a transcript of an hour


def note_file(case: Case, staff: Staff, evidence_id: str, text: str) -> ListeningNote:
    """Say what is to be heard in a recording of the case. Raises Refused: 'heard_missing', 'no_such_recording',
    'case_not_open'."""
    if not text.strip():
        raise Refused("heard_missing")
    if not any(e.id == evidence_id and e.medium in ("audio", "video") for e in queries.evidence_of(case.id)):
        raise Refused("no_such_recording")
    return _write(case, staff, "file", evidence_id=evidence_id, text=text.strip())


def answer_test(case: Case, staff: Staff, answers: Mapping[str, str], text: str = "") -> ListeningNote:
    """Answer the test of a voice, all its questions; the newest answers of a person are the ones that stand.

    Raises Refused: 'test_unanswered' where one is missing or no answer of the book, 'case_not_open'.
    """
    test = book().hearing.test
    given = {one.code: answers.get(one.code, "") for one in test.questions}
    if not all(answer in test.answers for answer in given.values()):
        raise Refused("test_unanswered")
    return _write(case, staff, "test", text=text.strip(), answers=given)


def note_right(case: Case, staff: Staff, right: str) -> ListeningNote:
    """Note that a right an AI cover may touch is the subject of no report here. Raises Refused: 'no_such_right',
    'right_noted', 'case_not_open'."""
    if right not in book().hearing.rights:
        raise Refused("no_such_right")
    if any(n.about == "right" and n.answers.get("right") == right for n in notes_of([case.id])):
        raise Refused("right_noted")
    return _write(case, staff, "right", answers={"right": right})


def take_back(note_id: str, staff: Staff) -> ListeningNote:
    """Whoever wrote a note no longer stands by it; once is enough. Raises NotFound, Refused('note_not_yours')."""
    require_transaction("cases.take_back_note")
    note = need(ListeningNote, note_id, "no_such_heard")
    if note.staff_id != staff.id:
        raise Refused("note_not_yours")
    if note.taken_back_at is None:
        note.taken_back_at = now()
        record(as_actor(staff), "hearing.take_back", "case", note.case_id, note=note.id, about=note.about)
    return note


def case_of(note_id: str) -> Case:
    """The case a note is about. Raises NotFound."""
    return queries.get(need(ListeningNote, note_id, "no_such_heard").case_id)


def notes_of(case_ids: Collection[str]) -> list[ListeningNote]:
    """What stands of what was written in these cases, oldest first, with who wrote it."""
    ours = ListeningNote.case_id.in_(case_ids), ListeningNote.taken_back_at.is_(None)
    statement = select(ListeningNote).where(*ours).options(joinedload(ListeningNote.staff))
    return list(db.session.scalars(statement.order_by(ListeningNote.written_at, ListeningNote.id)))


def _write(
    case: Case,
    staff: Staff,
    about: str,
    *,
    evidence_id: str | None = None,
    text: str = "",
    answers: Mapping[str, Any] | None = None,
) -> ListeningNote:
    require_transaction("cases.note_heard")
    if case.state not in LIVE:
        raise Refused("case_not_open", state=case.state)
    note = ListeningNote(
        id=new_id(),
        case_id=case.id,
        about=about,
        evidence_id=evidence_id,
        text=text,
        answers=dict(answers or {}),
        staff_id=staff.id,
        written_at=now(),
    )
    db.session.add(note)
    touch(case.id, staff.id)
    record(as_actor(staff), f"hearing.{about}", "case", case.id, note=note.id)
    return note
