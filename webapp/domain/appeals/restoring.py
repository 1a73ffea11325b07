"""How a counter-notice ends: time runs out, a suit or complaint is proved, a claim is given up, a court has spoken.

Each verb holds the counter-notice's row to the end of its transaction, so that of a proof and the restoring job one
decides: before the content is back a proof keeps it down, afterwards it is refused ('restored_already') and the way is
a new notice or the court. A proof counts until the content is really back, even minutes after the last day: the law
asks the platform to act on what it knows, and 17 USC 512(g)(2)(C) says "first receives notice".
"""

from __future__ import annotations

from webapp.core import outbox
from webapp.core.audit import SYSTEM, Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Refused
from webapp.domain.appeals import queries, rules, waiting
from webapp.domain.appeals.models import CounterNotice
from webapp.domain.appeals.redaction import scrubbed
from webapp.domain.appeals.rules import COUNTER, PROOFS
from webapp.domain.cases.life import as_actor, touch
from webapp.domain.clocks import service as clocks
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions import service as decision_verbs
from webapp.domain.decisions.records import strike_of
from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.service import freeze
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from webapp.domain.reports.service import bar
from webapp.domain.staff.models import Staff

# Longer waiting for intellectual property while papers are notarised abroad (法释〔2020〕9号 ¶3): a clock of the book.
EXTENSION = "WAIT_EXT_IP"
BARRING = ("elapsed", "immediate", "court")  # ends after which RTCI art 17 bars a second notice; giving up bars nobody


def prove(counter: CounterNotice, report: Report, kind: str, evidence: Evidence) -> CounterNotice:
    """A claimant shows that she sued or complained to an authority: the content stays down until that is over.

    `kind` is 'suit' or 'complaint'. Posts `counter.held` the first time. Raises Refused: 'proof_kind',
    'restored_already', 'claim_given_up', 'cannot_hold'.
    """
    require_transaction("appeals.prove")
    if kind not in PROOFS:
        raise Refused("proof_kind")
    counter = queries.locked(counter.id)
    sent = queries.forward(counter.id, report.id)
    if counter.state == "restored":
        raise Refused("restored_already")
    if sent.withdrawn_at is not None:
        raise Refused("claim_given_up")
    held_before = counter.state == "held"
    counter.state = COUNTER.step(counter.state, "hold")
    sent.proof_kind, sent.proof_evidence_id, sent.proved_at = kind, evidence.id, now()
    actor = Actor("reporter", report.standing.reporter_id)
    freeze([evidence.id], actor)
    record(actor, "counter.hold", "counter", counter.id, report=report.id, kind=kind, evidence=evidence.id)
    if not held_before:
        outbox.post("counter.held", counter_id=counter.id)
    return counter


def withdraw_claim(counter: CounterNotice, report: Report) -> CounterNotice:
    """A claimant gives her claim up after the counter-notice. With the last one the content comes back; when only her
    proof held it, waiting goes on for the others. Again changes nothing. Raises Refused('restored_already').
    """
    require_transaction("appeals.withdraw_claim")
    counter = queries.locked(counter.id)
    sent = queries.forward(counter.id, report.id)
    if sent.withdrawn_at is not None:
        return counter
    if counter.state == "restored":
        raise Refused("restored_already")
    COUNTER.step(counter.state, "restore")  # Refused('cannot_restore') once it has ended otherwise
    sent.withdrawn_at = now()
    record(Actor("reporter", report.standing.reporter_id), "counter.give_up", "counter", counter.id, report=report.id)
    db.session.flush()  # the next look reads every claimant's row
    step = rules.after_withdrawal(counter.state, queries.standing(counter), counter.restore_by is not None)
    if step == "restore":
        restore(counter, "claim_withdrawn")
        return counter
    if step:
        counter.state = COUNTER.step(counter.state, step)
    waiting.wait_if_arrived(counter)
    return counter


def extend(counter: CounterNotice, report: Report, evidence: Evidence, staff: Staff) -> CounterNotice:
    """Longer waiting, once, because the claimant's papers are held up at the notary or consulate; `evidence` shows it.

    By the working days of the book (20 at most by law) after the waiting would have ended. Posts `counter.extended`.
    Raises Refused('cannot_extend'): not waiting, extended before, or no right of intellectual property.
    """
    require_transaction("appeals.extend")
    counter = queries.locked(counter.id)
    queries.forward(counter.id, report.id)
    entry, before = book().clocks.get(EXTENSION), counter.restore_by
    served = entry is not None and entry.enabled and entry.serves((counter.regime,))
    if entry is None or not served or (entry.kinds and report.kind not in entry.kinds):
        raise Refused("cannot_extend")
    if counter.extended_at is not None or before is None:
        raise Refused("cannot_extend")
    counter.state = COUNTER.step(counter.state, "extend")
    on_id, case = waiting.on_id(counter), counter.case
    clock = clocks.start(EXTENSION, on_id, case_id=case.id, priority=case.priority, at=before)
    if clock is None:
        raise Refused("cannot_extend")
    counter.restore_by, counter.extended_at, counter.reminded = clock.due_at, now(), []
    touch(case.id, staff.id)
    freeze([evidence.id], as_actor(staff))
    facts = {"report": report.id, "evidence": evidence.id, "before": before.isoformat()}
    record(as_actor(staff), "counter.extend", "counter", counter.id, until=clock.due_at.isoformat(), **facts)
    outbox.post("counter.extended", counter_id=counter.id)
    return counter


def withdraw(counter: CounterNotice) -> CounterNotice:
    """The respondent takes the counter-notice back: what was decided stays. Raises Refused('cannot_withdraw')."""
    require_transaction("appeals.withdraw")
    counter = queries.locked(counter.id)
    actor = Actor("respondent", counter.case.subject.respondent_id or "")
    _end(counter, "withdraw", "withdrawn", actor)
    clocks.cancel(waiting.on_id(counter))
    return counter


def end_hold(counter: CounterNotice, staff: Staff, upheld: bool, note: str = "") -> CounterNotice:
    """A court, an authority or a settlement has spoken: upheld → the content stays down for good; else it comes back.

    Posts `counter.upheld` or `counter.restored`. Raises Refused('not_held').
    """
    require_transaction("appeals.end_hold")
    counter = queries.locked(counter.id)
    if counter.state != "held":
        raise Refused("not_held")
    touch(counter.case_id, staff.id)
    if not upheld:
        restore(counter, "court", staff, note)
        return counter
    _end(counter, "refuse", "upheld", as_actor(staff), note)
    clocks.cancel(waiting.on_id(counter))
    outbox.post("counter.upheld", counter_id=counter.id)
    return counter


def elapse(counter_id: str) -> bool:
    """Put the content back if its waiting is over by now; False when something else came first."""
    require_transaction("appeals.elapse")
    counter = queries.locked(counter_id)
    if counter.state != "waiting" or counter.restore_by is None:
        return False
    if now() <= rules.restore_at(counter.restore_from, counter.restore_by):  # the last day counts to its end
        return False
    restore(counter, "elapsed")
    return True


def elapse_due() -> int:
    """Put back whatever is due, in one transaction; gives how much. The job takes them one by one."""
    require_transaction("appeals.elapse_due")
    return sum(elapse(counter_id) for counter_id in queries.elapsed())


def overtake(case_id: str) -> None:
    """An appeal has put the content back already: counter-notices of the case have nothing left to wait for."""
    require_transaction("appeals.overtake")
    for counter in [queries.locked(found.id) for found in queries.open_in(case_id)]:
        if counter.state == COUNTER.start:
            _end(counter, "withdraw", "appeal", SYSTEM)
        else:
            _end(counter, "restore", "appeal", SYSTEM)
        clocks.cancel(waiting.on_id(counter))


def restore(counter: CounterNotice, end: str, staff: Staff | None = None, note: str = "") -> None:
    """Undo the measures, remove the strike, end the clocks. Posts `counter.restored`; letters follow from it."""
    actor = as_actor(staff) if staff else SYSTEM
    waited_until = counter.restore_by
    _end(counter, "restore", end, actor, note)
    moment = now()
    waiting.tell_clocks(counter, "wait_over", min(waited_until, moment) if waited_until else moment)
    decision = decisions.latest(counter.case_id)
    # A strike goes with the verdict, also when every measure has ended by itself.
    if decision is not None and (decisions.in_force(counter.case_id) or strike_of(counter.case_id)):
        decision_verbs.restore(counter.case_id, decision, end, staff)
    waiting.tell_clocks(counter, "restored")
    if book().regimes[counter.regime].bars_repeat and end in BARRING:
        for sent in counter.forwards:
            report = db.session.get_one(Report, sent.report_id)
            bar(counter.case.subject, report.standing.reporter.email_index, counter.regime)
    outbox.post("counter.restored", counter_id=counter.id)


def _end(counter: CounterNotice, verb: str, end: str, actor: Actor, note: str = "") -> None:
    counter.state = COUNTER.step(counter.state, verb)
    counter.end, counter.ended_at = end, now()
    record(actor, f"counter.{verb}", "counter", counter.id, case=counter.case_id, end=end, note=scrubbed(note))
