"""The tracking page as a whole: the report, how it stands, what waits for the reporter, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import render_template, url_for

from webapp.core.forms import Form
from webapp.core.i18n import _, pick, when
from webapp.domain.appeals import blind
from webapp.domain.cases import queries as cases
from webapp.domain.cases import returns
from webapp.domain.cases.models import CaseReport
from webapp.domain.cases.questions import due_at_latest
from webapp.domain.cases.rules import priority_of
from webapp.domain.clocks import queries as clocks
from webapp.domain.decisions import queries as decisions
from webapp.domain.matching.queries import scans_of
from webapp.domain.notifications import rulings
from webapp.domain.notifications.service import stopped
from webapp.domain.partners.queries import effects_of
from webapp.domain.policy.queries import book
from webapp.domain.reports import queries as reports
from webapp.domain.reports.models import Report
from webapp.domain.reports.streams import stream_facts
from webapp.public import completing as completion
from webapp.public import conducted, history, measured, more, story, suits, telling
from webapp.public.forms import AnswerForm
from webapp.public.replies import SuitForm
from webapp.public.show import groups
from webapp.public.steps import content_words
from webapp.public.uploads import way


def gather(report: Report) -> story.Facts:
    """All the story of a report is told from, read from the rooms."""
    case = cases.case_of(report.id)
    entry = cases.entry_of(report.id)
    items = reports.items_of(report.id)
    own = [item for item in items if item.source == "reporter"]
    done = [s.finished_at for found in scans_of([i.id for i in items]).values() for s in found if s.finished_at]
    clock = clocks.get(f"report:{report.id}", "DECISION")
    promised = report.received_at + timedelta(hours=book().priorities[priority_of(report, book())].decision_hours)
    appeal = blind.door(case.id, blind.reporter(report.id)).sent
    counter = suits.copy(report)
    return story.Facts(
        received_at=report.received_at,
        due_at=due_at_latest(clock) if clock is not None else promised,
        stands_still=clock is not None and clock.state == "paused",
        asked_other=clock is not None and any(p.reason == "asked_respondent" and not p.until_at for p in clock.pauses),
        entry=entry,
        case=case,
        messages=cases.messages(case.id, report_id=report.id),
        returns=[found for found in returns.returns_of(case.id) if found.report_id == report.id],
        compared_at=max(done, default=None),
        added_at=[item.received_at for item in own if item.received_at > report.received_at],
        ruled=_ruled(report, entry),
        counter=counter.state if counter and counter.can_give_up else "",
        appeal=appeal.state if appeal else "",
        more=[*suits.events(report), *(history.appeal_events(appeal) if appeal else [])],
    )


def _ruled(report: Report, entry: CaseReport) -> list[story.Ruled]:
    found = []
    for decision in decisions.all_of(entry.case_id):
        if telling.answers(decision, report, entry):
            finding = next((f.answer for f in decision.findings if f.report_id == report.id), "")
            hers = finding == "supported" or decision.stage not in ("first", "appeal")
            found.append(story.Ruled(decision, finding, effects_of(decision.id) if hers else ()))
    return found


def show(
    report: Report,
    form: AnswerForm | None = None,
    *,
    file_errors: Sequence[str] = (),
    completing: Form | None = None,
    completing_errors: Mapping[str, Sequence[str]] | None = None,
    suit: SuitForm | None = None,
    suit_errors: Sequence[str] = (),
    standing_errors: Sequence[str] = (),
    status: int = 200,
) -> tuple[str, int]:
    """The tracking page; a form that was refused comes back with what was typed."""
    facts = gather(report)
    words, tone = story.state(facts)
    own = [item for item in reports.items_of(report.id) if item.source == "reporter"]
    lacking = completion.waiting(report) if facts.waits else None
    page = render_template(
        "public/report.html",
        section="track",
        reference=report.reference,
        form=form or AnswerForm(formdata=None),
        file_errors=list(file_errors),
        sending=way(f"report:{report.id}", "report", report.reference),
        state_words=words,
        state_tone=tone,
        kind_words=pick(book().kinds[report.kind].words),
        tip=report.mode == "tip",
        question=story.open_question(facts),
        lacking=lacking,
        lacking_left=completion.days_left(lacking.days) if lacking else "",
        completing=completing or (lacking.form(formdata=None) if lacking else None),
        completing_errors=completing_errors or {},
        lapsed=completion.lapsed(report, facts.entry),
        reopen_days=book().numbers.reopen_days,
        counter=suits.copy(report),
        suit=suit or SuitForm(formdata=None),
        suit_errors=list(suit_errors),
        next_words=story.coming(facts),
        story=story.timeline(facts),
        rulings=telling.for_reporter(report, facts.entry, facts.case),
        messages=[more.line(m) for m in facts.messages],
        can_answer=facts.entry.withdrawn_at is None,
        can_add=facts.waits,
        sealed=book().kinds[report.kind].sealed,
        can_withdraw=facts.waits,
        standing=completion.standing(report, facts.waits and lacking is None),
        standing_errors=list(standing_errors),
        conduct=conducted.steps(report),
        measured=measured.panel(report),
        facts=_sent(report),
        file_groups=groups(own, lambda i: url_for("public.report_preview", reference=report.reference, evidence_id=i)),
        **_contesting(report, facts),
    )
    return page, status


def _contesting(report: Report, facts: story.Facts) -> dict[str, Any]:
    """Her appeal, or until when she can send one; the one later letter, which she can stop."""
    door = blind.door(facts.case.id, blind.reporter(report.id))
    finding = facts.ruled[-1].finding if facts.ruled else ""
    later = rulings.follow_up_link(report, finding)
    if later and stopped("follow_up", f"reporter:{report.id}"):
        later = ""
    return {
        "appeal": telling.appeal_state(door.sent, history.appeal_due(door.sent)) if door.sent else None,
        "appeal_until": when(door.until) if door.open else "",
        "found_right": finding == "supported",
        "stop_link": urlsplit(later)._replace(scheme="", netloc="").geturl() if later else "",
    }


def _sent(report: Report) -> list[tuple[str, str]]:
    subject = report.subject
    return [
        (_("Sent on"), when(report.received_at)),
        (_("Content"), content_words(subject.platform, subject.content_ref)),
        (_("Address"), subject.address),
        (_("Your work"), report.work_title),
        (_("What is wrong"), report.wrong),
        (_("Time position"), report.time_position),
        *stream_facts(report),
        (_("What shows it"), report.source),
    ]
