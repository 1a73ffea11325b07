"""Reporting: steps in order, what was typed stays, the same send twice is one report, the receipt is for her alone."""

from __future__ import annotations

from sqlalchemy import func, select

from tests.public.conftest import ADDRESS, Visitor, form_key, receipt, said
from webapp.core.db import db
from webapp.domain.claimants.models import Consent
from webapp.domain.intake.models import Draft
from webapp.domain.reports.models import Report


def count(model: type) -> int:
    """Rows in a table."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_whole_way_ends_with_reference_and_secret(visitor: Visitor) -> None:
    reference, secret = visitor.report()
    assert reference.startswith("R-")
    assert len(secret) == 19
    report = db.session.scalars(select(Report)).one()
    assert (report.kind, report.wrong, report.work_title) == ("COPY_IMAGE", "This is my painting, mirrored.", "Evening")
    assert report.subject.address == ADDRESS
    assert count(Draft) == 0


def test_a_step_cannot_be_skipped(visitor: Visitor) -> None:
    assert visitor.get("/report/contact").location == "/report"
    visitor.fill(until="/report/content")
    assert visitor.get("/report/review").location == "/report/content"
    assert visitor.post("/report/contact", {}).location == "/report/content"


def test_a_mistake_is_named_beside_the_field_and_on_top_and_the_rest_is_kept(visitor: Visitor) -> None:
    visitor.fill(until="/report/content")
    page = visitor.post("/report/content", {"address": "my page", "wrong": "They took my drawing.", "work_title": ""})
    assert page.status_code == 422
    assert "They took my drawing." in page.text
    assert 'value="my page"' in page.text
    assert 'href="#address"' in page.text
    assert 'id="address-error"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert said(page).count("This does not look like an address") == 2
    assert 'id="work_title-error"' in page.text


def test_markup_in_what_was_typed_stays_text(visitor: Visitor) -> None:
    visitor.fill(content={"wrong": "<script>alert(1)</script> and more words"})
    assert "<script>alert(1)" not in visitor.get("/report/review").text


def test_fields_follow_the_kind(visitor: Visitor) -> None:
    visitor.post("/report", {"kind": "FABRICATION_RUMOUR"})
    assert 'value="ANY"' in visitor.get("/report/who").text
    visitor.post("/report/who", {"basis": "ANY"})
    page = visitor.get("/report/content")
    assert 'name="source"' in page.text
    assert 'name="work_title"' not in page.text


def test_changing_the_kind_asks_again_only_what_no_longer_fits(visitor: Visitor) -> None:
    visitor.fill(who={"basis": "RH"}, standing={"claimant_name": "Studio Yun"})
    answer = visitor.post("/report?then=review", {"kind": "LIKENESS"})
    assert answer.location == "/report/who"  # nobody holds rights in somebody's face as an owner of works
    visitor.post("/report/who?then=review", {"basis": "SELF"})
    assert "This is my painting, mirrored." in said(visitor.get("/report/review"))


def test_consent_to_one_comparison_is_no_consent_to_another(visitor: Visitor) -> None:
    visitor.fill(kind={"kind": "LIKENESS"}, files={"consent": "y"})
    assert "Agreed" in said(visitor.get("/report/review"))
    visitor.post("/report?then=review", {"kind": "VOICE"})
    assert "Not agreed" in said(visitor.get("/report/review"))


def test_a_name_typed_before_a_change_of_mind_is_dropped(visitor: Visitor) -> None:
    visitor.fill(who={"basis": "GUARD"}, standing={"claimant_name": "Somebody Else"})
    visitor.report(who={"basis": "SELF"})
    standing = db.session.scalars(select(Report)).one().standing
    assert standing.claimant is not None
    assert standing.claimant.name == "Zhou Yun"


def test_whoever_speaks_for_somebody_names_them(visitor: Visitor) -> None:
    visitor.fill(until="/report/standing", who={"basis": "AGENT"})
    page = visitor.post("/report/standing", {"claimant_name": " "})
    assert page.status_code == 422
    assert "Please name the person or rights holder you speak for." in said(page)


def test_a_platform_link_prefills_the_content(visitor: Visitor) -> None:
    page = visitor.get("/report?platform=demo&content=p7&address=http://127.0.0.1:8001/posts/p7")
    assert "p7" in said(page)
    prefilled = {"platform": "demo", "content_ref": "p7", "address": "http://127.0.0.1:8001/posts/p7"}
    visitor.post("/report", {"kind": "COPY_IMAGE"} | prefilled)
    visitor.post("/report/who", {"basis": "SELF"})
    page = visitor.get("/report/content")
    assert 'value="p7"' in page.text
    visitor.report(kind=prefilled, content=prefilled)
    subject = db.session.scalars(select(Report)).one().subject
    assert (subject.platform, subject.content_ref) == ("demo", "p7")


def test_a_link_to_other_content_starts_a_report_of_its_own(visitor: Visitor) -> None:
    visitor.fill()
    visitor.post("/report", {"kind": "COPY_IMAGE", "platform": "demo", "content_ref": "p9"})
    visitor.post("/report/who", {"basis": "SELF"})
    assert "mirrored" not in visitor.get("/report/content").text


def test_a_prefilled_address_that_is_none_is_dropped(visitor: Visitor) -> None:
    visitor.post("/report", {"kind": "COPY_IMAGE", "address": "javascript:alert(1)"})
    visitor.post("/report/who", {"basis": "SELF"})
    assert "javascript:" not in visitor.get("/report/content").text


def test_consent_is_never_ticked_beforehand_and_kept_only_when_given(visitor: Visitor) -> None:
    visitor.fill(until="/report/files", kind={"kind": "LIKENESS"})
    page = visitor.get("/report/files")
    assert 'name="consent"' in page.text
    assert "checked" not in page.text
    visitor.report(kind={"kind": "LIKENESS"})
    assert count(Consent) == 0
    visitor.report(kind={"kind": "LIKENESS"}, files={"consent": "y"})
    assert [c.purpose for c in db.session.scalars(select(Consent))] == ["face"]


def test_the_same_send_twice_is_one_report_with_one_receipt(visitor: Visitor) -> None:
    visitor.fill()
    key = form_key(visitor.get("/report/review"))
    first = visitor.post("/report/review", {"form_key": key})
    shown = receipt(visitor.get(first.location))
    second = visitor.post("/report/review", {"form_key": key})
    assert second.location == "/report/receipt"
    assert receipt(visitor.get(second.location)) == shown
    assert count(Report) == 1


def test_an_old_review_page_does_not_send_a_newer_draft(visitor: Visitor) -> None:
    visitor.fill()
    old = form_key(visitor.get("/report/review"))
    visitor.post("/report/review", {"form_key": old})
    visitor.fill(content={"wrong": "Something quite different."})
    answer = visitor.post("/report/review", {"form_key": old})
    assert answer.location == "/report/review"
    assert count(Report) == 1


def test_the_receipt_goes_away_once_she_moves_on_and_is_nobody_elses(visitor: Visitor, stranger: Visitor) -> None:
    visitor.fill()
    visitor.send()
    reference, secret = receipt(visitor.get("/report/receipt"))
    assert stranger.get("/report/receipt").status_code == 404
    assert secret not in visitor.get(f"/track/{reference}").text
    assert visitor.get("/report/receipt").status_code == 404


def test_discarding_leaves_nothing_on_the_device(visitor: Visitor) -> None:
    visitor.fill()
    visitor.post("/report/discard")
    assert count(Draft) == 0  # nor on the server
    assert "What you typed is erased." in said(visitor.get("/"))
    assert visitor.get("/report/review").location == "/report"


def test_letters_are_offered_in_the_language_she_reads(visitor: Visitor) -> None:
    visitor.fill(until="/report/contact")
    page = visitor.get("/report/contact").text
    assert page.index("checked") > page.index('value="zh"')
    assert page.count("checked") == 1


def test_an_address_no_letter_reaches_is_told_before_sending(visitor: Visitor) -> None:
    """Better one sentence now than a receipt that never comes."""
    visitor.fill(until="/report/contact")
    for address in ("用户@例子.公司", "ａ@example.org"):
        answers = {"name": "Zhou Yun", "email": address, "language": "en", "good_faith": "y"}
        page = visitor.post("/report/contact", answers)
        assert page.status_code == 422
        assert "This e-mail address is not complete" in said(page)
        assert address in page.text
    answers["email"] = "zhou@例子.公司"
    assert visitor.post("/report/contact", answers).status_code == 302


def test_what_no_keyboard_types_is_dropped(visitor: Visitor) -> None:
    """PostgreSQL refuses NUL, and a terminal would obey the escapes in a log or a letter."""
    visitor.report(
        content={"address": ADDRESS, "wrong": "Mine\x00, \x1b[31mreally.\n\tAll of it 👩‍👧.", "work_title": "E\x07ve"}
    )
    report = db.session.scalars(select(Report)).one()
    assert report.wrong.replace("\r\n", "\n") == "Mine, [31mreally.\n\tAll of it 👩‍👧."
    assert report.work_title == "Eve"
