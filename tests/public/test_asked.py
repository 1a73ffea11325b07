"""What the form asks of whom: authority, kin, onlookers, the nameless; what may follow; who may not send."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders import file_report, picture
from tests.conftest import Cast
from tests.public.conftest import ADDRESS, ANSWERS, Visitor, said
from webapp.core.db import db, transaction
from webapp.core.sealed import blind_index
from webapp.domain.cases.returns import open_return
from webapp.domain.conduct.queries import standing_of
from webapp.domain.conduct.service import mark
from webapp.domain.policy.queries import book
from webapp.domain.reports import queries as reports
from webapp.domain.reports.models import Report
from webapp.domain.reports.service import bar

VOICE = {"kind": {"kind": "VOICE"}, "who": {"basis": "AGENT"}}


def the_report() -> Report:
    """The only report there is."""
    db.session.rollback()
    return db.session.scalars(select(Report)).one()


def lacking(report: Report) -> list[str]:
    """What it was returned for."""
    waiting = open_return(report.id)
    return list(waiting.missing) if waiting else []


def test_an_agent_names_matters_and_term_and_the_paper(visitor: Visitor) -> None:
    pages = visitor.fill(**VOICE, standing={"claimant_name": "Li Na", "reach": "this"})
    assert pages == [f"/report{p}" for p in ("", "/who", "/standing", "/content", "/files", "/contact")]
    review = said(visitor.get("/report/review"))
    assert "Li Na" in review
    assert "2099-12-31" in review
    visitor.send()
    standing = the_report().standing
    assert (standing.matters, standing.scope) == ("Reports of every sort", ["VOICE"])
    assert [proof.code for proof in standing.proofs] == ["POA"]
    assert lacking(the_report()) == []


def test_an_authority_that_has_run_out_may_be_sent_and_is_asked_again(visitor: Visitor) -> None:
    visitor.fill(**VOICE, standing={"claimant_name": "Li Na", "valid_to": "2026-01-31"})
    review = said(visitor.get("/report/review"))
    assert "The last day you gave for your authority, 2026-01-31, is over." in review
    assert "You can send it now and add this within 10 days" in review
    visitor.send()
    assert "Written authority" in said(visitor.get("/report/receipt"))
    assert lacking(the_report()) == ["POA"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"valid_to": "next year"}, "Please write the day as year-month-day"),
        ({"valid_from": "2026-05-01", "valid_to": "2026-04-01"}, "The last day lies before the first."),
    ],
)
def test_days_are_days(visitor: Visitor, typed: dict[str, str], sentence: str) -> None:
    visitor.fill(until="/report/standing", **VOICE)
    page = visitor.post("/report/standing", {"claimant_name": "Li Na"} | typed)
    assert page.status_code == 422
    assert sentence in said(page)
    assert 'href="#valid_' in page.text


def test_the_cousin_declares_what_the_law_wants_or_leaves_it_to_the_daughter(visitor: Visitor) -> None:
    visitor.fill(until="/report/standing", kind={"kind": "DECEASED"}, who={"basis": "NR2"})
    assert "Name of the person who died" in said(visitor.get("/report/standing"))
    page = visitor.post("/report/standing", {"claimant_name": "Zhou Ming", "no_spouse": "y", "no_child": "y"})
    assert page.status_code == 422
    assert "please let the nearer relative report" in said(page)
    assert 'id="parents_dead-error"' in page.text
    assert visitor.get("/report/content").location == "/report/standing"
    visitor.fill(kind={"kind": "DECEASED"}, who={"basis": "NR2"}, standing={"prior_arrangement": "unknown"})
    visitor.send()
    standing = the_report().standing
    assert sorted(standing.declarations) == ["NO_CHILD", "NO_SPOUSE", "PARENTS_DEAD"]
    assert standing.prior_arrangement == "unknown"


def test_an_onlookers_report_is_a_tip_and_asks_nothing_of_her(visitor: Visitor) -> None:
    visitor.fill(until="/report/who", kind={"kind": "LIKENESS"})
    assert "We look at it as a tip" in said(visitor.get("/report/who"))
    visitor.fill(kind={"kind": "LIKENESS"}, who={"basis": "ANY"})
    files, contact = visitor.get("/report/files").text, visitor.get("/report/contact").text
    assert 'name="reference"' not in files
    assert 'name="consent"' not in files
    assert 'name="name"' not in contact
    assert "As a tip" in said(visitor.get("/report/review"))
    visitor.send()
    assert "We took it as a tip" in said(visitor.get("/report/receipt"))
    assert the_report().mode == "tip"


def test_of_a_child_anybody_may_report_without_a_name(visitor: Visitor, stranger: Visitor) -> None:
    pages = visitor.fill(kind={"kind": "MINOR_SEXUAL"}, who={"basis": "ANY"}, contact={"email": ""})
    assert pages == ["/report", "/report/who", "/report/content", "/report/contact"]
    assert "nobody can write to you" in said(visitor.get("/report/review"))
    visitor.send()
    page = visitor.get("/report/receipt")
    assert "no letter will come" in said(page)
    assert "call the police now" in said(page)
    reporter = the_report().standing.reporter
    assert (reporter.name, reporter.email, reporter.email_index) == ("", "", "")


def test_an_address_is_wanted_where_nobody_may_stay_nameless(visitor: Visitor) -> None:
    visitor.fill(until="/report/contact", kind={"kind": "INTIMATE_DEEPFAKE"})
    page = visitor.post("/report/contact", {"email": "", "language": "en", "no_consent": "y"})
    assert page.status_code == 422
    assert "Please give an e-mail address" in said(page)


def test_a_circumstance_counts_for_its_own_kind_only(visitor: Visitor) -> None:
    ticked = {"circumstances": ["FABRICATION_RUMOUR:disaster", "VH_LIVE_NO_HUMAN:live"]}
    visitor.report(kind={"kind": "VH_LIVE_NO_HUMAN"} | ticked, who={"basis": "ANY"})
    assert the_report().circumstances == ["live"]


def test_help_is_shown_at_once_where_it_is_needed(visitor: Visitor) -> None:
    page = said(visitor.get("/report"))
    assert "anti-fraud line 96110" in page
    visitor.post("/report", {"kind": "FRAUD"})
    assert "anti-fraud line 96110" in said(visitor.get("/report/who"))


def test_a_section_opens_from_the_start_page_and_the_unsure_have_their_own_choice(visitor: Visitor) -> None:
    assert '<details class="kinds" id="section-work" open>' in visitor.get("/report?section=work").text
    assert "/report?section=work" in visitor.get("/").text
    page = visitor.get("/report").text
    assert " open>" not in page
    assert page.index("You are not sure?") < page.index('value="OTHER"')


def test_what_may_follow_is_said_before_and_after_sending(visitor: Visitor) -> None:
    visitor.fill(until="/report/files")
    assert "You can send it now and add this within 10 days" in said(visitor.get("/report/files"))
    visitor.fill(papers=False, contact={"postal_address": ""})
    review = said(visitor.get("/report/review"))
    assert "Proof that it is yours" in review
    assert "Postal address" in review
    visitor.send()
    assert "Still needed, within 10 days" in said(visitor.get("/report/receipt"))
    assert lacking(the_report()) == ["TITLE", "ADDRESS"]


def test_each_paper_is_kept_under_what_it_shows(visitor: Visitor, photo: bytes) -> None:
    who = {"kind": {"kind": "DECEASED"}, "who": {"basis": "NR1"}}
    visitor.fill(until="/report/files", **who)
    assert visitor.send_file(photo, "book.jpg", "KIN").status_code == 201
    assert visitor.send_file(photo, "book.jpg", "DEATH").status_code == 201  # one paper may show two things
    assert visitor.send_file(photo, "book.jpg", "POA").status_code == 422  # not asked here
    visitor.fill(**who, papers=False)
    page = said(visitor.get("/report/review"))
    assert page.index("Proof of kinship") < page.index("Proof of death")
    visitor.send()
    assert {item.code for item in the_report().items} == {"KIN", "DEATH"}
    assert lacking(the_report()) == []


def test_a_change_to_a_sealed_kind_takes_the_media_out(visitor: Visitor, photo: bytes) -> None:
    visitor.fill(until="/report/contact", kind={"kind": "LIKENESS"})
    visitor.post("/report/files", {"do": "go"})
    visitor.send_file(photo, "me.jpg", "reference")
    visitor.fill(kind={"kind": "INTIMATE_DEEPFAKE"})
    visitor.send()
    assert the_report().items == []


def suspend(cast: Cast, email: str) -> None:
    """This address sends reports without ground until it is suspended."""
    for number in range(20):
        if standing_of(blind_index(email)) == "suspended":
            return
        sent = file_report(kind="AI_LABEL_MISSING", basis="ANY", content_ref=f"q{number}", email=email)
        with transaction():
            mark(sent.report, "unfounded", "It is labelled in three places.", cast.rui.id)
    raise AssertionError("never suspended")


def test_a_suspended_reporter_reads_why_and_until_when_and_is_heard_when_it_is_urgent(
    visitor: Visitor, cast: Cast
) -> None:
    suspend(cast, "zhou@example.org")
    visitor.fill()
    page = visitor.get("/report/review")
    assert "Reports from this e-mail address are paused" in said(page)
    assert "The pause ends on" in said(page)
    assert "Send the report" not in said(page)
    assert visitor.send().location == "/report/review"
    reference, _secret = visitor.report(kind={"kind": "INTIMATE_DEEPFAKE"})
    assert reports.by_reference(reference).kind == "INTIMATE_DEEPFAKE"


def test_whoever_was_answered_by_a_restoration_cannot_send_the_same_again(visitor: Visitor) -> None:
    reference, _secret = visitor.report()
    with transaction():
        report = reports.by_reference(reference)
        bar(report.subject, report.standing.reporter.email_index, "CN_RTCI")
    visitor.fill()
    page = said(visitor.get("/report/review"))
    assert "It was restored after a counter-notice" in page
    assert "Send the report" not in page


def test_the_us_procedure_is_a_choice_and_asks_for_its_own(visitor: Visitor) -> None:
    visitor.fill(until="/report/who")
    page = visitor.get("/report/who")
    assert "I want to use the US procedure" in said(page)
    visitor.fill(who={"basis": "SELF", "elected": ["US_DMCA"]}, contact={"perjury": ""})
    review = said(visitor.get("/report/review"))
    assert "US DMCA notice" in review
    assert book().evidence["PERJURY"].words.en in review  # may follow, and is named
    visitor.send()
    assert the_report().signature == "Zhou Yun"
    assert lacking(the_report()) == ["PERJURY"]


def test_every_warning_of_the_law_is_read_before_sending(visitor: Visitor) -> None:
    visitor.fill()
    page = said(visitor.get("/report/contact"))
    for regime in ("CN_RTCI", "CN_ECOM"):
        assert book().regimes[regime].warning.en in page  # type: ignore[union-attr]  # both have one


def test_an_address_prefilled_and_a_picture_are_enough_for_a_label(visitor: Visitor) -> None:
    visitor.post("/report", {"kind": "AI_LABEL_MISSING", "address": ADDRESS})
    visitor.post("/report/who", {"basis": "ANY"})
    assert ADDRESS in visitor.get("/report/content").text
    visitor.post("/report/content", ANSWERS["content"])
    visitor.send_file(picture(3), "label.jpg")
    visitor.post("/report/files", {"do": "go"})
    visitor.post("/report/contact", {"email": "", "language": "en"})
    visitor.send()
    assert [item.evidence.role for item in the_report().items] == ["alleged"]
