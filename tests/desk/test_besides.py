"""Besides deciding: checking a standing, sending a notice back, forwarding it, acting for the time being, letting the
account put it right, asking a live stream, handing a case on. Each as a reviewer does it in the browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import select

from tests.builders import file_report, picture
from tests.desk.conftest import Browser, fresh, known_account, matched_case
from webapp.core.audit import AuditEntry
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.cases.returns import open_return
from webapp.domain.claimants.models import Standing
from webapp.domain.cures import queries as cures
from webapp.domain.cures import service as cure_verbs
from webapp.domain.decisions import queries as decisions

MONDAY = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)  # noon in Shanghai


@pytest.fixture
def clock(app: APIFlask) -> Iterator[time_machine.Traveller]:
    """Monday noon in Shanghai, standing still until it is moved."""
    with time_machine.travel(MONDAY, tick=False) as moving:
        yield moving


def taken(browser: Browser, case: Case) -> str:
    """The page of the case, which this person now holds."""
    address = f"/desk/case/{case.reference}"
    assert browser.post(f"{address}/take").status_code == 302
    return address


def agent(**changes: object) -> Case:
    """A case of somebody who speaks for another with a written authority."""
    sent = file_report(kind="LIKENESS", basis="AGENT", matters="Reports about my likeness", **changes)
    return cases.case_of(sent.report.id)


def only_report(case: Case) -> str:
    return cases.active_reports(case.id)[0].id


# Standing


def test_an_authority_is_checked_once_and_turns_amber_when_it_has_run_out(
    at_desk: Callable[[str], Browser], clock: time_machine.Traveller
) -> None:
    case = agent(valid_to="2026-11-30")
    rui = at_desk("rui")
    address = taken(rui, case)
    page = rui.get(address).text
    assert "Says: “I am an authorised agent”" in page
    assert "Reports about my likeness" in page
    assert "Written authority" in page
    assert 'value="2026-11-30"' in page
    form = {"report": only_report(case), "do": "verify", "level": "V2", "until": "2026-11-30", "scope": ["LIKENESS"]}
    assert rui.post(f"{address}/standing", data=form).status_code == 302
    page = rui.get(address).text
    assert "“I am an authorised agent”: checked, until 30 November 2026" in page
    assert "Papers checked by a person" in page
    assert "Checked the standing: it holds" in page
    clock.shift(timedelta(days=15))
    page = at_desk("rui").get(address).text
    assert "ran out on 30 November 2026" in page
    assert "chip--warn" in page[page.index("ran out on 30 November 2026") - 120 : page.index("ran out on 30 November")]


def test_papers_that_show_nothing_are_refused_with_a_reason(at_desk: Callable[[str], Browser]) -> None:
    case = agent()
    rui = at_desk("rui")
    address = taken(rui, case)
    form = {"report": only_report(case), "do": "refuse", "why": "", "level": "V3", "scope": ["VOICE"]}
    again = rui.post(f"{address}/standing", data=form)
    assert again.status_code == 422
    assert "Please say why the papers do not show it." in again.text
    assert 'name="scope" value="VOICE" checked' in again.text
    assert rui.post(f"{address}/standing", data=form | {"why": "No signature."}).status_code == 302
    page = rui.get(address).text
    assert "the papers do not show it" in page
    assert "No signature." in page
    assert "A valid notice still lacks: Written authority." in page


@pytest.mark.parametrize(
    ("until", "sentence"),
    [("30 November", "Please choose a day"), ("2026-11-01", "has run out already")],
)
def test_a_day_that_cannot_be_is_said_and_kept(
    at_desk: Callable[[str], Browser], clock: time_machine.Traveller, until: str, sentence: str
) -> None:
    case = agent()
    rui = at_desk("rui")
    form = {"report": only_report(case), "do": "verify", "level": "V2", "until": until}
    answer = rui.post(f"{taken(rui, case)}/standing", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{until}"' in answer.text


def test_only_who_holds_the_case_checks_its_papers(at_desk: Callable[[str], Browser]) -> None:
    case = agent()
    taken(at_desk("rui"), case)
    form = {"report": only_report(case), "do": "verify", "level": "V2"}
    answer = at_desk("mei").post(f"/desk/case/{case.reference}/standing", data=form)
    assert answer.status_code == 409
    assert "Rui is working on this case" in answer.text
    db.session.rollback()
    assert db.session.scalars(select(Standing.state)).all() == ["claimed"]


# Notices


def test_a_notice_goes_back_with_what_is_missing_after_a_look_at_the_letter(
    at_desk: Callable[[str], Browser], clock: time_machine.Traveller
) -> None:
    case = matched_case()
    report_id = only_report(case)
    rui = at_desk("rui")
    address = taken(rui, case)
    form = {"report": report_id, "missing": ["TITLE"], "text": "The layers, please.", "do": "preview"}
    look = rui.post(f"{address}/return", data=form)
    assert look.status_code == 200
    assert look.text.count("The layers, please.") >= 3  # in both letters and in the form that travels along
    assert "Proof that it is yours" in look.text
    assert open_return(report_id) is None
    back = rui.post(f"{address}/return", data=form | {"do": "edit"}).text
    assert 'value="TITLE" checked' in back
    assert ">The layers, please.</textarea>" in back
    assert rui.post(f"{address}/return", data=form | {"do": "send"}).status_code == 302
    page = rui.get(address).text
    assert "waits to be completed" in page
    assert "stands still since 16 Nov 2026" in page
    assert "the notice waits for what is missing" in page
    assert "0 sent, the next on" in page
    assert "Sent the notice back to be completed</strong>" not in page
    assert "Sent the notice back to be completed" in page


def test_nothing_ticked_is_said_and_the_sentence_kept(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    rui = at_desk("rui")
    form = {"report": only_report(case), "text": "Please add it.", "do": "preview"}
    answer = rui.post(f"{taken(rui, case)}/return", data=form)
    assert answer.status_code == 422
    assert "Please tick at least one item that is missing." in answer.text
    assert ">Please add it.</textarea>" in answer.text


def test_a_notice_that_came_incomplete_says_what_it_lacks(at_desk: Callable[[str], Browser]) -> None:
    sent = file_report(proofs={}, name="")
    case = cases.case_of(sent.report.id)
    page = at_desk("rui").get(f"/desk/case/{case.reference}").text
    assert "A valid notice still lacks:" in page
    assert "Proof that it is yours" in page
    assert "waits to be completed" in page


def test_forwarding_shows_the_redacted_copy_first_and_happens_once(at_desk: Callable[[str], Browser]) -> None:
    case = known_account(matched_case())
    report_id = only_report(case)
    rui = at_desk("rui")
    address = taken(rui, case)
    look = rui.post(f"{address}/forward", data={"report": report_id, "do": "preview"}).text
    assert "To the account" in look
    assert "To the reporter" in look
    to_account = look[look.index("To the account") : look.index("To the reporter")]
    assert "zhou.yun@example.org" not in to_account
    assert "mirrored and recoloured" not in to_account
    assert rui.post(f"{address}/forward", data={"report": report_id, "do": "send"}).status_code == 302
    assert "forwarded " in rui.get(address).text
    again = rui.post(f"{address}/forward", data={"report": report_id, "do": "send"})
    assert again.status_code == 409
    assert "This notice was forwarded already." in again.text


def test_a_tip_needs_no_papers_and_is_not_forwarded(at_desk: Callable[[str], Browser]) -> None:
    sent = file_report([picture(1)], kind="LIKENESS", basis="ANY")
    case = cases.case_of(sent.report.id)
    rui = at_desk("rui")
    page = rui.get(taken(rui, case)).text
    assert "A tip: a signal from somebody who need not prove anything." in page
    assert "Forward to the account" not in page
    assert "Send back to be completed" not in page


# For the time being


def test_a_provisional_measure_is_shown_taken_and_named_with_its_end(
    at_desk: Callable[[str], Browser], clock: time_machine.Traveller
) -> None:
    case = known_account(matched_case())
    rui = at_desk("rui")
    address = taken(rui, case)
    form = {"version": str(fresh(case).version), "measure": "disable", "reason": "It spreads fast.", "do": "preview"}
    look = rui.post(f"{address}/interim", data=form)
    assert look.status_code == 200
    assert "Hide for the time being" in look.text
    assert "It spreads fast." in look.text
    assert "costs no points" in look.text
    assert decisions.latest(case.id) is None
    assert ">It spreads fast.</textarea>" in rui.post(f"{address}/interim", data=form | {"do": "edit"}).text
    assert rui.post(f"{address}/interim", data=form | {"do": "send"}).status_code == 302
    page = rui.get(address).text
    assert "For the time being: <strong>Hide for the time being</strong>, until" in page
    assert "Provisional measure" in page
    assert fresh(case).state == "open"
    assert "data-submit" in page


def test_a_provisional_measure_wants_its_reason(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    rui = at_desk("rui")
    for do in ("preview", "send"):
        form = {"version": str(fresh(case).version), "measure": "disable", "reason": " ", "do": do}
        address = taken(rui, case)
        answer = rui.post(f"{address}/interim", data=form)
        assert answer.status_code == 422
        assert "Please give the reason." in answer.text


# Putting it right, and the live stream


def test_the_account_may_label_it_itself_and_a_lapse_leaves_the_label_ticked(
    at_desk: Callable[[str], Browser], clock: time_machine.Traveller
) -> None:
    sent = file_report(kind="AI_LABEL_MISSING", basis="ANY")
    case = known_account(cases.case_of(sent.report.id))
    rui = at_desk("rui")
    address = taken(rui, case)
    assert "Let the account put it right itself" in rui.get(address).text
    assert rui.post(f"{address}/cure").status_code == 302
    page = rui.get(address).text
    assert "waits for the account" in page
    assert "the account may put it right by itself" in page
    assert 'name="action" value="label_ai" checked' not in page
    clock.shift(timedelta(days=4))
    with transaction():
        cure_verbs.lapse_due()
    rui = at_desk("rui")
    rui.post(f"{address}/take")
    page = rui.get(address).text
    assert "the time is over, nothing was put right" in page
    assert 'name="action" value="label_ai" checked' in page


def test_an_offer_can_be_taken_back(at_desk: Callable[[str], Browser]) -> None:
    sent = file_report(kind="AI_LABEL_MISSING", basis="ANY")
    case = known_account(cases.case_of(sent.report.id))
    rui = at_desk("rui")
    address = taken(rui, case)
    rui.post(f"{address}/cure")
    assert "Take the offer back" in rui.get(address).text
    assert rui.post(f"{address}/cure", data={"do": "withdraw"}).status_code == 302
    db.session.rollback()
    offer = cures.offer_of(case.id)
    assert offer is not None
    assert offer.state == "withdrawn"
    assert rui.post(f"{address}/cure").status_code == 409


def test_a_live_stream_is_asked_for_a_person_and_the_desk_notes_what_it_saw(
    at_desk: Callable[[str], Browser], clock: time_machine.Traveller
) -> None:
    sent = file_report(kind="VH_LIVE_NO_HUMAN", basis="ANY")
    case = known_account(cases.case_of(sent.report.id))
    rui = at_desk("rui")
    address = taken(rui, case)
    for number in (1, 2):
        assert rui.post(f"{address}/challenge", data={"do": "start"}).status_code == 302
        db.session.rollback()
        one = cures.challenges_of(case.id)[-1]
        assert one.number == number
        page = rui.get(address).text
        assert one.phrase in page
        assert "It was said" in page
        form = {"do": "failed", "challenge": one.id}
        assert rui.post(f"{address}/challenge", data=form).status_code == 302
        db.session.rollback()
    rui.get(address)  # what was said of the last step is said once
    page = rui.get(address).text
    assert page.count("nobody answered") == 2
    assert "Ask now" not in page
    assert 'name="action" value="stream_cut" checked' in page


def test_what_was_handed_to_an_authority_is_listed(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    rui = at_desk("rui")
    address = f"/desk/case/{case.reference}"
    nameless = rui.post(f"{address}/refer", data={"authority": " ", "note": "By courier."})
    assert nameless.status_code == 422
    assert "Please name the authority." in nameless.text
    assert ">By courier.</textarea>" in nameless.text
    assert rui.post(f"{address}/refer", data={"authority": "Hangzhou police", "note": "By courier."}).status_code == 302
    page = rui.get(address).text
    assert "<strong>Hangzhou police</strong>" in page
    assert "By courier." in page
    assert "Handed the case to an authority" in page


# Sealed kinds, and misuse


def test_what_is_sealed_is_opened_one_file_at_a_time_with_a_reason(at_desk: Callable[[str], Browser]) -> None:
    first = matched_case()
    file_report(kind="INTIMATE_DEEPFAKE", content_ref="p1", email="li@example.org", proofs={})
    case = fresh(first)
    rui = at_desk("rui")
    address = f"/desk/case/{case.reference}"
    items = [e for e in cases.evidence_of(case.id) if e.role != "proof"]
    page = rui.get(address).text
    assert page.count("Open, and write it down") == len(items) == 2
    for item in items:
        assert f"/desk/media/{item.id}/" not in page.replace(f"/desk/media/{item.id}/original", "")
        assert rui.get(f"/desk/media/{item.id}/large").status_code == 403
        assert rui.post(f"/desk/media/{item.id}/original").status_code == 403
    assert rui.post(f"{address}/open-item", data={"item": items[0].id, "why": ""}).status_code == 409
    assert rui.post(f"{address}/open-item", data={"item": items[0].id, "why": "decide"}).status_code == 302
    assert rui.get(f"/desk/media/{items[0].id}/large").status_code == 200
    assert rui.get(f"/desk/media/{items[1].id}/large").status_code == 403
    assert at_desk("mei").get(f"/desk/media/{items[0].id}/large").status_code == 403
    db.session.rollback()
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "evidence.open"))
    assert entry is not None
    assert entry.facts == {"case": case.id, "why": "decide"}
    assert "/desk/media/" not in rui.get("/desk/").text


def test_who_reports_alike_and_who_misused_the_form_is_told_without_a_name(at_desk: Callable[[str], Browser]) -> None:
    for text in ("This picture was stolen from me last year.", "This picture was stolen from me last year!"):
        file_report(content_ref="p9", wrong=text, email=f"{len(text) + ord(text[-1])}@example.org")
    case = cases.case_of(file_report(content_ref="p9", email="other@example.org").report.id)
    page = at_desk("rui").get(f"/desk/case/{case.reference}").text
    assert "Perhaps one source" in page
    assert "nearly the same words" in page


def test_a_question_too_long_is_refused_whole_and_kept_whole(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    rui = at_desk("rui")
    address = taken(rui, case)
    text = ("Where did it first appear? " * 80).strip()
    answer = rui.post(f"{address}/ask", data={"report": only_report(case), "text": text})
    assert answer.status_code == 422
    assert f"The question has {len(text)} characters; at most 2000 fit." in answer.text
    assert f">{text}</textarea>" in answer.text
    assert fresh(case).state == "open"


def test_every_clock_says_who_set_it_and_how_surely(
    at_desk: Callable[[str], Browser], clock: time_machine.Traveller
) -> None:
    case = known_account(matched_case())
    page = at_desk("rui").get(f"/desk/case/{case.reference}").text
    assert "leads" in page
    assert "Our own default" in page
    assert "Forward the notice to the account" in page
    assert "Take the necessary measures" in page
    assert page.index("<strong>Forward the notice to the account</strong>") < page.index("Take the necessary measures")
    clock.shift(timedelta(days=30))
    assert "late by" in at_desk("rui").get(f"/desk/case/{case.reference}").text


def test_the_page_costs_the_same_however_many_reports_there_are(
    at_desk: Callable[[str], Browser], count_queries: list[str]
) -> None:
    """No query a row: three reports cost what one costs."""
    rui = at_desk("rui")
    numbers = []
    case = matched_case()
    for n in range(3):
        db.session.rollback()
        count_queries.clear()
        rui.get(f"/desk/case/{case.reference}")
        numbers.append(len(count_queries))
        file_report([picture(n + 20)], [picture(n + 30)], content_ref="p1", email=f"{n}@example.org")
    assert max(numbers[1:]) == numbers[1]
    assert numbers[1] <= numbers[0] + 3  # owners of files, and groups of reports, are only asked of several
