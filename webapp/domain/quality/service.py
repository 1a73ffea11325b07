"""The verbs of quality: look at a decided case blind, agree on golden cases, write to whoever keeps the rule book.

The order is the promise: `begin` gives what the person does not know, `find` comes before they are shown anything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from webapp.core import outbox
from webapp.core.audit import SYSTEM, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.ids import new_id, new_reference
from webapp.domain.cases.life import as_actor, touch
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.rules import ANSWERS
from webapp.domain.policy.queries import book
from webapp.domain.quality import drawing, queries, rules
from webapp.domain.quality.drawing import draw
from webapp.domain.quality.models import BlindLook, GoldenCase, RuleNote
from webapp.domain.quality.rules import LONGEST, LOOK
from webapp.domain.staff.models import Staff

__all__ = ["answer_note", "begin", "draw", "find", "let_go", "mark_golden", "release", "retire_golden", "weigh_rule"]


def begin(staff: Staff, outside: Collection[str] = ()) -> BlindLook | None:
    """Give the person their next blind look, or the one they have begun; None when nothing waits for them.

    `outside`: cases they must not be given (an open appeal is an independent look already).
    """
    require_transaction("quality.begin")
    held = queries.in_hand(staff.id)
    if held is not None:
        return held
    found = drawing.next_for(staff, outside)
    if found is None:
        return None
    look = _of_golden(found) if isinstance(found, GoldenCase) else found
    look.state = LOOK.step(look.state, "take")
    look.reviewer_id, look.taken_at = staff.id, now()
    db.session.add(look)
    record(as_actor(staff), "look.take", "look", look.id)
    return look


def _of_golden(golden: GoldenCase) -> BlindLook:
    return BlindLook(
        id=new_id(),
        reference=new_reference("Q"),
        case_id=golden.case_id,
        decision_id=golden.decision_id,
        golden_id=golden.id,
        kind=golden.ground or golden.case.kind,
        queue=golden.case.queue,
        state=LOOK.start,
        drawn_at=now(),
        first_findings=golden.findings,
        first_ground=golden.ground,
    )


def release(look_id: str, staff: Staff) -> None:
    """Give a look back unanswered. A golden one comes again some day. Raises NotFound, Refused('look_over')."""
    require_transaction("quality.release")
    look = _mine(look_id, staff)
    look.state = LOOK.step(look.state, "release")
    record(as_actor(staff), "look.release", "look", look.id)
    if look.golden_id is not None:
        db.session.delete(look)
    else:
        look.reviewer_id, look.taken_at = None, None


def find(look_id: str, staff: Staff, findings: Mapping[str, str], ground: str, note: str) -> BlindLook:
    """The person's own answer: `findings` for every report that was answered first, the ground of what is supported
    ('' where nothing is) and in a sentence why. Then they are shown the first one, which counts as work on the case.

    Posts `look.found`. Raises NotFound for somebody else's, Refused: 'look_over', 'finding_missing', 'ground_missing',
    'look_why_missing', 'text_too_long' (limit).
    """
    require_transaction("quality.find")
    look = _mine(look_id, staff)
    state = LOOK.step(look.state, "find")
    _whole(look.first_findings, findings, ground, note)
    look.state, look.found_at = state, now()
    look.findings, look.note = dict(findings), note.strip()
    look.ground = ground if "supported" in findings.values() else ""
    look.agrees = rules.agrees(look.first_findings, look.first_ground, look.findings, look.ground)
    if look.golden_id is None:
        touch(look.case_id, staff.id)
    record(as_actor(staff), "look.find", "look", look.id, agrees=look.agrees, golden=look.golden_id is not None)
    outbox.post("look.found", look_id=look.id)
    return look


def let_go(look_id: str) -> None:
    """Nobody looks at it blind any more (an appeal came in, say). What is over already stays as it is."""
    require_transaction("quality.let_go")
    look = queries.get(look_id)
    if look.state in ("waiting", "taken"):
        look.state = LOOK.step(look.state, "let_go")
        record(SYSTEM, "look.let_go", "look", look.id)


def mark_golden(
    case: Case, decision: Decision, staff: Staff, findings: Mapping[str, str], ground: str, why: str
) -> GoldenCase:
    """Let everybody look at a case once, against an answer that was agreed on. A withdrawn one is taken up again.

    Only cases whose windows are all over: whoever looks at one still open could not decide its appeal. Raises Refused:
    'golden_not_closed', 'golden_sealed', and what the answer lacks (see `find`); Conflict('golden_already').
    """
    require_transaction("quality.mark_golden")
    if case.state != "closed":
        raise Refused("golden_not_closed")
    if book().kinds[case.kind].sealed and not book().quality.sample.sealed:
        raise Refused("golden_sealed")
    _whole({f.report_id: f.answer for f in decision.findings}, findings, ground, why)
    golden = queries.golden_of(case.id)
    if golden is not None and golden.retired_at is None:
        raise Conflict("golden_already")
    if golden is None:
        golden = GoldenCase(id=new_id(), case_id=case.id, decision_id=decision.id)
    golden.findings, golden.ground = dict(findings), ground if "supported" in findings.values() else ""
    golden.why, golden.staff_id, golden.marked_at, golden.retired_at = why.strip(), staff.id, now(), None
    db.session.add(golden)
    record(as_actor(staff), "golden.mark", "golden", golden.id)
    return golden


def retire_golden(golden_id: str, staff: Staff) -> None:
    """Nobody is given it any more, and it counts no more (the rule changed, say). A repeat changes nothing."""
    require_transaction("quality.retire_golden")
    golden = db.session.get_one(GoldenCase, golden_id)
    if golden.retired_at is None:
        golden.retired_at = now()
        record(as_actor(staff), "golden.retire", "golden", golden.id)


def weigh_rule(kind: str) -> RuleNote | None:
    """Open a note to whoever keeps the rule book where people's answers on a kind agree too little.

    One is open at a time, and what was answered counts from the answer on: only looks since then are measured.
    """
    require_transaction("quality.weigh_rule")
    chapter, before = book().quality.agreement, queries.last_note(kind)
    if before is not None and before.answered_at is None:
        return None
    since = now() - timedelta(days=chapter.window_days)
    since = max(since, before.answered_at) if before is not None and before.answered_at else since
    for clause in queries.agreement(since, kind):
        worst = min((clause.answers, clause.grounds), key=lambda m: m.alpha if m.level == "low" and m.alpha else 2)
        if worst.level == "low" and worst.alpha is not None:
            note = RuleNote(
                id=new_id(), kind=kind, alpha=worst.alpha, answers=worst.n, looks=clause.looks, opened_at=now()
            )
            db.session.add(note)
            record(SYSTEM, "note.open", "note", note.id, kind=kind, alpha=round(worst.alpha, 3), n=worst.n)
            return note
    return None


def answer_note(note_id: str, staff: Staff, answer: str) -> RuleNote:
    """Say what was done about the rule. Raises Refused: 'text_missing', 'text_too_long' (limit); Conflict
    ('note_answered_already')."""
    require_transaction("quality.answer_note")
    note = queries.note(note_id)
    if note.answered_at is not None:
        raise Conflict("note_answered_already")
    if not answer.strip():
        raise Refused("text_missing")
    if len(answer) > LONGEST:
        raise Refused("text_too_long", length=len(answer), limit=LONGEST)
    note.answer, note.answered_at, note.staff_id = answer.strip(), now(), staff.id
    record(as_actor(staff), "note.answer", "note", note.id, kind=note.kind)
    return note


def _mine(look_id: str, staff: Staff) -> BlindLook:
    look = queries.get(look_id)
    if look.reviewer_id != staff.id:
        raise NotFound("no_such_look")
    if look.state != "taken":
        raise Refused("look_over")
    return look


def _whole(first: Collection[str], findings: Mapping[str, str], ground: str, why: str) -> None:
    if set(findings) != set(first) or any(answer not in ANSWERS for answer in findings.values()):
        raise Refused("finding_missing")
    if "supported" in findings.values() and ground not in book().kinds:
        raise Refused("ground_missing")
    if not why.strip():
        raise Refused("look_why_missing")
    if len(why) > LONGEST:
        raise Refused("text_too_long", length=len(why), limit=LONGEST)
