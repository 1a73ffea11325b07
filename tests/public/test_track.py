"""Following a report: only with reference and secret, and then what happened, in words, and what comes next."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from tests.builders import picture
from tests.conftest import Cast
from tests.public.conftest import Visitor, said
from webapp.core.db import db, transaction
from webapp.domain.biometrics import queries as biometrics
from webapp.domain.biometrics import service as templates
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.clocks import queries as clocks
from webapp.domain.decisions.rules import Choice
from webapp.domain.decisions.service import decide
from webapp.domain.reports import queries as reports


@pytest.fixture
def filed(visitor: Visitor) -> tuple[str, str]:
    """A report that was just sent: (reference, secret)."""
    return visitor.report()


def the_case(reference: str) -> Case:
    """The case of a report."""
    return cases.case_of(reports.by_reference(reference).id)


def ask(cast: Cast, reference: str, text: str) -> None:
    """A reviewer takes the case and asks the reporter something."""
    with transaction():
        case_verbs.take(the_case(reference).id, cast.rui)
    with transaction():
        case_verbs.ask(the_case(reference), reports.by_reference(reference), cast.rui, text)


def uphold(cast: Cast, reference: str) -> None:
    """A reviewer finds the report right and has the content removed."""
    with transaction():
        case_verbs.take(the_case(reference).id, cast.rui)
    case = the_case(reference)
    findings = {r.id: "supported" for r in cases.active_reports(case.id)}
    choice = Choice(findings, "COPY_IMAGE", [("remove", None)], "The picture is a mirrored copy.")
    with transaction():
        decide(case.id, cast.rui, case.version, choice)


def test_reference_and_secret_open_it_however_they_are_typed(stranger: Visitor, filed: tuple[str, str]) -> None:
    reference, secret = filed
    typed = {"reference": reference.lower().replace("-", " "), "secret": f" {secret.lower()} "}
    assert stranger.post("/track", typed).location == f"/track/{reference}"
    assert "This is my painting, mirrored." in said(stranger.get(f"/track/{reference}"))


@pytest.mark.parametrize("secret", ["", "0000-0000-0000-0000"])
def test_without_the_secret_the_door_stays_shut(stranger: Visitor, filed: tuple[str, str], secret: str) -> None:
    reference, _secret = filed
    page = stranger.post("/track", {"reference": reference, "secret": secret})
    assert page.status_code == 422
    assert reference in page.text
    page = stranger.get(f"/track/{reference}")
    assert "painting" not in page.text
    assert said(page).replace(reference, "") == said(stranger.get("/track/R-0000-0000")).replace("R-0000-0000", "")


@pytest.mark.parametrize("path", ["message", "files", "withdraw"])
def test_nobody_acts_on_the_report_of_another(stranger: Visitor, filed: tuple[str, str], path: str) -> None:
    reference, _secret = filed
    assert stranger.post(f"/track/{reference}/{path}", {"text": "Hello"}).status_code == 404
    assert cases.messages(the_case(reference).id) == []


def test_closing_it_on_this_device_shuts_the_door_again(visitor: Visitor, filed: tuple[str, str]) -> None:
    reference, _secret = filed
    visitor.post("/track/leave")
    assert "painting" not in visitor.get(f"/track/{reference}").text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_tells_what_happened_and_what_is_next(visitor: Visitor, filed: tuple[str, str], lang: str) -> None:
    reference, _secret = filed
    page = visitor.get(f"/track/{reference}?lang={lang}")
    assert page.status_code == 200
    clock = clocks.get(f"report:{reports.by_reference(reference).id}", "DECISION")
    assert clock is not None and clock.due_at.isoformat() in page.text


def test_a_question_is_shown_and_the_answer_brings_the_case_back(
    visitor: Visitor, cast: Cast, filed: tuple[str, str]
) -> None:
    reference, _secret = filed
    ask(cast, reference, "Where did you first publish it?")
    page = said(visitor.get(f"/track/{reference}"))
    assert "Waiting for your answer" in page
    assert "Where did you first publish it?" in page
    assert "Rui" not in page  # the reviewer's name is not shown
    answer = visitor.post(f"/track/{reference}/message", {"text": "On my own site in May."})
    assert answer.status_code == 302
    page = said(visitor.get(f"/track/{reference}"))
    assert "On my own site in May." in page
    assert "Waiting for a decision" in page
    assert the_case(reference).state == "open"


def test_an_empty_answer_is_refused_beside_the_field(visitor: Visitor, filed: tuple[str, str]) -> None:
    reference, _secret = filed
    page = visitor.post(f"/track/{reference}/message", {"text": "  "})
    assert page.status_code == 422
    assert 'id="text-error"' in page.text


def test_files_can_be_added_until_it_is_decided(visitor: Visitor, cast: Cast, filed: tuple[str, str]) -> None:
    reference, _secret = filed
    files = [(io.BytesIO(picture(5)), "draft.jpg"), (io.BytesIO(b""), "nothing.jpg")]
    page = visitor.post(f"/track/{reference}/files", {"role": "reference", "files": files})
    assert page.status_code == 422
    assert "nothing.jpg: This file is empty" in said(page)
    page = said(visitor.get(f"/track/{reference}"))
    assert "draft.jpg" in page
    assert "You added a file" in page
    uphold(cast, reference)
    late = {"role": "reference", "files": [(io.BytesIO(picture(6)), "late.jpg")]}
    assert visitor.post(f"/track/{reference}/files", late).status_code == 409
    kept = [i.name for i in reports.items_of(reports.by_reference(reference).id)]
    assert "draft.jpg" in kept and "late.jpg" not in kept


def test_withdrawing_asks_once_and_closes_the_case(visitor: Visitor, filed: tuple[str, str]) -> None:
    reference, _secret = filed
    assert visitor.get(f"/track/{reference}/withdraw").status_code == 200
    assert the_case(reference).state == "open"
    visitor.post(f"/track/{reference}/withdraw")
    assert the_case(reference).state == "closed"
    page = said(visitor.get(f"/track/{reference}"))
    assert "You withdrew the report" in page
    assert "Withdraw the report" not in page
    assert visitor.post(f"/track/{reference}/message", {"text": "One more thing"}).status_code == 409


def test_the_decision_is_told_with_reason_and_measures(visitor: Visitor, cast: Cast, filed: tuple[str, str]) -> None:
    reference, _secret = filed
    uphold(cast, reference)
    page = said(visitor.get(f"/track/{reference}"))
    assert "Your report was found to be right." in page
    assert "Remove the content" in page
    assert "The picture is a mirrored copy." in page
    assert "Withdraw the report" not in page
    assert visitor.post(f"/track/{reference}/withdraw").status_code == 409


def test_the_cookie_holds_no_secret(visitor: Visitor, filed: tuple[str, str]) -> None:
    _reference, secret = filed
    cookies = [visitor.client.get_cookie(name) for name in ("redress", "draft")]
    assert all(secret not in cookie.value for cookie in cookies if cookie)


def test_two_reports_about_one_content_do_not_see_each_other(
    visitor: Visitor, stranger: Visitor, filed: tuple[str, str]
) -> None:
    reference, _secret = filed
    other, _ = stranger.report(content={"wrong": "He copied it from me as well."}, contact={"name": "Wu Di"})
    assert the_case(other).id == the_case(reference).id
    page = said(visitor.get(f"/track/{reference}"))
    assert "from me as well" not in page
    assert "Wu Di" not in page
    db.session.rollback()
    assert db.session.scalars(select(Case)).one().report_count == 2


def test_consent_can_be_taken_back_where_it_was_given(visitor: Visitor) -> None:
    """As easily as it was given (PIPL art 15): one button, no reason asked, and the report goes on."""
    reference, _secret = visitor.report(kind={"kind": "LIKENESS"}, files={"consent": "y"})
    page = f"/track/{reference}"
    assert "Withdraw this consent" in said(visitor.get(page))
    visitor.post(f"{page}/consent")
    after = said(visitor.get(page))
    assert "Withdraw this consent" not in after and "No face or voice is measured from now on" in after
    assert the_case(reference).state == "open"


def test_she_sees_what_is_held_of_her_face_and_the_receipt_of_its_end(visitor: Visitor) -> None:
    """What for and until when while it is here; when, why and under which number once it is gone."""
    reference, _secret = visitor.report(kind={"kind": "LIKENESS"}, files={"consent": "y"})
    page = f"/track/{reference}"
    assert "Nothing measured of you is held" in said(visitor.get(page))
    files = [(io.BytesIO(picture(n)), f"me-{n}.jpg") for n in (1, 2)]
    visitor.post(f"{page}/files", {"role": "reference", "files": files})
    report = reports.by_reference(reference)
    consent = biometrics.consent_of(report.id, "face")
    assert consent is not None and len(report.items) == 2
    with transaction():
        for item in report.items:
            templates.keep(consent, item.evidence_id, "face", "1", b"numbers")
    held = said(visitor.get(page))
    assert "Held now, sealed: 2 face templates, to find this face in the content of this report" in held
    visitor.post(f"{page}/consent")
    after = said(visitor.get(page))
    (receipt,) = biometrics.receipts(reports.by_reference(reference).id)
    assert "2 face templates deleted" in after and f"Receipt {receipt.number}" in after
    assert "Held now" not in after and "A person compares by eye" in after


def test_who_agreed_to_nothing_is_told_nothing_of_it(visitor: Visitor) -> None:
    """Nothing was measured, and no page pretends it was."""
    reference, _secret = visitor.report(kind={"kind": "LIKENESS"})
    assert "Comparison by machine" not in said(visitor.get(f"/track/{reference}"))
