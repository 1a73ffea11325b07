"""What the desk says to every refusal of the rooms, by its code."""

from __future__ import annotations

from typing import Any

from webapp.core.errors import DomainError
from webapp.core.i18n import lazy

GENERAL = lazy("That is not possible as things stand now. Please look at the page again.")

SENTENCES: dict[str, Any] = {
    # Signing in
    "wrong_sign_in": lazy("Address and password do not match."),
    "too_many_sign_ins": lazy("Too many attempts from this connection. Please wait an hour, or ask an administrator."),
    "page_too_old": lazy("This page was open too long to be sent safely. Please reload it and send it again."),
    "not_your_role": lazy("Your role does not include this. A lead or an administrator can do it."),
    # Blind looks, golden cases, notes on rules
    "no_such_look": lazy("There is no blind look with this reference, or it is somebody else's."),
    "look_over": lazy("This blind look is over."),
    "look_why_missing": lazy("Please say in a sentence why."),
    "no_such_note": lazy("There is no such note."),
    "note_answered_already": lazy("Somebody answered this note meanwhile."),
    "golden_not_closed": lazy("Only a closed case can be a golden one: whoever looks at it can decide no appeal."),
    "golden_sealed": lazy("Nobody is shown content of a sealed kind only to compare answers."),
    "golden_already": lazy("This case is a golden one already."),
    # The case
    "no_such_case": lazy("There is no case with this reference."),
    "no_such_report": lazy("This report is not part of the case any more; perhaps it was withdrawn."),
    "no_such_media": lazy("There is no preview of this file, or it was taken back."),
    "case_not_open": lazy("This case is no longer open."),
    "claimed_by_other": lazy("%(name)s is working on this case right now."),
    "claim_lost": lazy("Your hold on this case has run out. Take it again to go on; nothing you typed is lost."),
    "choice_waits": lazy("You decided this case already; it goes out in a moment. Undo that first."),
    "undo_over": lazy("This can no longer be taken back."),
    "undone_already": lazy("You took this back already."),
    "went_out": lazy("Too late: the decision has gone out."),
    "came_back_already": lazy("This decision did not go out: the case had changed. What you typed is kept there."),
    "not_your_choice": lazy("Only who submitted it can take it back."),
    "no_such_choice": lazy("There is no such decision to take back."),
    "draft_too_long": lazy("This is too much to keep as a draft. Please shorten it; nothing is cut."),
    "nobody_holds": lazy("Nobody holds this case any more. Take it."),
    "wanted_already": lazy("%(name)s has asked for this case already."),
    "yours_already": lazy("You hold this case yourself."),
    "hand_to_another": lazy("Please choose somebody other than yourself."),
    "cannot_review": lazy("%(name)s does not decide cases."),
    "colleague_missing": lazy("Please choose a colleague."),
    "colleague_cannot_take": lazy("%(name)s cannot take cases like this one. Please choose somebody else."),
    "handed_taken": lazy("Your colleague has begun already."),
    "no_such_handover": lazy("There is nothing to take back."),
    "case_withdrawn": lazy("The last report was withdrawn meanwhile. There is nothing left to decide."),
    "decided_already": lazy("This case was decided while you were working on it."),
    "case_changed": lazy("The case changed while you were working on it. Please look at it again before you decide."),
    "changed_meanwhile": lazy(
        "The case changed while you were working on it. Please look at it again before you decide."
    ),
    "cannot_ask": lazy("No question can be asked in a case that is closed."),
    "cannot_decide": lazy("This case cannot be decided in its present state."),
    "cannot_ask_them": lazy("This colleague cannot be asked to look at this case. Please choose somebody else."),
    "not_asked_of_you": lazy("Somebody else was asked to look."),
    "heard_missing": lazy("Please write what is to be heard."),
    "no_such_recording": lazy("There is no such recording in this case, or it was taken back."),
    "no_such_heard": lazy("There is no such note."),
    "note_not_yours": lazy("Only who wrote a note can take it back."),
    "test_unanswered": lazy("Please answer every question; “Cannot tell” is an answer too."),
    "no_such_right": lazy("The rule book knows no such right."),
    "right_noted": lazy("Somebody has noted this already."),
    "eyes_finding_missing": lazy("Please choose what you see."),
    "eyes_withdrawn": lazy("Your colleague no longer needs a second pair of eyes here."),
    "eyes_answered": lazy("Somebody has answered already."),
    "no_such_eyes": lazy("Nobody asked this."),
    "eyes_not_yours": lazy("Only whoever asked can do this."),
    "merge_same": lazy("This is the same case."),
    "merge_not_open": lazy(
        "Only open cases can be merged: %(reference)s, or this one, is decided, closed, or waits for a second person."
    ),
    "merge_other_account": lazy(
        "The contents belong to two accounts. Each has a right to a decision of its own, so these stay two cases."
    ),
    "merge_other_platform": lazy("The contents are on two platforms; a measure reaches only one. They stay two cases."),
    "merge_other_way": lazy(
        "Only the content of %(reference)s is known to its platform, so only there a measure reaches it. "
        "Merge this case into that one instead."
    ),
    "merge_anchored": lazy(
        "A provisional measure, an offer to the account or a live challenge hangs on %(reference)s and cannot move. "
        "Merge this case into that one instead."
    ),
    "merge_other_content": lazy("These are two contents. Please tick that you looked at both."),
    "merge_undone": lazy("These cases were taken apart already."),
    "no_such_merge": lazy("Nothing was merged here."),
    "unmerge_too_late": lazy("The case has moved on: decided, proposed, or merged into another. It stays one case."),
    "split_not_open": lazy("Only an open case can be split."),
    "split_takes_nothing": lazy("Please tick at least one report that stands."),
    "split_leaves_nothing": lazy("At least one report has to stay."),
    "question_missing": lazy("Please write the question."),
    "question_too_long": lazy(
        "The question has %(length)s characters; at most %(limit)s fit. Please shorten it; nothing is cut."
    ),
    "text_too_long": lazy(
        "The text has %(length)s characters; at most %(limit)s fit. Please shorten it; nothing is cut."
    ),
    "registration_number_missing": lazy("Please give the number under which it is registered."),
    "registration_title_missing": lazy("Please give the title."),
    "registration_holder_missing": lazy("Please say who holds it."),
    "registration_kind_unknown": lazy("Please choose what is registered."),
    "registration_too_long": lazy("Number, title and holder may have at most %(limit)s characters."),
    "registration_date_wrong": lazy("Please give a day that does not lie ahead."),
    "registration_number_taken": lazy("Something else is registered under %(number)s."),
    "registration_ended": lazy("This registration has ended."),
    "registration_file_missing": lazy("Please choose a reference file."),
    "no_such_registration": lazy("There is no such registration."),
    "media_sealed": lazy(
        "This file is shown only after you said why you have to see it. Open it on the page of its case."
    ),
    "setting_unknown": lazy("One of these choices is not offered. Please choose again."),
    "pause_choice_unknown": lazy("Please choose how to go on."),
    "why_open_missing": lazy("Please say why you have to see this file."),
    "already_forwarded": lazy("This notice was forwarded already."),
    "already_returned": lazy("This notice was sent back already and waits to be completed."),
    "authority_missing": lazy("Please name the authority."),
    "cannot_handle": lazy("This message was written by the desk itself."),
    "cannot_propose": lazy("Nothing can be proposed in this case as it stands."),
    "cannot_reopen": lazy("This notice has not lapsed, so there is nothing to take up again."),
    "missing_nothing": lazy("Please tick at least one item that is missing."),
    "missing_unknown": lazy("The rule book does not know one of the missing items."),
    "no_such_message": lazy("There is no such message."),
    "notice_not_complete": lazy("This notice still lacks something. It can be forwarded once it is complete."),
    "tip_needs_nothing": lazy("This is a tip: it needs no papers. Ask a question instead."),
    "tip_not_forwarded": lazy("A tip is not forwarded to the account."),
    "window_open": lazy("Somebody may still appeal or answer, so this case stays open."),
    "why_missing": lazy("Please say why you need to see who it is."),
    # Queues
    "queue_role": lazy("This queue is not open to your role."),
    "queue_skill": lazy("This queue asks for a training that is not noted for you. An administrator can note it."),
    "queue_language": lazy("This queue asks for a language that is not noted for you."),
    "interest_declared": lazy("A conflict of interest is noted for you here, so a colleague takes this case."),
    "no_such_queue": lazy("There is no such queue."),
    "same_queue": lazy("The case is in this queue already."),
    "nowhere_to_escalate": lazy("There is no queue to pass this case on to."),
    "reroute_why_missing": lazy("Please say why, in a few words; whoever takes the case reads it."),
    "skip_why_missing": lazy("Please choose why you pass this case over."),
    "interest_kind": lazy("Please choose what the conflict of interest is about."),
    "interest_unknown": lazy("Nothing here has that name. Check it, or give the reference of a case."),
    "interest_why_missing": lazy("Please say in a few words what connects the person with it. Only leads read this."),
    "interest_of_lead": lazy("A lead declared this, so a lead has to end it."),
    "no_such_interest": lazy("There is no such conflict of interest."),
    "skill_unknown": lazy("The rule book does not know one of the skills."),
    "reads_nothing": lazy("Please tick at least one language the person reads."),
    # Standing and misuse of reporting
    "no_such_standing": lazy("There is no such standing."),
    "day_unreadable": lazy("Please choose a day, or write it as year-month-day."),
    "level_unknown": lazy("Please choose how surely it was checked."),
    "scope_unknown": lazy("The rule book does not know one of the kinds in the scope."),
    "term_missing": lazy("Please give the day until which the authority runs."),
    "term_over": lazy("This authority has run out already. Ask for a new one."),
    "refusal_missing": lazy("Please say why the papers do not show it."),
    "mark_reason_missing": lazy("Please say why this report is a misuse. The reporter will read it."),
    "mark_exempt": lazy("A report of this kind made in good faith never counts against anyone."),
    # Detectors and their bands
    "no_such_detector": lazy("There is no such detector."),
    "no_such_rescan": lazy("This detector was never told to look again."),
    "nothing_behind": lazy("Nothing is behind: its present version has looked at everything."),
    "rescan_not_running": lazy("It is not running."),
    "rescan_not_paused": lazy("It is not paused."),
    "threshold_unknown": lazy("The rule book knows no bands of this detector."),
    "thresholds_wrong": lazy("Please give three numbers that grow: strong, possible, weak; none below zero."),
    "threshold_unexplained": lazy(
        "Please say why, in %(shortest)s to %(longest)s characters. It is kept with the change."
    ),
    "threshold_unchanged": lazy("These are the bands in force already."),
    "set_aside_unexplained": lazy("Please choose why this match is wrong for this claimant."),
    "set_aside_already": lazy("This was set aside for this claimant already."),
    "account_unknown": lazy("The account behind the content is not known, so nothing can be set aside for all of it."),
    "no_such_match": lazy("There is no such comparison in this case."),
    "no_suppression": lazy("There is nothing set aside under this number."),
    "note_too_long": lazy("The note is too long: %(longest)s characters at most."),
    # The decision
    "finding_missing": lazy("Please answer every report: supported, not supported, or cannot tell."),
    "reason_too_long": lazy("The reason or the note is too long: %(limit)s characters at most."),
    "standing_refused": lazy(
        "The standing of %(reference)s was refused, so it cannot be supported. Check the standing again, or find the "
        "report not supported."
    ),
    "reason_missing": lazy("Please give the reason. Both sides will read it."),
    "ground_missing": lazy("Please choose the rule that was broken."),
    "measure_missing": lazy("A report is supported, so at least one measure has to follow."),
    "measure_without_finding": lazy(
        "No report is supported, so no measure can follow. Untick the measures or change a finding."
    ),
    "measures_contradict": lazy("These measures contradict each other."),
    "measure_not_in_book": lazy("The rule book does not provide this measure for the chosen rule."),
    "measure_hidden": lazy("This measure is not offered in this queue."),
    "apart_missing": lazy(
        "Similar cases were decided otherwise. Please say in one sentence why this one differs; only the desk reads it."
    ),
    "reason_has_gaps": lazy("Please fill in what is still open in the reason: %(gaps)s"),
    "no_such_reason": lazy("The rule book has no such text."),
    "days_missing": lazy("Please choose for how many days."),
    "modifier_unknown": lazy("The rule book does not know this circumstance."),
    "defence_unknown": lazy("The rule book does not know this defence."),
    "set_aside_reason_missing": lazy(
        "The measure you chose for the account is lighter than the ladder says. Choose what the ladder says, or say "
        "why not."
    ),
    "warning_first": lazy(
        "This account was never warned before. Choose something lighter than suspension or closure, or say why the "
        "ladder is set aside."
    ),
    "mark_unknown": lazy("There is no such grade of misuse."),
    "mark_without_dismissal": lazy("Only a report that is not supported can be marked as misuse."),
    # The second person, and provisional measures
    "no_such_proposal": lazy("There is no such proposal."),
    "proposal_answered": lazy("Somebody has answered this proposal already."),
    "second_must_be_another": lazy("The second person must be somebody other than who proposed it."),
    "note_missing": lazy("Please say why you do not agree."),
    "interim_not_in_book": lazy("The rule book does not provide this provisional measure for these reports."),
    "interim_already": lazy("This provisional measure is in force already."),
    "interim_without_end": lazy("The rule book gives provisional measures no end, so none can be taken."),
    "no_such_batch": lazy("There is no such file; make the files again."),
    "no_restriction": lazy("This decision restricts nothing that the EU database knows."),
    "personal_data": lazy("The field “%(field)s” holds personal data (%(what)s), so it cannot be published."),
    "restore_reason_unknown": lazy("There is no such reason to put content back."),
    # Afterwards
    "no_such_action": lazy("There is no such measure."),
    "no_such_task": lazy("There is no such task, or it is not parked any more."),
    "cannot_read": lazy("Nothing was sent to the platform yet, so there is nothing to read back."),
    "cannot_resend": lazy("This measure is not in a state in which it can be sent again."),
    # Appeals
    "no_such_appeal": lazy("There is no such appeal."),
    "you_touched_it": lazy("You worked on this case before, so somebody else has to decide its appeal."),
    "not_yours": lazy("This appeal is not yours. Take it first."),
    "find_first": lazy("Please answer every report yourself first. Then the first decision is shown."),
    "appeal_too_heavy": lazy(
        "A long restriction or a closure needs two people, and you decide an appeal alone. Choose something lighter "
        "for the account and say why the ladder is set aside."
    ),
    "cannot_take": lazy("This appeal was decided already."),
    "cannot_find": lazy("Your findings are made already."),
    "cannot_release": lazy("This appeal cannot be given back any more."),
    "keep_reason_missing": lazy("Please say why you leave it as it was. Whoever appealed reads it."),
    "appeal_nothing": lazy("There is no decision in force that could be appealed."),
    # Counter-notices
    "no_such_counter": lazy("There is no such counter-notice."),
    "not_held": lazy("No proof of a suit or a complaint holds this content down."),
    "cannot_extend": lazy(
        "This waiting time cannot be extended: it was before, it is over, or no such right is at stake."
    ),
    "arrival_unexplained": lazy("Please say how you know that it arrived."),
    "judgment_unexplained": lazy("Please say which judgment or agreement it was, and of which day."),
    "judgment_missing": lazy("Please choose whether the content stays down or comes back."),
    "document_missing": lazy("Please add the document that shows why."),
    "document_refused": lazy("This document cannot be kept: %(why)s"),
    "arrived_already": lazy("It had arrived before."),
    # Putting it right
    "no_cure": lazy("The rule book knows no way to put this right without a decision."),
    "no_account": lazy("The account behind this content is not known, so nothing can be offered to it."),
    "cure_offered_already": lazy("It was offered once already."),
    "cure_too_late": lazy("The time to put it right is over."),
    "no_such_offer": lazy("There is no such offer."),
    "no_challenge": lazy("The rule book has no live challenge for this kind."),
    "no_such_challenge": lazy("There is no such live challenge."),
    "challenge_running": lazy("A live challenge is running already."),
    "no_tries_left": lazy("Every try was failed. Please decide."),
    "cannot_pass": lazy("The time for this live challenge is over. It counts as failed."),
    "cannot_fail": lazy("This live challenge is over already."),
    # Search, basket, acts on many cases
    "no_such_search": lazy("There is no such saved filter any more."),
    "not_your_search": lazy("A colleague keeps this filter; only they can forget it."),
    "search_name_missing": lazy("Please give the filter a name."),
    "search_name_long": lazy("The name may have at most %(longest)s characters."),
    "search_empty": lazy("There is nothing to keep: search for something first."),
    "basket_full": lazy("The basket is full: at most %(most)s cases, so that they can still be looked through."),
    "basket_empty": lazy("None of these cases is in your basket any more."),
    "no_such_bulk": lazy("There is no such act on many cases."),
    "not_your_bulk": lazy("A colleague did this; only they see it and can undo it."),
    "bulk_missing": lazy("Please fill in everything this act asks for."),
    "bulk_urgent": lazy("Urgent kinds are handled one by one."),
    "bulk_sealed": lazy("Sealed kinds are handled one by one."),
    "bulk_needs_second": lazy("This decision needs a second person, so it is made on the case's own page."),
    "bulk_apart": lazy("Similar cases were decided otherwise, so this one is decided on its own page."),
    "bulk_strong_match": lazy("A strong match is looked at by itself before it is turned down."),
    "bulk_still_looking": lazy("Detectors are still looking at its files."),
    "bulk_waits_for_answer": lazy("A question to the reporter waits for its answer."),
    "bulk_proposed": lazy("A decision on this case is waiting already."),
    "bulk_changed": lazy("The case changed after you looked at it."),
    "bulk_for_good": lazy("This cannot be undone."),
    "bulk_nothing_done": lazy("Nothing was changed, so there is nothing to undo."),
    "bulk_runs": lazy("It is still being done. Wait until it is through."),
    # Staff
    "no_such_staff": lazy("There is no such person at the desk."),
    "not_yourself": lazy("You cannot do this to your own account; ask another administrator."),
    "email_wrong": lazy("That is not an e-mail address."),
    "email_taken": lazy("Somebody with this address is already there."),
    "name_missing": lazy("Please give the name colleagues will see."),
    "role_unknown": lazy("There is no such role."),
    "password_short": lazy("The password needs at least %(shortest)s characters."),
    "password_long": lazy("The password may have at most %(longest)s characters."),
}


def sentence(error: DomainError) -> str:
    """The sentence for a refusal, with what it names filled in; a general one for a code without words."""
    text = str(SENTENCES.get(error.code, GENERAL))
    try:
        return text % error.params if "%(" in text else text
    except KeyError:
        return str(GENERAL)


def known(error: DomainError) -> bool:
    """Whether the code has words of its own."""
    return error.code in SENTENCES
