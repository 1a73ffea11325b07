"""An appeal: filed once by a party, taken by somebody new to the case, found blind, then decided with everything shown.

The order is the promise: `take` is refused to whoever touched the case (by the database too), `find` comes before the
first decision is shown (`blind.look`), and only then `decide` leaves it, varies it or reverses it (law.md §4.3).
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import update
from sqlalchemy.exc import DBAPIError, IntegrityError

from webapp.core import outbox
from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Conflict, Refused
from webapp.core.ids import new_id, new_reference
from webapp.domain.appeals import blind, queries, restoring, rules
from webapp.domain.appeals.models import Appeal
from webapp.domain.appeals.rules import APPEAL, LONGEST, OPEN_APPEAL
from webapp.domain.cases import queries as cases
from webapp.domain.cases.life import as_actor, touch
from webapp.domain.cases.models import Case
from webapp.domain.cases.weighing import weigh
from webapp.domain.clocks import service as clocks
from webapp.domain.conduct import queries as conduct
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions import service as decision_verbs
from webapp.domain.decisions.foreseeing import plan
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.rules import ANSWERS, Choice, Outcome
from webapp.domain.evidence.service import freeze
from webapp.domain.policy.shape import Event
from webapp.domain.queues import service as queues
from webapp.domain.reports.queries import get as report_of
from webapp.domain.staff.models import Staff


def file(case_id: str, party: str, text: str) -> Appeal:
    """A party asks for a second look at the decision in force. `party`: 'respondent' or 'reporter:<report id>'.

    Once per party and case (unique key). Posts `appeal.filed`. Raises Conflict('appeal_filed_already'), Refused:
    'text_missing', 'text_too_long' (limit), 'appeal_nothing' (nothing this party could contest), 'appeal_too_late'.
    """
    require_transaction("appeals.file")
    if not text.strip():
        raise Refused("text_missing")
    if len(text) > LONGEST:
        raise Refused("text_too_long", limit=LONGEST)
    door = blind.door(case_id, party)
    if door.sent is not None:
        raise Conflict("appeal_filed_already")
    if door.decision is None:
        raise Refused("appeal_nothing")
    if not door.open:
        raise Refused("appeal_too_late")
    appeal = Appeal(
        id=new_id(),
        reference=new_reference("A"),
        case_id=case_id,
        decision_id=door.decision.id,
        party=party,
        text=text.strip(),
        state=APPEAL.start,
        filed_at=now(),
    )
    db.session.add(appeal)
    try:
        db.session.flush()  # the unique key speaks: of two sent at once one is the appeal
    except IntegrityError:
        raise Conflict("appeal_filed_already") from None
    case = cases.get(case_id)
    record(_party(case, party), "appeal.file", "appeal", appeal.id, case=case_id, decision=appeal.decision_id)
    _tell_clocks(appeal, case, "appealed")
    outbox.post("appeal.filed", appeal_id=appeal.id)
    return appeal


def take(appeal_id: str, staff: Staff) -> Appeal:
    """Become the second person. Raises Refused('you_touched_it') for whoever worked on the case before, as the database
    does, and 'cannot_take' once it is decided; NotAllowed('interest_declared'); Conflict('claimed_by_other', name) when
    somebody else was first. Taking one's own again changes nothing.
    """
    require_transaction("appeals.take")
    appeal = blind.get(appeal_id)
    if appeal.reviewer_id == staff.id and appeal.state in ("taken", "found"):
        return appeal
    if blind.touched(appeal.case_id, staff.id):
        raise Refused("you_touched_it")
    queues.impartial(appeal.case, staff)
    if appeal.state not in OPEN_APPEAL:
        APPEAL.step(appeal.state, "take")  # Refused('cannot_take')
    try:
        result = db.session.execute(
            update(Appeal)
            .where(Appeal.id == appeal_id, Appeal.state == "filed", Appeal.reviewer_id.is_(None))
            .values(state="taken", reviewer_id=staff.id, taken_at=now())
            .execution_options(synchronize_session=False)
        )
    except DBAPIError as error:  # the trigger: a touch written between our look and our claim
        if "must not have touched" not in str(error.orig):
            raise
        raise Refused("you_touched_it") from None
    appeal = blind.get(appeal_id)
    if not result.rowcount:  # type: ignore[attr-defined]  # an UPDATE's result counts rows
        raise Conflict("claimed_by_other", name=blind.reviewer_name(appeal))
    record(as_actor(staff), "appeal.take", "appeal", appeal_id, case=appeal.case_id)
    return appeal


def release(appeal_id: str, staff: Staff) -> Appeal:
    """Give it back; findings made so far are dropped, the next person starts blind again. Who has found has been shown
    the first decision and can find blind no more: that counts as a touch, and she cannot take it a second time.

    Raises Refused: 'not_yours'; 'cannot_release' once it is decided.
    """
    require_transaction("appeals.release")
    appeal = _mine(appeal_id, staff)
    seen = appeal.found_at is not None
    appeal.state = APPEAL.step(appeal.state, "release")
    appeal.reviewer_id, appeal.taken_at, appeal.found_at, appeal.findings = None, None, None, {}
    if seen:
        db.session.flush()  # the trigger looks at who has it: nobody any more
        touch(appeal.case_id, staff.id)
    record(as_actor(staff), "appeal.release", "appeal", appeal_id, case=appeal.case_id)
    return appeal


def find(appeal_id: str, staff: Staff, findings: Mapping[str, str]) -> Appeal:
    """The second person's own answer to every report, made before the first decision is shown; afterwards it is.

    Raises Refused: 'not_yours', 'finding_missing', 'cannot_find' (found or decided already), NotAllowed as `take`.
    """
    require_transaction("appeals.find")
    appeal = _mine(appeal_id, staff)
    queues.impartial(appeal.case, staff)
    reports = {report.id for report in cases.active_reports(appeal.case_id)}
    if set(findings) != reports or any(answer not in ANSWERS for answer in findings.values()):
        raise Refused("finding_missing")
    appeal.state = APPEAL.step(appeal.state, "find")
    appeal.findings, appeal.found_at = dict(findings), now()
    freeze([paper.evidence_id for paper in queries.proofs(appeal.case_id)], as_actor(staff))
    record(as_actor(staff), "appeal.find", "appeal", appeal_id, case=appeal.case_id, findings=dict(findings))
    return appeal


def decide(appeal_id: str, staff: Staff, choice: Choice | None, reason: str = "") -> Appeal:
    """End the appeal. None, or a choice equal to the decision in force, leaves it ('upheld', `reason` says why);
    another choice is decided anew and supersedes it ('varied'; 'reversed' where the verdict turned).

    Measures no longer decided are undone, strikes removed, by `decisions.redecide`. Posts `appeal.decided`: both sides
    are told. Raises Refused: 'not_yours', 'find_first', 'you_touched_it', and what the choice lacks; NotAllowed
    as `take`.
    """
    require_transaction("appeals.decide")
    appeal = _mine(appeal_id, staff)
    queues.impartial(appeal.case, staff)
    if appeal.state != "found":
        raise Refused("find_first")
    if blind.touched(appeal.case_id, staff.id):  # she decided another appeal of this case meanwhile
        raise Refused("you_touched_it")
    before = decisions.verdict_of(appeal.case_id) or decisions.latest(appeal.case_id)
    if before is None:
        raise Refused("appeal_nothing")
    _not_again(appeal.case_id, choice)
    outcome = _outcome(before, choice)
    appeal.state = APPEAL.step(appeal.state, "decide")
    appeal.outcome, appeal.decided_at = outcome, now()
    appeal.reason = reason.strip()[:LONGEST]
    db.session.flush()  # the trigger looks now: deciding below touches the case
    if choice is not None and outcome != "upheld":
        made = decision_verbs.redecide(appeal.case_id, staff, choice, before)
        appeal.outcome_decision_id = made.id
        if made.verdict == "rejected":
            restoring.overtake(appeal.case_id)
    touch(appeal.case_id, staff.id)
    verdict = choice.verdict if choice is not None else before.verdict
    agreed = rules.verdict(appeal.findings) == verdict
    case = cases.get(appeal.case_id)
    facts = {"outcome": outcome, "as_found": agreed, "before": before.id, "after": appeal.outcome_decision_id}
    record(as_actor(staff), "appeal.decide", "appeal", appeal_id, case=case.id, **facts)
    _tell_clocks(appeal, case, "appeal_decided")
    outbox.post("appeal.decided", appeal_id=appeal.id)
    return appeal


def foresee(appeal: Appeal, choice: Choice | None) -> tuple[str, Outcome]:
    """What deciding so would lead to, for the preview: ('upheld' | 'varied' | 'reversed', the outcome in full).

    Nothing is written. Raises Refused: 'find_first' (nobody is shown what holds before that), 'appeal_nothing', and
    what the choice lacks.
    """
    if appeal.found_at is None:
        raise Refused("find_first")
    before = decisions.verdict_of(appeal.case_id) or decisions.latest(appeal.case_id)
    if before is None:
        raise Refused("appeal_nothing")
    _not_again(appeal.case_id, choice)
    result = _outcome(before, choice)
    if choice is None or result == "upheld":
        return result, decisions.outcome(before)
    return result, plan(before.case, choice, stage="appeal").outcome


def _not_again(case_id: str, choice: Choice | None) -> None:
    """What came back after a counter-notice is not taken down again on the same claims by way of an appeal that was
    filed before: from then on the way is a court (Civil Code art 1196, RTCI art 17). Raises Refused('appeal_nothing').
    """
    latest = decisions.latest(case_id)
    if choice is None or latest is None or latest.stage != "restoration":
        return
    answered = {f.report_id for c in queries.of_case(case_id) if c.state == "restored" for f in c.forwards}
    supported = {report_id for report_id, answer in choice.findings.items() if answer == "supported"}
    if supported and supported <= answered:
        raise Refused("appeal_nothing")


def _outcome(before: Decision, choice: Choice | None) -> str:
    if choice is None or _same(before, choice):
        return "upheld"
    return "reversed" if {before.verdict, choice.verdict} == {"upheld", "rejected"} else "varied"


def _same(before: Decision, choice: Choice) -> bool:
    """Whether a choice leads to what holds already: same answers, ground, points and marks of misuse, no measure more
    or less. A dismissal may stay while its mark falls: that is what its reporter hoped for."""
    answers = {finding.report_id: finding.answer for finding in before.findings}
    marks = {report_id: mark.grade for report_id in answers if (mark := conduct.mark_of(report_id))}
    if choice.verdict != before.verdict or dict(choice.findings) != answers or dict(choice.marks) != marks:
        return False
    made = plan(before.case, choice, stage="appeal")
    points = decisions.outcome(before).points
    return made.outcome.ground == before.ground and not made.new and not made.undo and made.outcome.points == points


def _mine(appeal_id: str, staff: Staff) -> Appeal:
    blind.hold(appeal_id)
    appeal = blind.get(appeal_id)
    if appeal.reviewer_id != staff.id:
        raise Refused("not_yours")
    return appeal


def _party(case: Case, party: str) -> Actor:
    if party == blind.RESPONDENT:
        return Actor("respondent", case.subject.respondent_id or "")
    return Actor("reporter", report_of(blind.report_id(party)).standing.reporter_id)


def _tell_clocks(appeal: Appeal, case: Case, event: Event) -> None:
    regimes = sorted({code for report in cases.active_reports(case.id) for code in report.regimes})
    on_id = f"appeal:{appeal.id}"
    clocks.happen(event, case_id=case.id, on_id=on_id, priority=case.priority, kind=case.kind, regimes=regimes)
    weigh(case)
