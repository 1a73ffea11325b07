"""A detector's card, moving its bands after a replay, and matches set aside for one claimant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders import file_report, picture
from tests.desk.conftest import Browser, choice, fresh, known_account, matched_case
from tests.processing import process_all
from webapp.core.db import db, transaction
from webapp.domain.calibration.models import Judged, Tally
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.matching import service as matching
from webapp.domain.matching.detector import Comparison
from webapp.domain.matching.models import Match, Suppression, ThresholdChange
from webapp.domain.matching.thresholds import in_force

AtDesk = Callable[[str], Browser]


def take(desk: Browser, case: Case) -> None:
    assert desk.post(f"/desk/case/{case.reference}/take").status_code == 302


def decided(desk: Browser, case: Case, **changes: Any) -> None:
    """The case decided through the form, and everything that follows done."""
    take(desk, case)
    sent = desk.post(f"/desk/case/{case.reference}/decide", data=choice(fresh(case), **changes))
    assert sent.status_code == 302, sent.text
    process_all()


def test_a_band_says_how_often_it_was_upheld_here(at_desk: AtDesk) -> None:
    case = matched_case()
    version = in_force("phash").version  # type: ignore[union-attr]  # the book has bands of this detector
    distance, measured = db.session.execute(select(Match.distance, Match.version)).one()
    assert "Nothing with this band was decided here yet" in at_desk("rui").get("/desk/detectors/phash").text

    decided(at_desk("rui"), case)

    judged = db.session.scalars(select(Judged)).one()
    assert (judged.band, judged.answer, judged.distance) == ("strong", "supported", distance)
    tally = db.session.scalars(select(Tally)).one()
    assert (tally.supported, tally.not_supported, tally.cannot_tell) == (1, 0, 0)
    if measured == version:
        assert "Here 1 of 1 such reports were found right" in at_desk("rui").get("/desk/detectors/phash").text


def test_bands_are_replayed_on_decided_cases_before_they_take_effect(at_desk: AtDesk) -> None:
    version = in_force("dct256").version  # type: ignore[union-attr]  # the book has bands of this detector
    decided(at_desk("rui"), compared(1, 30.0, "possible", version))
    waiting = compared(2, 30.0, "possible", version).reference
    lead = at_desk("lan")

    page = lead.get("/desk/detectors/dct256/bands?strong=10&possible=20&weak=64").text
    assert "1 of 1 decided reports would have another answer" in page
    assert cases.by_reference(waiting).best_band == "possible", "nothing has changed yet"

    bands = {"strong": "10", "possible": "20", "weak": "64"}
    assert "Please say why" in lead.post("/desk/detectors/dct256/bands", data=bands).text
    wrong = lead.post("/desk/detectors/dct256/bands", data=bands | {"weak": "5", "why": "too many false alarms"})
    assert wrong.status_code == 422 and "three numbers that grow" in wrong.text
    done = lead.post("/desk/detectors/dct256/bands", data=bands | {"why": "Logos alone made matches last week."})
    assert done.status_code == 302
    process_all()

    assert cases.by_reference(waiting).best_band == "weak", "open cases come under the new bands"
    matches = {m.band for m in db.session.scalars(select(Match).where(Match.detector == "dct256"))}
    assert matches == {"possible", "weak"}, "what was decided keeps the band it was decided on"
    change = db.session.scalars(select(ThresholdChange)).one()
    assert change.replay["moved"] == 1
    assert "Logos alone made matches last week." in lead.get("/desk/detectors/dct256").text


def test_moving_bands_is_for_leads(at_desk: AtDesk) -> None:
    rui = at_desk("rui")
    assert "Move the bands" not in rui.get("/desk/detectors/dct256").text
    assert rui.get("/desk/detectors/dct256/bands?strong=1&possible=2&weak=3").status_code == 403
    assert rui.post("/desk/detectors/dct256/bands", data={"strong": "1"}).status_code == 403
    assert rui.get("/desk/detectors/nonsense").status_code == 404


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "a lot", ""])
def test_odd_bands_are_told_in_a_sentence(at_desk: AtDesk, value: str) -> None:
    page = at_desk("lan").get(f"/desk/detectors/dct256/bands?strong={value}&possible=2&weak=3")
    assert page.status_code == 422
    assert "three numbers that grow" in page.text


def test_a_match_wrong_for_her_is_set_aside_for_her_only(at_desk: AtDesk) -> None:
    rui = at_desk("rui")
    case = known_account(matched_case(1, email="li.na@example.org"))
    match = db.session.scalars(select(Match)).one()
    take(rui, case)
    address = f"/desk/case/{case.reference}/matches/{match.id}/aside"
    assert "Please choose why" in rui.post(address, data={"why": ""}).text
    assert "Please choose why" in rui.post(address, data={"why": "twin"}).text, "a twin explains no copied picture"
    assert rui.post(address, data={"why": "licensed", "note": "Contract of May."}).status_code == 302

    assert fresh(case).best_band == "", "it no longer counts"
    page = rui.get(f"/desk/case/{case.reference}").text
    assert "This account has a licence" in page and "Contract of May." in page
    assert "set aside for this claimant already" in rui.post(address, data={"why": "licensed"}).text

    hers = other_report(case, 5, "li.na@example.org")
    assert hers.best_band == "", "her next report about this account"
    somebody = other_report(case, 6, "wang.wei@example.org")
    assert somebody.best_band == "strong", "nobody else's report is touched"

    found = db.session.scalars(select(Suppression)).one()
    assert rui.post(f"/desk/case/{case.reference}/aside/{found.id}/lift").status_code == 302
    assert fresh(case).best_band == "strong"


def test_a_licence_holds_whatever_detector_found_the_copy(at_desk: AtDesk) -> None:
    """Nobody should have to say it once for each detector; that one detector errs says nothing of the others."""
    rui = at_desk("rui")
    case = known_account(matched_case(1, email="li.na@example.org"))
    match = db.session.scalars(select(Match)).one()
    with transaction():
        same = Comparison(distance=2, verdict="supports", band="strong", threshold=36, reason="same_picture")
        matching.record_match(match.query_id, match.reference_id, "dct256", "1", same)
    take(rui, case)
    address = f"/desk/case/{case.reference}/matches/{match.id}/aside"
    rui.post(address, data={"why": "wrong"})
    assert fresh(case).best_band == "strong", "the other detector still says so"
    rui.post(address, data={"why": "licensed"})
    assert fresh(case).best_band == ""
    assert "Set aside for this claimant, does not count:" in rui.get(f"/desk/case/{case.reference}").text


def compared(number: int, distance: float, band: str, version: str) -> Case:
    """A case with one comparison by the cosine hash."""
    receipt = file_report([picture(number)], [picture(number + 100)], content_ref=f"p{number}")
    items = {i.evidence.role: i.evidence.id for i in receipt.report.items}
    said = Comparison(distance=distance, verdict="supports", band=band, threshold=36.0, reason="near_copy")  # type: ignore[arg-type]  # a band of the book
    with transaction():
        matching.record_match(items["alleged"], items["reference"], "dct256", version, said)
        case = cases.case_of(receipt.report.id)
        case_verbs.weigh(case)
        case_id = case.id
    return cases.get(case_id)


def other_report(case: Case, number: int, email: str) -> Case:
    """Another report about content of the same account, with a like match."""
    other = matched_case(number, email=email)
    with transaction():
        found = cases.get(other.id)
        found.subject.respondent_id = cases.get(case.id).subject.respondent_id
        db.session.flush()  # weighing reads it
        case_verbs.weigh(found)
    return fresh(other)
