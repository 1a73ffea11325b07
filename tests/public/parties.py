"""Both sides of a case as browsers: the reporter with her secret, the account with its letter's link, a desk to act."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from werkzeug.test import TestResponse

from tests.builders import file_report
from tests.conftest import Cast
from tests.public.conftest import Visitor, said
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.rules import Choice
from webapp.domain.decisions.service import decide
from webapp.domain.intake.service import Receipt
from webapp.domain.partners.queries import answer_url
from webapp.domain.reports.models import Respondent

MONDAY = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)  # noon in Shanghai, ten days before Thanksgiving


def filed(visitor: Visitor, **answers: object) -> Receipt:
    """A report about content of a known account, opened by the reporter with her secret."""
    proofs = answers.pop("proofs", None)
    receipt = file_report(proofs=proofs, **answers)  # type: ignore[arg-type]  # a mapping or None
    case = cases.case_of(receipt.report.id)
    with transaction():
        subject = cases.get(case.id).subject
        subject.title = "Dusk on the lake"
        subject.respondent = db.session.get(Respondent, "acc") or Respondent(
            id="acc", platform="demo", account_ref="a1", handle="@chenmo", name="Chen Mo", email="chen.mo@example.org"
        )
    answer = visitor.post("/track", {"reference": receipt.reference, "secret": receipt.secret})
    assert answer.location == f"/track/{receipt.reference}", said(answer)
    return receipt


def the_case(receipt: Receipt) -> Case:
    """The report's case as it is now."""
    db.session.rollback()
    return cases.case_of(receipt.report.id)


def lets_in(visitor: Visitor, case: Case) -> str:
    """The account follows its letter's link; gives the page's address."""
    answer = visitor.get(answer_url(case).removeprefix("http://localhost"))
    assert answer.location == f"/respond/{case.reference}"  # the token does not stay in the address bar
    return answer.location


def taken(case: Case, cast: Cast) -> Case:
    """Rui holds the case."""
    with transaction():
        case_verbs.take(case.id, cast.rui)
    return cases.get(case.id)


def decided(case: Case, cast: Cast, **changes: object) -> Decision:
    """Rui decides: right, and removed, for every report unless changed."""
    case = taken(case, cast)
    values: dict[str, object] = {
        "findings": {report.id: "supported" for report in cases.active_reports(case.id)},
        "ground": case.kind,
        "actions": [("remove", None)],
        "reason": "The picture is a mirrored copy.",
    }
    with transaction():
        made = decide(case.id, cast.rui, case.version, Choice(**(values | changes)))  # type: ignore[arg-type]  # keywords
    assert isinstance(made, Decision)
    return made


def rejected(case: Case, cast: Cast) -> Decision:
    """Rui finds nothing in any report."""
    findings = {report.id: "not_supported" for report in cases.active_reports(case.id)}
    return decided(case, cast, findings=findings, ground="", actions=[], reason="Two different pictures.")


def page(visitor: Visitor, path: str) -> str:
    """What a page says."""
    answer = visitor.get(path)
    assert answer.status_code == 200, said(answer)
    return said(answer)


def sends(visitor: Visitor, path: str, data: Mapping[str, object] | None = None) -> TestResponse:
    """Send a form that must be accepted."""
    answer = visitor.post(path, dict(data or {}))
    assert answer.status_code == 302, f"{answer.status_code} {said(answer)}"
    return answer


def names(html: str) -> set[str]:
    """Names of the fields a page's forms ask for."""
    return set(re.findall(r'<(?:input|textarea|select)[^>]*\bname="([^"]+)"', html)) - {"csrf_token"}
