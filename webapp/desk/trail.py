"""The audit log in words: one sentence for each verb, the actor's name, the object with a way to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webapp.core.audit import AuditEntry
from webapp.core.i18n import lazy, when
from webapp.desk import lists, queries, words
from webapp.desk.details import detail
from webapp.domain.staff import queries as staff

VERBS: dict[str, Any] = {
    "report.receive": lazy("Sent the report"),
    "report.withdraw": lazy("Withdrew the report"),
    "report.supply": lazy("Added what the notice lacked"),
    "report.stand_on": lazy("Rested the report on another standing"),
    "report.bar": lazy("Restored: the same claimant cannot report this content again"),
    "standing.prove": lazy("Sent a paper for the standing"),
    "standing.verify": lazy("Checked the standing: it holds"),
    "standing.refuse": lazy("Checked the standing: the papers do not show it"),
    "standing.claim_again": lazy("Claimed the standing again with new papers"),
    "conduct.mark": lazy("Found the report to be a misuse of reporting"),
    "conduct.unmark": lazy("Took back that the report was a misuse"),
    "conduct.education": lazy("Misuse of reporting: explained what a report needs"),
    "conduct.warning": lazy("Misuse of reporting: a written warning"),
    "conduct.slower": lazy("Misuse of reporting: handled after others"),
    "conduct.suspended": lazy("Misuse of reporting: suspended, except for urgent kinds"),
    "conduct.lift": lazy("Lifted a step against misuse of reporting"),
    "case.skip": lazy("Passed the case over"),
    "case.unskip": lazy("Took back having passed it over"),
    "case.reroute": lazy("Put the case into another queue"),
    "case.escalate": lazy("Passed the case on to the queue for hard ones"),
    "interest.declare": lazy("Declared a conflict of interest"),
    "interest.end": lazy("Ended a conflict of interest"),
    "staff.train": lazy("Changed what the person is trained for"),
    "case.open": lazy("Opened the case"),
    "case.join": lazy("A report joined the case"),
    "case.take": lazy("Took the case"),
    "case.release": lazy("Gave the case back"),
    "case.want": lazy("Asked a colleague for the case"),
    "case.keep": lazy("Kept the case although a colleague asked for it"),
    "case.hand_over": lazy("Handed the case to a colleague"),
    "case.take_back": lazy("Took the case back from a colleague"),
    "case.hold": lazy("Submitted a decision"),
    "case.undo": lazy("The decision was taken back before it went out"),
    "case.undo_asked": lazy("The decision was taken back before it went out"),
    "case.undo_proposed": lazy("The decision was taken back before it went out"),
    "choice.return": lazy("The decision did not go out and is theirs again"),
    "case.ask": lazy("Asked the reporter"),
    "case.answer": lazy("Answered"),
    "case.resume": lazy("The question fell away with its report"),
    "case.unanswered": lazy("Nobody answered the question in time"),
    "case.wait": lazy("Waits for the answer to a question that came with a report"),
    "case.merge": lazy("Merged the case into another"),
    "case.take_in": lazy("Took another case in"),
    "case.unmerge": lazy("Made it a case of its own again"),
    "case.let_out": lazy("Took a merge apart"),
    "case.split": lazy("Split reports off into a case of their own"),
    "eyes.ask": lazy("Asked for a second pair of eyes"),
    "eyes.answer": lazy("Looked, as a second pair of eyes"),
    "eyes.withdraw": lazy("No longer needs a second pair of eyes"),
    "hearing.file": lazy("Wrote down what is to be heard in a recording"),
    "hearing.test": lazy("Answered whether the voice can be recognised"),
    "hearing.right": lazy("Noted a right that no report is about"),
    "hearing.take_back": lazy("Took back what they wrote of a recording"),
    "case.decide": lazy("Closed the review with a decision"),
    "case.withdraw": lazy("Closed the case: every report was withdrawn"),
    "case.propose": lazy("Proposed a decision to a second person"),
    "case.refuse": lazy("Did not agree to what was proposed"),
    "case.outdate": lazy("The proposal fell away: the case had changed"),
    "case.interim": lazy("Put a provisional measure in place"),
    "case.cure": lazy("Closed the case: the account put it right"),
    "case.lapse": lazy("Closed the case: nothing that was missing came"),
    "case.reopen": lazy("Opened the case again"),
    "case.appeal": lazy("Decided again after an appeal"),
    "case.restore": lazy("Took the measures back"),
    "case.close": lazy("Closed the case: every window is over"),
    "case.refer": lazy("Handed the case to an authority"),
    "notice.return": lazy("Sent the notice back to be completed"),
    "notice.complete": lazy("Completed the notice"),
    "notice.lapse": lazy("The notice lapsed: nobody completed it"),
    "notice.reopen": lazy("Took the lapsed notice up again"),
    "notice.forward": lazy("Forwarded the notice to the account"),
    "message.handle": lazy("Dealt with a late message"),
    "clock.start": lazy("Clocks started"),
    "clock.end": lazy("Clocks ended"),
    "clock.pause": lazy("Clocks stand still"),
    "clock.resume": lazy("Clocks go on"),
    "clock.restart": lazy("A clock starts anew"),
    "clock.cancel": lazy("Clocks fell away"),
    "clock.breach": lazy("A time limit was missed"),
    "registration.add": lazy("Registered a work or virtual human"),
    "registration.add_item": lazy("Added a reference file to a registration"),
    "registration.end": lazy("Ended a registration"),
    "block.open": lazy("Copies of the content are kept out from now on"),
    "block.end": lazy("Copies of the content are no longer kept out"),
    "block.sighting": lazy("The blocked content was reported again"),
    "block.seen": lazy("Content blocked in an earlier case was found in this one"),
    "decision.make": lazy("Made a decision"),
    "strike.remove": lazy("Took the points back"),
    "proposal.make": lazy("Proposed a decision to a second person"),
    "proposal.agree": lazy("Agreed to the proposed decision"),
    "proposal.refuse": lazy("Did not agree to the proposed decision"),
    "proposal.outdate": lazy("The proposed decision no longer fits"),
    "message.write": lazy("Wrote a message"),
    "reporter.identify": lazy("Looked at who the reporter is"),
    "evidence.open": lazy("Opened a file of a sealed kind"),
    "evidence.drop": lazy("Took a file back"),
    "evidence.erase": lazy("Erased the file"),
    "consent.give": lazy("Gave a separate consent"),
    "consent.withdraw": lazy("Took a consent back"),
    "template.make": lazy("Measured a face or a voice, with consent"),
    "template.delete": lazy("Deleted what was measured of a face or a voice"),
    "match.set_aside": lazy("Set a match aside for the claimant"),
    "match.count_again": lazy("Let a match count again"),
    "rescan.start": lazy("Let a detector look at everything again"),
    "rescan.pause": lazy("Paused looking again"),
    "rescan.resume": lazy("Let looking again go on"),
    "thresholds.move": lazy("Moved a detector's bands"),
    "match.blank": lazy("Took out what a comparison had found"),
    "draft.erase": lazy("Erased a forgotten draft"),
    "task.retry": lazy("Restarted a parked task"),
    "statements.export": lazy("Took statements for the EU database"),
    "reporter.search": lazy("Looked for the cases of a reporter by address"),
    "bulk.start": lazy("Began an act on many cases"),
    "bulk.do": lazy("Done together with other cases"),
    "bulk.finish": lazy("Finished an act on many cases"),
    "bulk.undo": lazy("Began to undo an act on many cases"),
    "bulk.undo_case": lazy("Undone together with other cases"),
    "audit.verify": lazy("Checked the audit chain"),
    "staff.add": lazy("Added a person to the desk"),
    "staff.sign_in": lazy("Signed in"),
    "staff.sign_in_failed": lazy("A sign-in failed"),
    "staff.sign_out": lazy("Signed out"),
    "staff.revoke": lazy("Ended all sign-ins"),
    "staff.passwd": lazy("Set a new password"),
    "staff.role": lazy("Changed the role"),
    "staff.deactivate": lazy("Closed the desk to a person"),
    "staff.activate": lazy("Let a person back in"),
    "subject.capture": lazy("Captured the content from its platform"),
    "platform.connect": lazy("Connected a platform"),
    "event.deliver": lazy("The platform took the message"),
    "event.resend": lazy("Sent the notice to the account's platform again"),
    "event.fail": lazy("Gave up sending the message"),
    "letter.write": lazy("Wrote a letter"),
    "letter.send": lazy("Sent a letter"),
    "letter.fail": lazy("Gave up sending a letter"),
    "letter.stop": lazy("Wants no further letter of this kind"),
    "effect.deliver": lazy("The platform took the measure"),
    "effect.confirm": lazy("Read back: the measure holds"),
    "effect.drift": lazy("Read back: the measure no longer holds"),
    "effect.miss": lazy("Read back: the measure does not show"),
    "effect.fail": lazy("The measure did not reach the platform"),
    "effect.end": lazy("Its time is over: the platform is asked to lift it"),
    "effect.lift": lazy("Read back: the measure is lifted"),
    "effect.replace": lazy("The measure is over; nothing had to be sent"),
    "effect.undo": lazy("The measure is taken back"),
    "effect.resend": lazy("Sent the measure again"),
    "effect.read_now": lazy("Asked the platform whether the measure holds"),
    "effect.say_done": lazy("The platform says the measure is carried out"),
    "proof.add": lazy("Put a paper into the proof drawer"),
    "counter.identify": lazy("Looked at who sent the counter-notice"),
    "counter.file": lazy("Sent a counter-notice"),
    "counter.complete": lazy("Added to the counter-notice"),
    "counter.forward": lazy("Forwarded the counter-notice to the claimants"),
    "counter.mail": lazy("The mail server took the copy for a claimant"),
    "counter.arrive": lazy("The copy has arrived at a claimant"),
    "counter.hold": lazy("Showed a suit or a complaint: the content stays down"),
    "counter.give_up": lazy("Gave the claim up"),
    "counter.extend": lazy("Extended the waiting time"),
    "counter.restore": lazy("The counter-notice ended: the content comes back"),
    "counter.refuse": lazy("The counter-notice ended: the content stays down"),
    "counter.withdraw": lazy("Took the counter-notice back"),
    "appeal.file": lazy("Appealed"),
    "appeal.take": lazy("Took the appeal"),
    "appeal.release": lazy("Gave the appeal back"),
    "appeal.find": lazy("Made findings of their own"),
    "appeal.decide": lazy("Decided the appeal"),
    "cure.offer": lazy("Offered the account to put it right"),
    "cure.take": lazy("The account put it right"),
    "cure.lapse": lazy("The account did not put it right in time"),
    "cure.withdraw": lazy("The offer to put it right was taken back"),
    "label.recheck": lazy("Read the platform's copy again after the account put its label"),
    "look.draw": lazy("Drew a decided case for a second, blind look"),
    "look.take": lazy("Began a blind look"),
    "look.release": lazy("Gave a blind look back"),
    "look.find": lazy("Answered a blind look"),
    "look.let_go": lazy("The blind look fell away"),
    "golden.mark": lazy("Marked a golden case"),
    "golden.retire": lazy("Withdrew a golden case"),
    "note.open": lazy("People read a rule differently: a note was opened"),
    "note.answer": lazy("Answered a note on a rule"),
    "live.challenge": lazy("Asked for a live sign of a person"),
    "live.pass": lazy("A person answered on the live stream"),
    "live.fail": lazy("Nobody answered on the live stream"),
}
OBJECTS = {
    "case": lazy("Case"),
    "registration": lazy("Registration"),
    "report": lazy("Report"),
    "decision": lazy("Decision"),
    "action": lazy("Measure"),
    "counter": lazy("Counter-notice"),
    "appeal": lazy("Appeal"),
    "letter": lazy("Letter"),
    "evidence": lazy("File"),
    "subject": lazy("Content"),
    "staff": lazy("Staff"),
    "bulk": lazy("Act on many cases"),
    "reporter": lazy("Reporter"),
    "platform": lazy("Platform"),
    "event": lazy("Message"),
    "task": lazy("Task"),
    "draft": lazy("Draft"),
    "standing": lazy("Standing"),
    "audit": lazy("Audit chain"),
    "statements": lazy("Statements"),
    "offer": lazy("Offer to put it right"),
    "challenge": lazy("Live challenge"),
    "proposal": lazy("Proposal"),
    "clock": lazy("Clock"),
    "consent": lazy("Consent"),
    "look": lazy("Blind look"),
    "golden": lazy("Golden case"),
    "note": lazy("Note on a rule"),
}
KINDS = {
    "reporter": lazy("Reporter"),
    "respondent": lazy("Respondent"),
    "partner": lazy("Platform"),
    "system": lazy("Redress"),
    "staff": lazy("Staff"),
}


@dataclass(frozen=True)
class Line:
    """One entry as a page shows it."""

    id: int
    when: str
    iso: str
    who: str
    what: str
    detail: str
    object_kind: str
    object_id: str
    object_name: str


def acts(entries: Sequence[AuditEntry]) -> list[AuditEntry]:
    """What somebody did, without what the clocks did because of it."""
    return [entry for entry in entries if not entry.verb.startswith("clock.")]


def lines(entries: Sequence[AuditEntry]) -> list[Line]:
    """Entries in words; the names of people, cases, measures and letters are read in a query each for all of them."""
    people = {e.actor_id for e in entries if e.actor_kind == "staff"}
    names = staff.names(people | {e.object_id for e in entries if e.object_kind == "staff"})
    names |= queries.references(e.object_id for e in entries if e.object_kind in ("case", "report"))
    names |= lists.appeal_names(e.object_id for e in entries if e.object_kind == "appeal")
    names |= lists.counter_cases(e.object_id for e in entries if e.object_kind == "counter")
    measures = queries.actions_named(e.object_id for e in entries if e.object_kind == "action")
    told = {action_id: words.action(kind, days) for action_id, (kind, days) in measures.items()}
    told |= queries.letters_named(e.object_id for e in entries if e.object_kind == "letter")
    return [
        Line(
            id=e.id,
            when=when(e.at),
            iso=e.at.isoformat(),
            who=names.get(e.actor_id) or str(KINDS.get(e.actor_kind, e.actor_kind)),
            what=str(VERBS.get(e.verb, e.verb)),
            detail=told.get(e.object_id) or detail(e.verb, e.facts),
            object_kind=str(OBJECTS.get(e.object_kind, e.object_kind)),
            object_id=e.object_id,
            object_name=names.get(e.object_id) or told.get(e.object_id) or _nameless(e),
        )
        for e in entries
    ]


def _nameless(entry: AuditEntry) -> str:
    """What has neither name nor reference: its own short id only where somebody may want to look for it."""
    return "" if entry.object_kind in ("decision", "standing", "event") else entry.object_id[:8]
