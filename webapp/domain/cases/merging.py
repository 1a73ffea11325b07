"""Two cases made one, or one made two: every report keeps its place, its clocks, its messages and its answer; and both
can be taken back until somebody decides.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, func, or_, select, update

from webapp.core import outbox
from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, need, require_transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.ids import new_id
from webapp.core.sealed import seal_word
from webapp.domain.cases import queries
from webapp.domain.cases.claims import require_claim
from webapp.domain.cases.joining import start
from webapp.domain.cases.life import as_actor, changed, move, on_report, touch
from webapp.domain.cases.models import Case, CaseReport, Message
from webapp.domain.cases.records import Merge
from webapp.domain.cases.rules import LIVE
from webapp.domain.cases.weighing import weigh
from webapp.domain.clocks import following
from webapp.domain.reports.models import Report, Subject
from webapp.domain.staff.models import Staff

# The log is for ever and in the clear, and why reports leave may name people: there it stands sealed, under this label.
SPLIT_WHY = "audit.case.split"
# Nothing was proposed to a second person and nothing is on its way out: only such cases are merged and split.
AT_REST = ("open", "asked")


def merge(kept: Case, gone: Case, staff: Staff, why: str = "", *, anchored: bool, across: bool = False) -> Merge:
    """Take `gone` into `kept`, which `staff` holds; what is reported about either content joins `kept` from now on.

    `anchored`: whether something hangs on `gone` that cannot move (`cures.queries.anchored`); `across`: that they are
    two items, of which a measure reaches only the kept one, was seen and accepted. Raises what `mergeable` raises.
    """
    require_transaction("cases.merge")
    require_claim(kept.id, staff)
    _check(kept, gone, staff, anchored=anchored, across=across)
    actor = as_actor(staff)
    reports = list(db.session.scalars(select(CaseReport.report_id).where(CaseReport.case_id == gone.id)))
    aside = Message.case_id == gone.id, Message.side == "respondent"
    made = Merge(
        id=new_id(),
        kept_id=kept.id,
        gone_id=gone.id,
        staff_id=staff.id,
        merged_at=now(),
        why=why.strip(),
        reports=reports,
        messages=list(db.session.scalars(select(Message.id).where(*aside))),
    )
    asked = gone.state == "asked"
    _carry(gone, kept, reports, made.messages)
    following.carry(gone.id, kept.id)
    move(gone, "merge", actor, into=kept.reference, reports=len(reports))
    gone.merged_into_id = kept.id
    gone.report_count, gone.thumb_evidence_id = 0, None
    db.session.add(made)
    record(actor, "case.take_in", "case", kept.id, merge=made.id, taken=gone.reference, reports=reports)
    _settle(kept, actor, asked)
    outbox.post("case.merged", case_id=kept.id, gone_id=gone.id)
    return made


def unmerge(merge_id: str, staff: Staff) -> Case:
    """Take apart what was merged; gives the case that comes back. With it goes what came along and everything that was
    reported about its own content since. `staff` holds the kept case.

    Raises Refused: 'merge_undone', 'unmerge_too_late' (decided, or merged on), 'split_leaves_nothing',
    'split_takes_nothing' (every report of one side was withdrawn since).
    """
    require_transaction("cases.unmerge")
    made = need(Merge, merge_id, "no_such_merge")
    kept, gone, actor = queries.get(made.kept_id), queries.get(made.gone_id), as_actor(staff)
    if made.undone_at is not None:
        raise Refused("merge_undone")
    if kept.state not in AT_REST:
        raise Refused("unmerge_too_late")
    require_claim(kept.id, staff)
    back = _belongs(made, kept, gone)
    _both_keep_some(kept, back)
    made.undone_at, made.undone_by_id = now(), staff.id
    gone.merged_into_id = None
    gone.part = _free_part(gone.subject_id) if _taken(gone) else gone.part
    move(gone, "unmerge", actor, out_of=kept.reference)
    _carry(kept, gone, back, made.messages)
    following.carry_on([f"case:{gone.id}", *(f"report:{i}" for i in back)], gone.id)
    record(actor, "case.let_out", "case", kept.id, merge=made.id, let_out=gone.reference, reports=back)
    _settle(gone, actor, kept.state == "asked")
    _settle(kept, actor)
    outbox.post("case.split", case_id=kept.id, new_id=gone.id)
    return gone


def split(case: Case, report_ids: Collection[str], staff: Staff, why: str = "") -> Case:
    """Let these reports have a case of their own, as urgent and as old as they are; `staff` holds the one they leave.

    What is reported about the content later joins the first one. Merging the two takes it back. Raises NotFound
    ('no_such_report'), Refused: 'split_not_open', 'split_takes_nothing', 'split_leaves_nothing'.
    """
    require_transaction("cases.split")
    require_claim(case.id, staff)
    if case.state not in AT_REST:
        raise Refused("split_not_open")
    active = {r.id: r for r in queries.active_reports(case.id)}
    if not set(report_ids) <= set(active):
        raise NotFound("no_such_report")
    chosen = [report for report in active.values() if report.id in report_ids]
    _both_keep_some(case, [r.id for r in chosen])
    actor = as_actor(staff)
    new = _part_for(case, chosen, actor)
    ids = [report.id for report in chosen]
    _carry(case, new, ids, ())
    following.carry_on([on_report(report) for report in chosen], new.id)
    following.double(case.id, new.id)
    record(actor, "case.split", "case", case.id, new=new.reference, reports=ids, why=seal_word(why.strip(), SPLIT_WHY))
    _settle(new, actor, case.state == "asked")
    _settle(case, actor)
    outbox.post("case.split", case_id=case.id, new_id=new.id)
    return new


def refusal(kept: Case, gone: Case, *, anchored: bool) -> str:
    """Why `gone` can never be taken into `kept` as they stand: a code, '' when it can."""
    one, other = kept.subject, gone.subject
    accounts = {s.respondent_id for s in (one, other) if s.respondent_id}
    if kept.id == gone.id:
        return "merge_same"
    if kept.state not in AT_REST or gone.state not in AT_REST:
        return "merge_not_open"
    if len(accounts) > 1:
        return "merge_other_account"
    if one.platform and other.platform and one.platform != other.platform:
        return "merge_other_platform"
    if other.respondent_id and not one.respondent_id:
        return "merge_other_way"
    return "merge_anchored" if anchored else ""


def differences(kept: Case, gone: Case) -> list[tuple[str, str, str]]:
    """In what the two contents differ: (field of the subject, the kept one's, the other's). Empty for one content."""
    if kept.subject_id == gone.subject_id:
        return []
    fields = ("platform", "content_ref", "address", "title")
    pairs = [(name, getattr(kept.subject, name), getattr(gone.subject, name)) for name in fields]
    return [(name, a, b) for name, a, b in pairs if a != b]


def _check(kept: Case, gone: Case, staff: Staff, *, anchored: bool, across: bool) -> None:
    code = refusal(kept, gone, anchored=anchored)
    if code:
        raise Refused(code, reference=gone.reference)
    if kept.subject_id != gone.subject_id and not across:
        raise Refused("merge_other_content", reference=gone.reference)
    holder = queries.holder(gone.id)
    if holder is not None and holder.id != staff.id:
        raise Conflict("claimed_by_other", name=holder.name)


def _carry(source: Case, target: Case, report_ids: Sequence[str], message_ids: Sequence[str]) -> None:
    """Reports with their messages, the named messages with the account, and who worked on them, go along."""
    entries = select(CaseReport).where(CaseReport.report_id.in_(report_ids), CaseReport.case_id == source.id)
    for entry in db.session.scalars(entries).all():
        entry.case = target
    theirs = or_(Message.report_id.in_(report_ids), Message.id.in_(message_ids))
    db.session.execute(
        update(Message).where(Message.case_id == source.id, theirs).values(case_id=target.id),
        execution_options={"synchronize_session": "fetch"},
    )
    for staff_id in sorted(queries.touched(source.id)):
        touch(target.id, staff_id)
    db.session.flush()  # what follows asks which reports are in which case
    db.session.expire(source, ["entries"])
    db.session.expire(target, ["entries"])


def _settle(case: Case, actor: Actor, asked: bool = False) -> None:
    """The case changed and stands anew in the queue. It waits no longer when its question went; it begins to wait when
    one came with reports of a case that was `asked` and waited."""
    waits = queries.waits_for_answer(case.id)
    if case.state == "asked" and not waits:
        move(case, "resume", actor)
    elif case.state == "open" and waits and asked:
        move(case, "wait", actor)
    else:
        changed(case, actor)
    weigh(case)


def _both_keep_some(case: Case, leaving: Collection[str]) -> None:
    active = {report.id for report in queries.active_reports(case.id)}
    if not active & set(leaving):
        raise Refused("split_takes_nothing")
    if active <= set(leaving):
        raise Refused("split_leaves_nothing")


def _belongs(made: Merge, kept: Case, gone: Case) -> list[str]:
    """Ids of the reports in the kept case that are the other's: what came along, and what came about its content."""
    own: ColumnElement[bool] = CaseReport.report_id.in_(made.reports)
    if gone.subject_id != kept.subject_id:
        own = or_(own, Report.subject_id == gone.subject_id)
    statement = select(CaseReport.report_id).join(Report, Report.id == CaseReport.report_id)
    return list(db.session.scalars(statement.where(CaseReport.case_id == kept.id, own).order_by(CaseReport.report_id)))


def _part_for(case: Case, chosen: Sequence[Report], actor: Actor) -> Case:
    """A new case for reports that leave; about their own content where all of them are about another than the case."""
    subjects = {report.subject_id for report in chosen}
    subject_id = next(iter(subjects)) if len(subjects) == 1 else case.subject_id
    _hold(subject_id)
    part = _next_part(subject_id) if subject_id == case.subject_id else _free_part(subject_id)
    new = start(chosen[0], actor, part, subject_id=subject_id)
    # As old as what it comes from: what is decided in both on one day is one violation (law.md §5.2).
    new.opened_at = case.opened_at
    return new


def _hold(subject_id: str) -> None:
    """Of two that split the same content at once, one comes first: each takes a part of its own."""
    db.session.execute(select(Subject.id).where(Subject.id == subject_id).with_for_update())


def _next_part(subject_id: str) -> int:
    return (db.session.scalar(select(func.max(Case.part)).where(Case.subject_id == subject_id)) or 0) + 1


def _free_part(subject_id: str) -> int:
    """0 where the content has no live case that takes in new reports; else a number that was never used."""
    live = select(Case.id).where(Case.subject_id == subject_id, Case.part == 0, Case.state.in_(LIVE))
    return 0 if db.session.scalar(live) is None else _next_part(subject_id)


def _taken(case: Case) -> bool:
    """Whether another live case stands in its place."""
    same = select(Case.id).where(
        Case.subject_id == case.subject_id, Case.part == case.part, Case.state.in_(LIVE), Case.id != case.id
    )
    return db.session.scalar(same.limit(1)) is not None
