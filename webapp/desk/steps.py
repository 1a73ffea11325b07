"""One way for every small step in a case: hold it, do it, say so; or show the page again with what was typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.core.db import transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.i18n import NATIVE
from webapp.desk.access import me
from webapp.desk.case import explain, page
from webapp.desk.kept import Kept
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.notifications.rendering import Rendered
from webapp.domain.queues import service as queues
from webapp.domain.reports.models import Report

# What is wrong with what was typed, rather than with the moment: answered with 422.
TYPED = frozenset(
    {
        "authority_missing",
        "day_unreadable",
        "eyes_finding_missing",
        "heard_missing",
        "interim_not_in_book",
        "level_unknown",
        "merge_other_content",
        "missing_nothing",
        "note_missing",
        "question_missing",
        "reason_missing",
        "reason_too_long",
        "refusal_missing",
        "split_leaves_nothing",
        "split_takes_nothing",
        "reroute_why_missing",
        "skip_why_missing",
        "term_missing",
        "term_over",
        "test_unanswered",
        "text_too_long",
        "why_missing",
    }
)
LONGEST_TEXT = 2000  # characters of a sentence that goes into a letter, or of a note


@dataclass(frozen=True)
class LetterShown:
    """A letter before it exists: to whom (in words, with a tone), and the letter in one language."""

    to: str
    tone: str
    letter: Rendered


def report_of(case: Case, report_id: str) -> Report:
    """One of the reports the case is about. Raises NotFound('no_such_report')."""
    report = next((r for r in cases.active_reports(case.id) if r.id == report_id), None)
    if report is None:
        raise NotFound("no_such_report")
    return report


def text_of(name: str, longest: int = LONGEST_TEXT) -> str:
    """What was typed, with single line ends. Raises Refused('text_too_long'): nothing is ever cut silently."""
    text = request.form.get(name, "").replace("\r\n", "\n").strip()
    if len(text) > longest:
        raise Refused("text_too_long", limit=longest, length=len(text))
    return text


def again(reference: str, form: str, error: Refused | Conflict | NotFound) -> Any:
    """The case once more: one sentence about what is wrong, and everything typed into `form`."""
    db_fresh = cases.by_reference(reference)
    status = 422 if error.code in TYPED else 404 if isinstance(error, NotFound) else 409
    return page(db_fresh, problem=explain(error, reference), kept=Kept.read(form, request.form), status=status)


def step(reference: str, form: str, work: Callable[[Case], str], *, hold: bool = True) -> Any:
    """Do `work` on the case in one transaction, then say what it gives and show the case. Whoever does it has to hold
    the case (`hold`), and holds it longer; nobody does it who by now has an interest in it, or may not enter its
    queue. A refusal brings the page back with what was typed into `form`."""
    try:
        with transaction():
            case = cases.by_reference(reference)
            if hold:
                case_verbs.require_claim(case.id, me())
                queues.may_take(case, me())
            else:
                queues.impartial(case, me())
            said = work(case)
            if hold:
                case_verbs.renew(case.id, me())
    except (Refused, Conflict, NotFound) as error:
        return again(reference, form, error)
    flash(said, "success")
    anchor = f"report-{request.form['report']}" if request.form.get("report") else None
    return redirect(url_for("desk.case", reference=reference, _anchor=anchor))


def ask_first(
    case: Case,
    form: str,
    *,
    title: str,
    head: str,
    facts: Sequence[tuple[str, str]],
    letters: Callable[[str], Sequence[LetterShown]],
    send: str,
    languages: Sequence[str] = ("zh", "en"),
) -> Any:
    """The page before a step that writes letters: what it does, the letters, and the way back with everything typed."""
    return render_template(
        "desk/case/confirm.html",
        section="queue",
        case=case,
        title=title,
        head=head,
        facts=facts,
        columns=[(code, NATIVE[code], letters(code)) for code in languages],
        send=send,
        kept=Kept.read(form, request.form),
        action=request.path,
    )
