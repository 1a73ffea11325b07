"""The letters an appeal's result would send, before it is decided: the same templates, nothing written."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.core.links import public
from webapp.domain.appeals.models import Appeal
from webapp.domain.cases import queries as cases
from webapp.domain.decisions.rules import Outcome
from webapp.domain.notifications.contexts import reporter, respondent
from webapp.domain.notifications.previews import Preview, ToReporter
from webapp.domain.notifications.rendering import Rendered, render
from webapp.domain.notifications.rulings import statement_letter
from webapp.domain.notifications.service import content, language


def preview_appeal(appeal: Appeal, result: str, outcome: Outcome, reason: str, language_code: str) -> Preview:
    """What both sides would read in one language. `result` is 'upheld', 'varied' or 'reversed'; `reason` is why it is
    left as it was (a changed decision carries its own)."""
    code = language(language_code)
    before = {finding.report_id: finding.answer for finding in appeal.decision.findings}
    return Preview(
        tuple(_reporters(appeal, result, outcome, before, reason, code)),
        _respondent(appeal, result, outcome, reason, code),
    )


def _reporters(
    appeal: Appeal, result: str, outcome: Outcome, before: Mapping[str, str], reason: str, code: str
) -> list[ToReporter]:
    letters = []
    for report in cases.active_reports(appeal.case_id):
        answer, mine = outcome.findings.get(report.id, ""), appeal.party == f"reporter:{report.id}"
        concerns = result != "upheld" and "supported" in (answer, before.get(report.id))
        if not answer or not (mine or concerns):
            continue
        why = reason if mine and result == "upheld" else ""
        context = reporter.judged(outcome, report, answer, result, why, code, appeal_reference=appeal.reference)
        letter = render("appeal_to_party" if mine else "appeal_to_other", code, context)
        letters.append(ToReporter(report.id, report.reference, letter))
    return letters


def _respondent(appeal: Appeal, result: str, outcome: Outcome, reason: str, code: str) -> Rendered | None:
    mine, case = appeal.party == "respondent", appeal.case
    restricted = bool(appeal.decision.statements or outcome.statements)  # as notifications.replies tells it
    if not mine and (result == "upheld" or not restricted):
        return None
    told = content(case, public(f"/respond/{case.reference}?token=…"))  # signed only in the letter itself
    if not mine and not appeal.decision.statements and outcome.statements:
        name, context = statement_letter(outcome, case, told, code)
        return render(name, code, context)
    why = reason if result == "upheld" else outcome.reason
    context = respondent.judged(
        told, outcome, result, why, code, appeal_reference=appeal.reference, may_appeal=not mine
    )
    return render("appeal_to_party" if mine else "appeal_to_other", code, context)
