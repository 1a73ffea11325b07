"""The page of a case: what a reviewer sees, who may do what with it, and what is written down."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import time_machine
from sqlalchemy import select

from tests.builders import file_report, picture
from tests.conftest import Cast
from tests.desk.conftest import Browser, fresh, matched_case
from webapp.core.audit import Actor, AuditEntry
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Message
from webapp.domain.evidence import service as evidence
from webapp.domain.evidence.models import Custody
from webapp.domain.matching import service as matching
from webapp.domain.matching.detector import Comparison
from webapp.domain.reports.models import Report
from webapp.domain.reports.service import attach


def test_the_match_is_told_in_words_beside_both_pictures(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    page = at_desk("rui").get(f"/desk/case/{case.reference}").text
    assert "The same picture, mirrored." in page
    assert "Distance 31 (bits that differ, of 256; 0 is identical). Up to " in page
    assert page.count('<img src="/desk/media') == 3  # both pictures of the pair, and the proof that the work is hers
    assert "Proof that it is yours" in page
    assert "Me, myself" in page
    assert "This is my painting, mirrored and recoloured." in page


def test_a_look_that_failed_is_told_apart_from_a_look_that_found_nothing(at_desk: Callable[[str], Browser]) -> None:
    receipt = file_report([picture(1)], [picture(2)])
    with transaction():
        for item in receipt.report.items:
            if item.evidence.role == "alleged":
                matching.record_scan(item.evidence_id, "phash", "1", state="failed", reason="decoder_memory")
        reference = cases.case_of(receipt.report.id).reference
    page = at_desk("rui").get(f"/desk/case/{reference}").text
    assert "At the reported file: unpacking needed too much memory." in page
    assert "no detector has looked yet" in page
    assert "1 of 1 pairs have not been compared" in page
    assert "Nothing compared" in page


def test_whoever_does_not_hold_the_case_reads_it(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    case = matched_case()
    rui, mei = at_desk("rui"), at_desk("mei")
    address = f"/desk/case/{case.reference}"
    assert "data-submit" not in rui.get(address).text
    assert "Take the case" in rui.get(address).text
    assert rui.post(f"{address}/take").location == address
    assert "data-submit" in rui.get(address).text
    page = mei.get(address).text
    assert "data-submit" not in page
    assert "Rui is working on this case. You can read it." in page


def test_taking_what_somebody_holds_says_who_and_giving_back_frees_it(
    at_desk: Callable[[str], Browser], cast: Cast
) -> None:
    case = matched_case()
    rui, mei = at_desk("rui"), at_desk("mei")
    rui.post(f"/desk/case/{case.reference}/take")
    answer = mei.post(f"/desk/case/{case.reference}/take")
    assert answer.status_code == 409
    assert "Rui is working on this case, until" in answer.text
    rui.post(f"/desk/case/{case.reference}/release")
    assert mei.post(f"/desk/case/{case.reference}/take").status_code == 302


def test_activity_holds_the_case_and_its_absence_lets_it_go(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    case = matched_case()
    with time_machine.travel(now(), tick=False) as clock:
        rui = at_desk("rui")
        rui.post(f"/desk/case/{case.reference}/take")
        for _beat in range(3):
            clock.shift(timedelta(minutes=8))
            assert rui.post(f"/desk/case/{case.reference}/heartbeat").status_code == 200
        clock.shift(timedelta(minutes=11))
        lost = rui.post(f"/desk/case/{case.reference}/heartbeat", headers={"Accept": "application/json"})
        assert lost.status_code == 409
        assert "run out" in (lost.json or {})["message"]
        assert at_desk("mei").post(f"/desk/case/{case.reference}/take").status_code == 302
        lost = rui.post(f"/desk/case/{case.reference}/heartbeat", headers={"Accept": "application/json"})
        assert "Mei is working on this case" in (lost.json or {})["message"]


def test_a_question_goes_out_and_the_case_waits(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    case = matched_case()
    report = cases.active_reports(case.id)[0]
    rui = at_desk("rui")
    address = f"/desk/case/{case.reference}"
    rui.post(f"{address}/take")
    empty = rui.post(f"{address}/ask", data={"report": report.id, "text": " "})
    assert empty.status_code == 422
    assert "Please write the question." in empty.text
    assert (
        rui.post(f"{address}/ask", data={"report": report.id, "text": "Where did it first appear?"}).status_code == 302
    )
    assert fresh(case).state == "asked"
    message = db.session.scalar(select(Message))
    assert message is not None
    assert message.asks
    page = rui.get(address).text
    assert "Where did it first appear?" in page
    assert "Waiting for an answer" in page


def test_a_question_typed_after_the_hold_ran_out_is_not_lost(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    case = matched_case()
    report_id = cases.active_reports(case.id)[0].id
    with time_machine.travel(now(), tick=False) as clock:
        rui = at_desk("rui")
        rui.post(f"/desk/case/{case.reference}/take")
        clock.shift(timedelta(minutes=11))
        answer = rui.post(f"/desk/case/{case.reference}/ask", data={"report": report_id, "text": "A long question"})
        carried = dict(re.findall(r'name="(kept[^"]*)" value="([^"]*)"', answer.text))
        again = rui.post(f"/desk/case/{case.reference}/take", data=carried)
    assert answer.status_code == 409
    assert "Your hold on this case has run out." in answer.text
    assert "A long question" in answer.text
    assert "Yours until" in again.text
    assert re.search(r"<textarea[^>]*>A long question</textarea>", again.text), "what is typed outlives the taking"


def test_who_the_reporter_is_stays_hidden_until_somebody_says_why(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    report = cases.active_reports(case.id)[0]
    rui = at_desk("rui")
    address = f"/desk/case/{case.reference}"
    assert "Zhou Yun" not in rui.get(address).text
    assert rui.post(f"{address}/identify", data={"report": report.id, "why": ""}).status_code == 409
    shown = rui.post(f"{address}/identify", data={"report": report.id, "why": "standing"}).text
    assert "Zhou Yun" in shown
    assert "zhou.yun@example.org" in shown
    page = rui.get(address).text
    assert "Zhou Yun" not in page
    assert "Looked at who the reporter is" in page
    db.session.rollback()
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "reporter.identify"))
    assert entry is not None
    assert entry.facts == {"case": case.id, "why": "standing"}


def test_opening_the_large_picture_is_one_line_of_custody(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    case = matched_case()
    thumb = case.thumb_evidence_id
    rui = at_desk("rui")
    rui.get(f"/desk/media/{thumb}/thumb")
    for _look in range(3):
        rui.get(f"/desk/media/{thumb}/large")
    db.session.rollback()
    shown = list(db.session.scalars(select(Custody).where(Custody.evidence_id == thumb, Custody.act == "shown")))
    assert [row.actor_id for row in shown] == [cast.rui.id]


def test_several_reports_about_one_content_stand_on_one_page(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    case = matched_case(3)
    second = file_report(
        content_ref="p3", wrong="And he stole it from me as well.", name="Li Wei", email="li@example.org"
    )
    with transaction():
        case_verbs.take(case.id, cast.rui)
    page = at_desk("rui").get(f"/desk/case/{case.reference}").text
    assert "And he stole it from me as well." in page
    assert page.count('<fieldset class="finding">') == 2
    assert f'name="finding-{second.report.id}"' in page


def test_what_is_not_there_is_not_there(at_desk: Callable[[str], Browser]) -> None:
    answer = at_desk("rui").get("/desk/case/C-0000-0000")
    assert answer.status_code == 404
    assert "There is no case with this reference." in answer.text


def test_the_page_speaks_chinese(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    page = at_desk("rui").get(f"/desk/case/{case.reference}?lang=zh").text
    assert '<html lang="zh-CN">' in page
    assert "高度一致" in page
    assert "侵犯著作权（图片、美术、摄影）" in page


def test_of_several_reports_each_file_says_whose_it_is_and_the_platforms_copy_comes_first(
    at_desk: Callable[[str], Browser],
) -> None:
    """Her own reference, sent in as the content too, is the nearest match there is; the platform's copy goes first."""
    first, _second = (file_report([picture(1)], [picture(1)], email=f"{n}@example.org") for n in ("one", "two"))
    ids = {i.evidence.role: i.evidence.id for i in first.report.items}
    with transaction():
        copy = evidence.keep(
            evidence.store().put(picture(2)),
            role="alleged",
            source="platform",
            name="p1-1",
            media_type="image/jpeg",
            width=96,
            height=72,
            actor=Actor("platform", "demo"),
        )
        attach(db.session.get_one(Report, first.report.id), copy)
        for query, distance, reason in ((ids["alleged"], 0.0, "same_picture"), (copy.id, 8.0, "weak_agreement")):
            seen = Comparison(
                distance=distance, verdict="supports", band="strong", threshold=56.0, reason=reason, findings=[]
            )
            matching.record_match(query, ids["reference"], "phash", "1", seen)
        reference = cases.case_of(first.report.id).reference
    page = at_desk("rui").get(f"/desk/case/{reference}").text
    assert page.index("Some structure agrees") < page.index("The same picture")
    assert f'sent by the reporter · <span class="mono">{first.report.reference}</span>' in page
