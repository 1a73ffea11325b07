"""Steps against misuse of reporting, as told to whom they are taken against: why, how long, what stays open."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.core.i18n import _, language
from webapp.domain.conduct import queries
from webapp.domain.notifications.contexts import reporter as letters
from webapp.domain.reports.models import Report


@dataclass(frozen=True)
class Step:
    """One step with its numbers (DSA art 23(3))."""

    words: str
    facts: tuple[tuple[str, str], ...]
    open: tuple[str, ...]


def steps(report: Report) -> list[Step]:
    """The steps this report led to, and the one that restricts its reporter now; what was lifted is not told."""
    index = report.standing.reporter.email_index
    current = queries.current(index) if index else None
    taken = [s for s in queries.steps_of(index) if s.lifted_at is None]
    shown = [s for s in taken if s.report_id == report.id or (current is not None and s.id == current.id)]
    marks = queries.marks_of(index) if shown else []
    found = []
    for step in shown:
        told = letters.conduct(step, report, marks, language())
        numbers = _(
            "Reports in the last %(window)s days: %(reports)s. Found to be misuse: %(marks)s.",
            marks=told["marks"],
            reports=told["reports"],
            window=told["window"],
        )
        facts = (
            (_("What we saw"), numbers),
            (_("In detail"), told["grades"]),
            (_("The reviewer's reason"), told["reason"]),
            (_("Ends by itself"), told["until"]),
            (_("If you disagree"), _("Write to us below by %(when)s.", when=told["appeal_until"])),
        )
        found.append(Step(told["step"], facts, tuple(told["exempt"])))
    return found
