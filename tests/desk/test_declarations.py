"""What the files say of themselves, at the desk: the answer, its sources, what is wrong, the label suggested."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.builders import file_report, picture
from tests.conftest import Cast
from tests.desk.conftest import Browser, known_account
from tests.domain.labels.test_labels import AI, CAMERA, SEEN, TRACE, claim
from webapp.core.audit import Actor
from webapp.core.db import db, transaction
from webapp.core.ids import new_id
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.cases.service import take
from webapp.domain.cures import service as cures
from webapp.domain.cures.models import LabelCheck
from webapp.domain.evidence import service as evidence
from webapp.domain.labels import service as labels
from webapp.domain.reports.service import attach
from webapp.domain.staff.models import Staff

Enter = Callable[[str], Browser]


def case_of(staff: Staff, kind: str = "AI_LABEL_MISSING", *claims: dict[str, Any], read: bool = True) -> Case:
    """A case in somebody's hands, whose reported file was read and says this."""
    receipt = file_report([picture(1)], kind=kind)
    found = known_account(cases.case_of(receipt.report.id))
    (item,) = [e.id for e in cases.evidence_of(found.id) if e.role == "alleged"]
    with transaction():
        take(found.id, staff)
        if read:
            labels.record(item, "metadata", "1", claims)
    return found


def page_of(at_desk: Enter, case: Case) -> str:
    return at_desk("rui").get(f"/desk/case/{case.reference}").get_data(as_text=True)


def panel(page: str) -> str:
    return page.partition('id="declarations"')[2].partition("</section>")[0]


def ticked(page: str, action: str) -> bool:
    return f'name="action" value="{action}" checked' in page


def test_a_declaration_is_told_with_its_source_and_suggests_the_label(at_desk: Enter, cast: Cast) -> None:
    said = claim("declared", "png_aigc", "editable", "Label=1 · ContentProducer=x", "FIELD_MISSING")
    page = page_of(at_desk, case_of(cast.rui, "AI_LABEL_MISSING", said))
    assert "Nothing could be compared" not in page, "how it was made needs no reference"
    told = panel(page)
    assert "Says it is AI-made" in told and "AIGC label in a PNG text chunk" in told
    assert "Label=1 · ContentProducer=x" in told and "anybody could have written it" in told
    assert "a mandatory field is missing" in told
    assert "art 6(1)" in told and "Suggested: Add the AI label. You decide." in told
    assert ticked(page, "label_ai") and not ticked(page, "label_suspected")


def test_traces_and_visible_labels_suggest_the_doubting_label(at_desk: Enter, cast: Cast) -> None:
    page = page_of(at_desk, case_of(cast.rui, "AI_LABEL_MISSING", TRACE, SEEN))
    assert "art 6(3)" in panel(page) and "Label as suspected AI" in panel(page)
    assert ticked(page, "label_suspected") and not ticked(page, "label_ai")


def test_the_platforms_own_copy_outweighs_what_the_reporter_sent_in(at_desk: Enter, cast: Cast) -> None:
    """Anybody can write metadata into a file of their own and report it."""
    case = case_of(cast.rui, "AI_LABEL_MISSING", AI)
    with transaction():
        copy = evidence.keep(
            evidence.store().put(picture(9)),
            role="alleged",
            source="platform",
            name="p1-1",
            media_type="image/jpeg",
            width=96,
            height=72,
            actor=Actor("platform", "demo"),
        )
        attach(cases.active_reports(case.id)[0], copy)
        labels.record(copy.id, "metadata", "1", [])
    page = page_of(at_desk, case)
    assert "Says it is AI-made" in panel(page), "what the sent file says is still told"
    assert "Suggested" not in panel(page) and not ticked(page, "label_ai")


def test_a_camera_is_told_and_never_makes_it_human(at_desk: Enter, cast: Cast) -> None:
    told = panel(page_of(at_desk, case_of(cast.rui, "AI_LABEL_WRONG", CAMERA)))
    assert "No evidence either way" in told
    assert "captured by a digital camera · signer: Lumo Camera" in told and "signed by somebody trusted" in told
    assert "no proof that a person made it" in told and "Suggested" not in told


def test_a_contradiction_is_said(at_desk: Enter, cast: Cast) -> None:
    assert "contradicts itself" in panel(page_of(at_desk, case_of(cast.rui, "AI_LABEL_MISSING", AI, CAMERA)))


def test_a_file_nobody_read_says_so_and_suggests_nothing(at_desk: Enter, cast: Cast) -> None:
    page = page_of(at_desk, case_of(cast.rui, read=False))
    assert "Not read yet" in panel(page) and "Suggested" not in panel(page) and "art 6" not in panel(page)
    assert not ticked(page, "label_ai")


def test_other_kinds_show_only_what_was_found(at_desk: Enter, cast: Cast) -> None:
    found = case_of(cast.rui, "COPY_IMAGE")
    assert 'id="declarations"' not in page_of(at_desk, found)
    (item,) = [e.id for e in cases.evidence_of(found.id) if e.role == "alleged"]
    with transaction():
        labels.record(item, "c2pa", "1", [TRACE])
    page = page_of(at_desk, found)
    assert "Traces of a generator" in panel(page) and "art 6" not in panel(page)


def test_after_the_cure_the_desk_reads_what_the_platforms_copy_says(at_desk: Enter, cast: Cast) -> None:
    found = case_of(cast.rui)
    with transaction():
        offer = cures.offer(found.id, cast.rui)
    with transaction():
        cures.cure(offer.id)
    assert "will be read again" in panel(page_of(at_desk, found))
    check = db.session.query(LabelCheck).one()
    for state, words in (("found", "now says that it is AI-made"), ("not_found", "Look for yourself")):
        with transaction():
            check.state, check.checked_at = state, datetime(2026, 11, 20, tzinfo=UTC)
        assert words in panel(page_of(at_desk, found))


def test_a_made_up_code_keeps_its_name(at_desk: Enter, cast: Cast) -> None:
    odd = claim("suspected", "future_source", "editable", f"x-{new_id()[:4]}", "FUTURE_ISSUE")
    told = panel(page_of(at_desk, case_of(cast.rui, "AI_LABEL_MISSING", odd)))
    assert "future_source" in told and "FUTURE_ISSUE" in told
