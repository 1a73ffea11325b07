"""Working on a case together: second eyes, questions to the account, cases merged and split, earlier decisions."""

from __future__ import annotations

import re
from collections.abc import Callable

from werkzeug.test import TestResponse

from tests.builders import file_report
from tests.conftest import Cast
from tests.desk.conftest import Browser, choice, fresh, known_account, matched_case
from webapp.core.db import db, transaction
from webapp.domain.appeals import service as hearing
from webapp.domain.cases import eyes
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.cases.records import Merge, SecondEyes

AtDesk = Callable[[str], Browser]


def followed(browser: Browser, answer: TestResponse) -> str:
    """The page a form leads to; what was read before is read anew."""
    db.session.rollback()
    assert answer.status_code == 302, answer.text
    return browser.get(answer.location.partition("#")[0]).text


def taken(browser: Browser, case: Case) -> str:
    """Take the case; gives its address."""
    assert browser.post(f"/desk/case/{case.reference}/take").status_code == 302
    return f"/desk/case/{case.reference}"


def the_question() -> SecondEyes:
    """The one question to colleagues there is."""
    db.session.rollback()
    return db.session.query(SecondEyes).one()


def test_a_colleague_looks_and_says_what_they_find_while_the_case_stays_with_who_asked(
    at_desk: AtDesk, cast: Cast
) -> None:
    """The list shows the picture blurred; the answer is in the case and in the asker's list until it is read."""
    case = matched_case()
    rui, mei = at_desk("rui"), at_desk("mei")
    place = taken(rui, case)
    said = followed(rui, rui.post(f"{place}/eyes", data={"question": "Is it the same river?", "of": cast.mei.id}))
    assert "Mei is asked to look. The case stays with you." in said and "Is it the same river?" in said
    listed = mei.get("/desk/eyes").text
    assert "Is it the same river?" in listed and "veil" in listed and case.reference in listed
    assert "Is it the same river?" not in at_desk("lan").get("/desk/eyes").text
    asked = the_question()
    page = mei.get(place).text
    assert (
        "What do you see?" in page and 'data-key="t"' not in page.partition('id="eyes"')[2].partition("</section>")[0]
    )
    empty = mei.post(f"/desk/eyes/{asked.id}", data={"note": "I think so."})
    assert empty.status_code == 422 and "Please choose what you see." in empty.text and "I think so." in empty.text
    mei.post(f"/desk/eyes/{asked.id}", data={"finding": "supported", "note": "The reeds are hers."})
    assert mei.get("/desk/eyes").text.count("Is it the same river?") == 0
    mine = rui.get("/desk/eyes").text
    assert "The reeds are hers." in mine and "Mei" in mine
    assert "The reeds are hers." in rui.get(place).text
    db.session.rollback()
    assert cases.holder(case.id).id == cast.rui.id  # type: ignore[union-attr]  # it is held
    assert cases.touched(case.id) == {cast.rui.id, cast.mei.id}
    rui.post(f"/desk/eyes/{asked.id}", data={"do": "read"})
    assert "The reeds are hers." not in rui.get("/desk/eyes").text


def test_anybody_may_answer_an_open_question_once_and_nobody_their_own(at_desk: AtDesk, cast: Cast) -> None:
    case = matched_case()
    rui = at_desk("rui")
    place = taken(rui, case)
    rui.post(f"{place}/eyes", data={"question": "Anybody who knows seals?"})
    asked = the_question()
    own = rui.post(f"/desk/eyes/{asked.id}", data={"finding": "supported"})
    assert own.status_code == 409 and "Somebody else was asked to look." in own.text
    waits = re.compile(r'data-count="eyes">1<')
    assert waits.search(at_desk("mei").get("/desk/").text), "what anybody may answer is in everybody's count"
    assert not waits.search(rui.get("/desk/").text)
    assert at_desk("lan").post(f"/desk/eyes/{asked.id}", data={"finding": "cannot_tell"}).status_code == 302
    late = at_desk("mei").post(f"/desk/eyes/{asked.id}", data={"finding": "supported"})
    assert late.status_code == 409 and "Somebody has answered already." in late.text


def test_the_account_is_asked_after_looking_at_the_letter_in_both_languages(at_desk: AtDesk, cast: Cast) -> None:
    case = known_account(matched_case())
    rui = at_desk("rui")
    place = taken(rui, case)
    assert "Ask the account" in rui.get(place).text
    question = {"text": "Who painted what is in the picture?"}
    shown = rui.post(f"{place}/ask-account", data=question | {"do": "preview"}).text
    assert shown.count("Who painted what is in the picture?") >= 2 and "在作出决定之前" in shown
    assert "Our own time stands still for 3 days at most" in shown
    back = rui.post(f"{place}/ask-account", data=question | {"do": "edit"}).text
    assert "Who painted what is in the picture?</textarea>" in back
    said = followed(rui, rui.post(f"{place}/ask-account", data=question | {"do": "send"}))
    assert "The account is asked." in said and "Questions that wait for an answer" in said
    assert "the account was asked something" in said
    assert fresh(case).state == "asked"
    assert rui.post(f"{place}/ask-account", data={"text": " ", "do": "send"}).status_code == 422


def two_cases() -> tuple[Case, Case]:
    """Cases about one picture under two addresses, the second on a platform nobody knows."""
    kept = matched_case(1)
    other = file_report(content_ref="", platform="", address="https://mirror.example/p1", email="li.na@example.org")
    return kept, cases.case_of(other.report.id)


def test_two_cases_are_looked_at_side_by_side_then_merged_then_taken_apart(at_desk: AtDesk, cast: Cast) -> None:
    """The warning is ticked, not clicked away; the other reference leads to the kept case; one button takes it back."""
    kept, gone = two_cases()
    rui = at_desk("rui")
    place = taken(rui, kept)
    look = rui.post(f"{place}/merge", data={"other": gone.reference, "why": "The same picture."}).text
    assert "These are two contents, not one." in look and "https://mirror.example/p1" in look
    form = {"other": gone.reference, "why": "The same picture.", "do": "merge"}
    unticked = rui.post(f"{place}/merge", data=form)
    assert unticked.status_code == 422 and "Please tick that you looked at both." in unticked.text
    said = followed(rui, rui.post(f"{place}/merge", data=form | {"across": "yes"}))
    assert f"{gone.reference} is part of this case now." in said and "Take apart again" in said
    assert "Took another case in" in said
    led = rui.get(f"/desk/case/{gone.reference}")
    assert led.status_code == 302 and led.location.endswith(kept.reference)
    (made,) = db.session.query(Merge).all()
    said = followed(rui, rui.post(f"{place}/unmerge", data={"merge": made.id}))
    assert f"{gone.reference} is a case of its own again" in said and "Take apart again" not in said
    assert fresh(gone).state == "open" and fresh(kept).report_count == 1


def test_who_decides_a_case_that_was_merged_meanwhile_is_told_where_it_went(at_desk: AtDesk, cast: Cast) -> None:
    """What they typed is still there."""
    kept, gone = two_cases()
    typed = choice(gone, reason="Typed before the merge.")
    with transaction():
        case_verbs.take(kept.id, cast.mei)
        case_verbs.merge(kept, gone, cast.mei, anchored=False, across=True)
    answer = at_desk("rui").post(f"/desk/case/{gone.reference}/decide", data=typed)
    assert answer.status_code == 409 and f"This case was merged into {kept.reference} meanwhile." in answer.text
    assert "Typed before the merge." in answer.text


def test_what_cannot_be_merged_says_why_and_what_to_do_instead(at_desk: AtDesk, cast: Cast) -> None:
    kept, gone = two_cases()
    known_account(kept)
    rui = at_desk("rui")
    place = taken(rui, gone)
    look = rui.post(f"{place}/merge", data={"other": kept.reference}).text
    assert "Merge this case into that one instead." in look and f"Open {kept.reference}" in look
    missing = rui.post(f"{place}/merge", data={"other": "C-0000-0000"})
    assert missing.status_code == 404 and "There is no case with this reference." in missing.text


def test_reports_are_split_off_into_a_case_that_knows_where_it_came_from(at_desk: AtDesk, cast: Cast) -> None:
    case = matched_case()
    second = file_report(email="li.na@example.org", kind="FRAUD", basis="ANY").report
    rui = at_desk("rui")
    place = taken(rui, case)
    none = rui.post(f"{place}/split", data={"why": "Another matter."})
    assert none.status_code == 422 and "Please tick at least one report that stands." in none.text
    said = followed(rui, rui.post(f"{place}/split", data={"reports": second.id, "why": "Another matter."}))
    part = cases.case_of(second.id)
    assert part.id != case.id and f"{part.reference} has these reports now" in said
    assert "Other open cases about the same content:" in said and part.reference in said
    assert case.reference in at_desk("mei").get(f"/desk/case/{part.reference}").text
    undone = re.search(r'name="token" value="([^"]+)"', said)
    assert undone is not None
    rui.post("/desk/undo", data={"token": undone[1]})
    db.session.rollback()
    assert cases.case_of(second.id).id == case.id


def test_earlier_decisions_on_content_account_and_claimant_are_named_and_hidden_where_they_must_be(
    at_desk: AtDesk, cast: Cast
) -> None:
    first = known_account(matched_case(1))
    rui = at_desk("rui")
    place = taken(rui, first)
    assert rui.post(f"{place}/decide", data=choice(first)).status_code == 302
    again = matched_case(1)
    assert again.id != first.id
    page = rui.get(f"/desk/case/{again.reference}").text
    assert "this content <strong>1</strong>" in page and "this account <strong>1</strong>" in page
    assert "these claimants <strong>1</strong>" in page and first.reference in page
    with transaction():
        hearing.file(first.id, "respondent", "I painted it, look again.")
    mei = at_desk("mei").get(f"/desk/case/{again.reference}").text
    assert first.reference not in mei  # she could decide that appeal


def test_the_list_of_questions_costs_the_same_however_many_there_are(
    at_desk: AtDesk, cast: Cast, count_queries: list[str]
) -> None:
    mei, costs = at_desk("mei"), []
    for numbers in ((1,), (2, 3, 4, 5)):
        for number in numbers:
            case = matched_case(number)
            with transaction():
                case_verbs.take(case.id, cast.rui)
                eyes.ask_eyes(cases.get(case.id), cast.rui, "What do you see?", cast.mei)
        count_queries.clear()
        mei.get("/desk/eyes")
        costs.append(len(count_queries))
    assert costs[0] == costs[1]
