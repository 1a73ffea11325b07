"""Deciding at the desk: the whole way once, every gap with its sentence, and two reviewers at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from tests.builders import file_report
from tests.conftest import Cast
from tests.desk.conftest import Browser, choice, fresh, known_account, matched_case
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.domain.appeals import service as appeals
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.decisions import service as decision_verbs
from webapp.domain.decisions.models import Decision, Proposal
from webapp.domain.decisions.rules import Choice


def test_take_preview_submit_and_the_next_case_opens(at_desk: Callable[[str], Browser]) -> None:
    first, second = known_account(matched_case(1)), matched_case(2)
    rui = at_desk("rui")
    address = rui.post("/desk/next").location
    assert address == f"/desk/case/{first.reference}"
    preview = rui.post(f"{address}/preview", data=choice(first))
    assert preview.status_code == 200
    assert "Remove the content" in preview.text
    assert "The content is no longer visible to anyone." in preview.text
    assert "0 points active, +2 makes 2: warn the account; 2 points end on" in preview.text
    assert "删除内容" in preview.text
    assert fresh(first).state == "open"
    answer = rui.post(f"{address}/decide", data=choice(first))
    assert answer.location == f"/desk/case/{second.reference}"
    assert fresh(first).state == "decided"
    decision = db.session.scalar(select(Decision))
    assert decision is not None
    assert decision.verdict == "upheld"
    assert decision.ground == "COPY_IMAGE"
    page = rui.get(answer.location).text
    assert f"{first.reference} is decided. This is the next case." in page
    assert "data-submit" in page


def test_both_letters_are_shown_in_both_languages_and_the_accounts_names_no_reporter(
    at_desk: Callable[[str], Browser],
) -> None:
    case = matched_case()
    rui = at_desk("rui")
    rui.post(f"/desk/case/{case.reference}/take")
    page = rui.post(f"/desk/case/{case.reference}/preview", data=choice(case)).text
    assert page.count("To the reporter") == page.count("To the account") == 1
    assert page.count('<article class="letter" lang="en"') == page.count('<article class="letter" lang="zh-CN"') == 2
    assert "Zhou Yun" not in page


def test_a_standing_counts_in_the_decision(at_desk: Callable[[str], Browser]) -> None:
    """Unchecked: the preview says so. Refused: the report cannot be supported. Checked: nothing is said."""
    case = matched_case()
    rui = at_desk("rui")
    rui.post(f"/desk/case/{case.reference}/take")
    report = cases.active_reports(case.id)[0]
    check = {"report": report.id, "level": "V2"}
    address, standing = f"/desk/case/{case.reference}/preview", f"/desk/case/{case.reference}/standing"
    warning = f"Nobody has checked the standing of {report.reference}"
    assert warning in rui.post(address, data=choice(fresh(case))).text
    assert rui.post(standing, data=check | {"do": "refuse", "why": "The paper is another's."}).status_code == 302
    refused = rui.post(address, data=choice(fresh(case)))
    assert refused.status_code == 422
    assert f"The standing of {report.reference} was refused" in refused.text
    assert rui.post(standing, data=check | {"do": "verify"}).status_code == 302
    page = rui.post(address, data=choice(fresh(case)))
    assert page.status_code == 200 and warning not in page.text


def test_a_proposal_whose_ground_fell_away_can_still_be_read(at_desk: Callable[[str], Browser]) -> None:
    """A standing is refused while a suspension waits for a second person: the page opens and says why not."""
    case = matched_case()
    rui, mei = at_desk("rui"), at_desk("mei")
    rui.post(f"/desk/case/{case.reference}/take")
    form = choice(fresh(case), account="suspend:14", set_aside="It was sold at once, a thousand times.")
    assert rui.post(f"/desk/case/{case.reference}/decide", data=form).status_code == 302
    assert "Agree: decide it so" in mei.get(f"/desk/case/{case.reference}").text
    mei.post(f"/desk/case/{case.reference}/take")
    report = cases.active_reports(case.id)[0]
    refusal = {"report": report.id, "do": "refuse", "why": "The paper is another's."}
    assert mei.post(f"/desk/case/{case.reference}/standing", data=refusal).status_code == 302
    page = mei.get(f"/desk/case/{case.reference}")
    assert page.status_code == 200
    assert "As things stand now nobody can agree to this: The standing of" in page.text


def test_the_preview_warns_of_a_person_in_the_reason(at_desk: Callable[[str], Browser]) -> None:
    """The account would read the reporter's name in its letter; a reason without is not warned of."""
    case = matched_case()
    rui = at_desk("rui")
    rui.post(f"/desk/case/{case.reference}/take")
    address = f"/desk/case/{case.reference}/preview"
    named = choice(fresh(case), reason="It is the painting of Zhou Yun, mirrored.")
    assert "The reason seems to hold somebody&#39;s name." in rui.post(address, data=named).text
    assert "The reason seems to hold" not in rui.post(address, data=choice(fresh(case))).text


def test_the_preview_gives_everything_back_to_the_form(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    rui = at_desk("rui")
    rui.post(f"/desk/case/{case.reference}/take")
    form = choice(case, action=["remove", "geo_block"], account="suspend:7", note="Third time this month.")
    form |= {"modifier": ["reach"], "defence": "PARODY", "set_aside": "A first case of its kind."}
    page = rui.post(f"/desk/case/{case.reference}/edit", data=form).text
    assert "Third time this month." in page
    assert "A first case of its kind." in page
    assert '<option value="suspend:7" selected' in page
    assert '<option value="PARODY" selected>' in page
    for name, value in (("action", "remove"), ("action", "geo_block"), ("modifier", "reach")):
        assert f'name="{name}" value="{value}" checked' in page


def test_nothing_found_means_no_measure_and_no_letter_to_the_account(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    rui = at_desk("rui")
    rui.post(f"/desk/case/{case.reference}/take")
    report_id = cases.active_reports(case.id)[0].id
    form = choice(case, action=[], reason="These are two different pictures.") | {
        f"finding-{report_id}": "not_supported"
    }
    page = rui.post(f"/desk/case/{case.reference}/preview", data=form).text
    assert "No violation found" in page
    assert "No letter goes to the account" in page
    assert rui.post(f"/desk/case/{case.reference}/decide", data=form).status_code == 302
    assert fresh(case).state == "decided"


GAPS = [
    ({"action": []}, "at least one measure has to follow", "part-actions"),
    ({"reason": "  "}, "Please give the reason.", "part-reason"),
    ({"action": ["suspend"]}, "for how many days", "part-actions"),
    (
        {"ground": "AI_LABEL_MISSING", "action": ["stream_cut"]},
        "does not provide this measure",
        "part-actions",
    ),
    ({"ground": ""}, "Please choose the rule", "part-ground"),
]


@pytest.mark.parametrize(("changes", "sentence", "place"), GAPS)
@pytest.mark.parametrize("verb", ["preview", "decide"])
def test_every_gap_has_its_sentence_at_its_place(
    at_desk: Callable[[str], Browser], changes: dict[str, object], sentence: str, place: str, verb: str
) -> None:
    case = matched_case()
    rui = at_desk("rui")
    rui.post(f"/desk/case/{case.reference}/take")
    answer = rui.post(f"/desk/case/{case.reference}/{verb}", data=choice(case, note="kept note") | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'href="#{place}"' in answer.text
    assert "kept note" in answer.text
    assert fresh(case).state == "open"


def test_every_report_wants_an_answer(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case(5)
    form = choice(case)
    file_report(content_ref="p5", email="li@example.org")
    form["version"] = str(fresh(case).version)
    rui = at_desk("rui")
    rui.post(f"/desk/case/{case.reference}/take")
    answer = rui.post(f"/desk/case/{case.reference}/decide", data=form)
    assert answer.status_code == 422
    assert "Please answer every report" in answer.text


def test_of_two_reviewers_at_once_one_wins_and_the_other_keeps_the_text(
    at_desk: Callable[[str], Browser], cast: Cast
) -> None:
    """Rui's hold runs out while she writes; Mei takes the case and decides; then Rui submits."""
    case = matched_case()
    form = choice(case, reason="A long reason, written with care.", note="See also p2.")
    with time_machine.travel(now(), tick=False) as clock:
        rui, mei = at_desk("rui"), at_desk("mei")
        rui.post(f"/desk/case/{case.reference}/take")
        clock.shift(timedelta(minutes=11))
        assert mei.post(f"/desk/case/{case.reference}/take").status_code == 302
        early = rui.post(f"/desk/case/{case.reference}/decide", data=form)
        assert early.status_code == 409
        assert "Mei is working on this case, until" in early.text
        assert "A long reason, written with care." in early.text
        assert mei.post(f"/desk/case/{case.reference}/decide", data=choice(case)).status_code == 302
        late = rui.post(f"/desk/case/{case.reference}/decide", data=form)
    assert late.status_code == 409
    assert "Mei decided this case on" in late.text
    assert "Violation found" in late.text
    assert "A long reason, written with care." in late.text
    assert "See also p2." in late.text
    db.session.rollback()
    assert len(list(db.session.scalars(select(Decision)))) == 1


def test_when_the_hold_ran_out_taking_it_again_brings_the_text_along(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case()
    form = choice(case, reason="A long reason, written with care.")
    with time_machine.travel(now(), tick=False) as clock:
        rui = at_desk("rui")
        rui.post(f"/desk/case/{case.reference}/take")
        clock.shift(timedelta(minutes=11))
        lost = rui.post(f"/desk/case/{case.reference}/decide", data=form)
        assert lost.status_code == 409
        assert "Your hold on this case has run out." in lost.text
        assert "A long reason, written with care." in lost.text
        again = rui.post(f"/desk/case/{case.reference}/take", data=form)
        assert again.status_code == 200
        assert "A long reason, written with care." in again.text
        assert rui.post(f"/desk/case/{case.reference}/decide", data=form).status_code == 302
    assert fresh(case).state == "decided"


def test_a_report_that_joined_meanwhile_is_shown_before_anybody_decides(at_desk: Callable[[str], Browser]) -> None:
    case = matched_case(7)
    form = choice(case)
    rui = at_desk("rui")
    rui.post(f"/desk/case/{case.reference}/take")
    late = file_report(content_ref="p7", wrong="This one is mine as well, from 2019.", email="li@example.org")
    answer = rui.post(f"/desk/case/{case.reference}/decide", data=form)
    assert answer.status_code == 409
    assert "The case changed while you were working on it (A report joined the case, " in answer.text
    assert "This one is mine as well, from 2019." in answer.text
    assert "Her picture, put up mirrored." in answer.text
    version = fresh(case).version
    assert f'name="version" value="{version}"' in answer.text
    form |= {"version": str(version), f"finding-{late.report.id}": "cannot_tell"}
    assert rui.post(f"/desk/case/{case.reference}/decide", data=form).status_code == 302


def test_a_decided_case_shows_its_decision_and_takes_no_other(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    case = matched_case()
    report_id = cases.active_reports(case.id)[0].id
    with transaction():
        case_verbs.take(case.id, cast.mei)
        found = Choice({report_id: "supported"}, "COPY_IMAGE", (("remove", None),), "The same picture.", "Easy one.")
        decision_verbs.decide(case.id, cast.mei, cases.get(case.id).version, found)
    rui = at_desk("rui")
    page = rui.get(f"/desk/case/{case.reference}").text
    assert "Violation found" in page
    assert "Easy one." in page
    assert "data-submit" not in page
    assert "Take the case" not in page
    assert rui.post(f"/desk/case/{case.reference}/take").status_code == 409


# The ladder, what a choice would do, and the second person


def urgent(number: int = 1) -> Case:
    """A case of an urgent kind, which nobody decides alone."""
    sent = file_report(kind="FRAUD", basis="ANY", content_ref=f"f{number}")
    return cases.case_of(sent.report.id)


def of(case: Case, **changes: object) -> dict[str, object]:
    """The form for an urgent case: fraud, removed."""
    return choice(case, ground="FRAUD", action=["remove"]) | changes


def test_one_sentence_says_what_the_choice_would_do_before_a_reason_is_written(
    at_desk: Callable[[str], Browser],
) -> None:
    case = known_account(matched_case())
    rui = at_desk("rui")
    address = f"/desk/case/{case.reference}"
    rui.post(f"{address}/take")
    form = choice(case, reason="")
    alone = rui.post(f"{address}/what-if", data=form, headers={"Accept": "application/json"})
    says = "0 points active, +2 makes 2: warn the account; 2 points end on"
    assert says in (alone.json or {})["says"]
    page = rui.post(f"{address}/what-if", data=form | {"note": "kept"})
    assert page.status_code == 200
    assert says in page.text
    assert 'name="note" value="kept"' in page.text
    doubled = rui.post(
        f"{address}/what-if", data=form | {"modifier": ["reach"]}, headers={"Accept": "application/json"}
    )
    assert "+4 makes 4: no posting for 1 day" in (doubled.json or {})["says"]
    report_id = cases.active_reports(case.id)[0].id
    unanswered = {k: v for k, v in form.items() if k != f"finding-{report_id}"}
    told = rui.post(f"{address}/what-if", data=unanswered, headers={"Accept": "application/json"})
    assert told.json == {"says": "", "message": "Please answer every report: supported, not supported, or cannot tell."}


def test_the_account_gets_what_the_ladder_says_unless_somebody_says_why_not(at_desk: Callable[[str], Browser]) -> None:
    case = known_account(matched_case())
    rui = at_desk("rui")
    address = f"/desk/case/{case.reference}"
    rui.post(f"{address}/take")
    lighter = rui.post(f"{address}/decide", data=choice(case, account="none"))
    assert lighter.status_code == 422
    assert "The measure you chose for the account is lighter than the ladder says." in lighter.text
    assert 'href="#part-account"' in lighter.text
    form = choice(case, account="none", set_aside="The account took it down at once and said sorry.")
    assert "Warn the account" not in _panel(rui.post(f"{address}/preview", data=form).text)
    heavier = rui.post(f"{address}/preview", data=choice(case, account="no_posting:3")).text
    assert "No posting, 3 days" in heavier
    assert rui.post(f"{address}/decide", data=form).status_code == 302
    db.session.rollback()
    decision = db.session.scalar(select(Decision))
    assert decision is not None
    assert [a.kind for a in decision.actions] == ["remove"]
    assert decision.ladder["set_aside"] == "The account took it down at once and said sorry."


def _panel(page: str) -> str:
    return page[page.index("foresee") : page.index('class="foretold__letters"')]


def test_an_urgent_case_waits_for_a_second_person_who_agrees(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    case = urgent()
    rui, mei = at_desk("rui"), at_desk("mei")
    address = f"/desk/case/{case.reference}"
    rui.post(f"{address}/take")
    look = rui.post(f"{address}/preview", data=of(case)).text
    assert "This becomes a proposal" in look
    assert "Propose it to a second person" in look
    answer = rui.post(f"{address}/decide", data=of(case))
    assert answer.status_code == 302
    assert f"{case.reference} waits for a second person: the case is urgent" in rui.get(answer.location).text
    assert fresh(case).state == "proposed"
    own = rui.get(address).text
    assert "You proposed this. It waits for somebody else to agree" in own
    assert "Agree: decide it so" not in own
    page = mei.get(address).text
    assert "Proposed by Rui" in page
    assert "Agree: decide it so" in page
    proposal = db.session.scalars(select(Proposal.id)).one()
    db.session.rollback()
    form = {"proposal": proposal, "do": "agree"}
    assert rui.post(f"{address}/proposal", data=form).status_code == 409
    assert mei.post(f"{address}/proposal", data=form).status_code == 302
    assert fresh(case).state == "decided"
    page = mei.get(address).text
    assert "Rui and Mei" in page
    assert "Statement for the EU database:" in page
    assert "Statement of reasons" in page
    assert mei.post(f"{address}/proposal", data=form).status_code == 409


def test_what_is_sent_back_comes_with_a_note_and_is_not_typed_twice(at_desk: Callable[[str], Browser]) -> None:
    case = urgent()
    rui, mei = at_desk("rui"), at_desk("mei")
    address = f"/desk/case/{case.reference}"
    rui.post(f"{address}/take")
    form = of(case, account="suspend:14", modifier=["commercial"], reason="A false lottery.", note="Third one.")
    rui.post(f"{address}/decide", data=form)
    db.session.rollback()
    proposal = db.session.scalars(select(Proposal.id)).one()
    db.session.rollback()
    mute = mei.post(f"{address}/proposal", data={"proposal": proposal, "do": "refuse", "note": ""})
    assert mute.status_code == 422
    assert "Please say why you do not agree." in mute.text
    sent = {"proposal": proposal, "do": "refuse", "note": "Which bank? Please look again."}
    assert mei.post(f"{address}/proposal", data=sent).status_code == 302
    assert fresh(case).state == "open"
    assert "Mei did not agree: Which bank? Please look again." in rui.get(address).text
    rui.post(f"{address}/take")
    page = rui.get(address).text
    assert ">A false lottery.</textarea>" in page
    assert ">Third one.</textarea>" in page
    assert '<option value="suspend:14" selected' in page
    assert 'name="modifier" value="commercial" checked' in page


def test_misuse_is_marked_behind_a_disclosure_with_a_reason_and_never_for_exempt_kinds(
    at_desk: Callable[[str], Browser],
) -> None:
    case = matched_case()
    report_id = cases.active_reports(case.id)[0].id
    rui = at_desk("rui")
    address = f"/desk/case/{case.reference}"
    rui.post(f"{address}/take")
    assert "Misuse of reporting?" in rui.get(address).text
    form = choice(case, action=[], **{f"mark-{report_id}": "bad_faith"})
    supported = rui.post(f"{address}/decide", data=form)
    assert supported.status_code == 422
    assert "Only a report that is not supported can be marked as misuse." in supported.text
    form |= {f"finding-{report_id}": "not_supported", "reason": "Two different pictures."}
    mute = rui.post(f"{address}/decide", data=form)
    assert mute.status_code == 422
    assert "Please say why this report is a misuse." in mute.text
    assert 'value="bad_faith" selected' in mute.text
    form["mark_reason"] = "The same invented claim for the fourth time."
    assert "In bad faith" in _panel(rui.post(f"{address}/preview", data=form).text)
    assert rui.post(f"{address}/decide", data=form).status_code == 302
    page = rui.get(address).text
    assert "This report was marked: In bad faith." in page
    assert "Found the report to be a misuse of reporting" in page
    sealed = file_report(kind="INTIMATE_DEEPFAKE", content_ref="s1", proofs={}, email="li@example.org")
    exempt = cases.case_of(sealed.report.id)
    rui.post(f"/desk/case/{exempt.reference}/take")
    assert "Misuse of reporting?" not in rui.get(f"/desk/case/{exempt.reference}").text


def test_who_could_be_the_second_person_of_an_appeal_sees_nothing_of_the_first_decision(
    at_desk: Callable[[str], Browser], cast: Cast
) -> None:
    case = matched_case()
    rui = at_desk("rui")
    address = f"/desk/case/{case.reference}"
    rui.post(f"{address}/take")
    rui.post(f"{address}/decide", data=choice(case, note="Quite plain."))
    assert "Quite plain." in at_desk("mei").get(address).text
    report = cases.active_reports(fresh(case).id)[0]
    with transaction():
        appeals.file(case.id, f"reporter:{report.id}", "Please look at the copies too.")
    blind = at_desk("mei").get(address).text
    assert "You may be the second person here." in blind
    for told in ("Quite plain.", "Her picture, put up mirrored.", "Warn the account", "Made a decision"):
        assert told not in blind
    assert "Quite plain." in rui.get(address).text
