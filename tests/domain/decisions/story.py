"""Short ways to a case about one account's content, and to a choice about it."""

from __future__ import annotations

from tests.builders import file_report
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.cases.service import take
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.rules import Choice
from webapp.domain.decisions.service import decide
from webapp.domain.reports.models import Respondent
from webapp.domain.staff.models import Staff

ACCOUNT = "acc"
NEVER_WARNED = "A false lottery; it cannot wait for a warning."  # what suspending or closing at once is put down to


def account() -> Respondent:
    """The account behind everything here: @copycat."""
    found = db.session.get(Respondent, ACCOUNT)
    return found or Respondent(
        id=ACCOUNT, platform="demo", account_ref="a1", handle="@copycat", name="Copy Cat", email="cat@example.org"
    )


def opened(staff: Staff | None = None, **answers: object) -> Case:
    """A case with one whole notice about content of the account; `staff` takes it."""
    receipt = file_report(**answers)  # type: ignore[arg-type]  # answers of the form, by keyword
    with transaction():
        found = cases.case_of(receipt.report.id)
        found.subject.respondent = account()
        if staff is not None:
            take(found.id, staff)
    return found


def choice(case: Case, *actions: tuple[str, int | None], **changes: object) -> Choice:
    """Upheld for the case's own kind, with the content removed, unless said otherwise; a suspension or closure says why
    it comes without a warning."""
    values: dict[str, object] = {
        "findings": {r.id: "supported" for r in cases.active_reports(case.id)},
        "ground": case.kind,
        "actions": actions or (("remove", None),),
        "reason": "The same painting, mirrored.",
        "set_aside": NEVER_WARNED if {"suspend", "close"} & {kind for kind, _days in actions} else "",
    }
    return Choice(**(values | changes))  # type: ignore[arg-type]  # built from keywords


def dismissed(case: Case, **changes: object) -> Choice:
    """No report supported."""
    findings = {r.id: "not_supported" for r in cases.active_reports(case.id)}
    return choice(case, findings=findings, ground="", actions=(), **changes)


def decided(case: Case, staff: Staff, what: Choice | None = None) -> Decision:
    """The case decided by one person."""
    with transaction():
        made = decide(case.id, staff, case.version, what or choice(case))
    assert isinstance(made, Decision)
    return made


def kinds(decision: Decision) -> list[str]:
    """The measures and inverses a decision carries."""
    return [a.kind for a in decision.actions]
