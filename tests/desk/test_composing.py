"""Composing a decision without scripts: rules with what they stand on, ready reasons, what if, who reads what, and one
sentence where similar cases went another way."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import select

from tests.conftest import Cast
from tests.desk.conftest import Browser, choice, fresh, matched_case
from tests.domain.decisions.story import account, decided, dismissed
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.cases.service import take
from webapp.domain.decisions.models import Decision
from webapp.domain.policy.queries import book
from webapp.domain.precedents import service as precedents

JSON = {"Accept": "application/json"}


def taken(rui: Browser, number: int = 1, **answers: object) -> tuple[Case, str]:
    """A case of a known account that Rui has taken, and its address."""
    case = matched_case(number, **answers)
    with transaction():
        case.subject.respondent = account()
    address = f"/desk/case/{case.reference}"
    rui.post(f"{address}/take")
    return fresh(case), address


def dismissed_before(cast: Cast, times: int = 5) -> None:
    """So many cases like the one to come, all dismissed."""
    for number in range(times):
        case = matched_case(number + 20)
        with transaction():
            case.subject.respondent = account()
            take(case.id, cast.mei)
        precedent = decided(cases.get(case.id), cast.mei, dismissed(case))
        with transaction():
            precedents.keep(db.session.get_one(Decision, precedent.id))


def words(page: str) -> str:
    """What one reads."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_rule_comes_with_house_clause_law_and_eu_codes(at_desk: Callable[[str], Browser]) -> None:
    """The reported kind first, then those usual in the queue; each once."""
    rui = at_desk("rui")
    _case, address = taken(rui)
    page = rui.get(address).text
    assert re.findall(r'<optgroup label="([^"]+)">\s*<option value="(\w+)"', page)[:2] == [
        ("Reported here", "COPY_IMAGE"),
        ("Usual in this queue", "COPY_VIDEO"),
    ]
    offered = re.findall(r'<option value="(\w+)" data-actions=', page)
    assert sorted(offered) == sorted(book().kinds)
    facts = page[page.index('data-stands-on="COPY_IMAGE"') :]
    shown = words(facts[: facts.index("</dl>")])
    assert "House rules: no infringement of likeness or intellectual property" in shown
    assert "PRC Copyright Law" in shown
    assert "ILLEGAL_CONTENT · INTELLECTUAL_PROPERTY_INFRINGEMENTS · COPYRIGHT_INFRINGEMENT" in shown


def test_a_queue_hides_measures_and_the_desk_refuses_them(at_desk: Callable[[str], Browser]) -> None:
    """Labels are no answer to intimate imagery: they are not offered, nor taken from an old page."""
    rui = at_desk("rui")
    case, address = taken(rui)
    with transaction():
        moved = cases.get(case.id)
        moved.queue, moved.queue_fixed = "intimate", True
    page = rui.get(address).text
    assert 'data-measure="remove"' in page
    assert 'data-measure="label_ai"' not in page
    refused = rui.post(f"{address}/decide", data=choice(fresh(case), action=["label_ai"]))
    assert refused.status_code == 422
    assert "This measure is not offered in this queue." in refused.text


def test_a_ready_reason_is_put_under_what_was_written(at_desk: Callable[[str], Browser]) -> None:
    """In the language of those who read it, or in both; the rest of the form stays."""
    rui = at_desk("rui")
    case, address = taken(rui)
    form = choice(case, reason="Seen by two of us.", template="COPY_SAME", template_in="both")
    page = rui.post(f"{address}/edit", data=form).text
    reason = re.search(r'<textarea id="reason"[^>]*>([^<]*)', page)
    assert reason is not None
    assert reason[1].startswith("Seen by two of us.\n\n")
    assert "“{{the name of the work}}”" in reason[1]
    assert "《{{作品名称}}》" in reason[1]
    assert 'value="remove" checked' in page
    alone = rui.get("/desk/reasons/COPY_SAME?in=en").json
    assert alone is not None and alone["text"].startswith(
        "The content is the same as the work “{{the name of the work}}”"
    )
    assert rui.get("/desk/reasons/COPY_SAME?in=fr").status_code == 404
    assert rui.get("/desk/reasons/NO_SUCH?in=en").status_code == 404


def test_a_gap_left_open_sends_nothing(at_desk: Callable[[str], Browser]) -> None:
    """Neither preview nor decision; the sentence names what is missing, once filled in it goes."""
    rui = at_desk("rui")
    case, address = taken(rui)
    open_ = choice(case, reason="It is the same as “{{the name of the work}}”, at ｛｛出现的位置或时间｝｝.")
    for step in ("preview", "decide"):
        page = rui.post(f"{address}/{step}", data=open_)
        assert page.status_code == 422
        assert "Please fill in what is still open in the reason: the name of the work · 出现的位置或时间" in page.text
    assert db.session.scalar(select(Decision)) is None
    assert rui.post(f"{address}/preview", data=choice(case, reason="Same as “Dusk”.")).status_code == 200


def test_several_choices_stand_side_by_side(at_desk: Callable[[str], Browser]) -> None:
    """The form's own, one lighter and none for the account, each with what it leads to and what it asks for."""
    rui = at_desk("rui")
    case, address = taken(rui)
    form = choice(case, action=["block_hash"], modifier=["reach"], reason="")
    told = rui.post(f"{address}/what-if", data=form, headers=JSON).json
    assert told is not None
    by_name = {column["name"]: dict(zip(told["rows"], column["cells"], strict=True)) for column in told["columns"]}
    assert list(by_name) == ["As chosen", "The usual measures", "One step lighter", "Nothing for the account"]
    mine = by_name["As chosen"]
    assert mine["Points"][0] == "0 + 4 = 4"
    assert mine["Account"] == ["No posting, 1 day"]
    assert mine["Content"] == ["Keep copies out, 365 days"]
    assert by_name["The usual measures"]["Content"] == ["Remove the content"]
    assert by_name["One step lighter"]["Account"] == ["Warn the account"]
    assert by_name["Nothing for the account"]["Account"] == []
    assert by_name["One step lighter"]["Asks for"] == ["A sentence on why the ladder is set aside."]
    assert told["columns"][2]["sets"] == {"actions": ["block_hash"], "days": {}, "account": "warn"}


def test_without_script_a_choice_is_taken_by_a_button(at_desk: Callable[[str], Browser]) -> None:
    """A page of its own carries everything typed along."""
    rui = at_desk("rui")
    case, address = taken(rui)
    page = rui.post(f"{address}/what-if", data=choice(case, modifier=["reach"], note="Ask Mei.")).text
    assert page.count("Take this one") == 2
    lighter = page[page.rindex("<form", 0, page.index("Take this one")) :]
    form = re.findall(r'name="([^"]+)" value="([^"]*)"', lighter[: lighter.index("</form>")])
    assert ("account", "warn") in form
    again = rui.post(f"{address}/edit", data=dict(form)).text
    assert ">Ask Mei.</textarea>" in again
    assert '<option value="warn" selected>' in again


def test_similar_decisions_are_shown_with_their_outcome(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """On the page, and for another rule to the page's script."""
    dismissed_before(cast)
    rui = at_desk("rui")
    _case, address = taken(rui)
    page = words(rui.get(address).text)
    assert "5 similar decisions: violation found in 0." in page
    assert "No violation found" in page
    other = rui.get(f"{address}/similar?ground=VOICE").json
    assert other == {"says": ["No similar case was decided here yet."], "lines": [], "apart": []}


def test_a_decision_far_from_them_asks_for_one_sentence_which_is_kept(
    at_desk: Callable[[str], Browser], cast: Cast
) -> None:
    """The what-if tells it beforehand; preview and decision want it; the desk reads it, the letters never do."""
    dismissed_before(cast)
    rui = at_desk("rui")
    case, address = taken(rui)
    told = rui.post(f"{address}/what-if", data=choice(case), headers=JSON).json
    assert told is not None and told["apart"] == ["Most similar cases were decided otherwise."]
    for step in ("preview", "decide"):
        refused = rui.post(f"{address}/{step}", data=choice(case))
        assert refused.status_code == 422
        assert "Similar cases were decided otherwise. Please say in one sentence why this one differs" in refused.text
        assert 'id="part-apart"' in refused.text
    why = choice(case, apart="Here the original file is before us.")
    preview = rui.post(f"{address}/preview", data=why).text
    letters = preview[preview.index("foretold__letters") :]
    assert "original file" not in letters
    assert rui.post(f"{address}/decide", data=why).status_code == 302
    db.session.rollback()
    made = db.session.scalar(select(Decision).where(Decision.case_id == case.id))
    assert made is not None and made.apart == "Here the original file is before us."
    assert "Here the original file is before us." in rui.get(address).text
    assert "otherwise than similar cases, with a reason" in words(at_desk("lan").get("/desk/audit").text)


def test_the_preview_says_who_reads_what(at_desk: Callable[[str], Browser]) -> None:
    """Looked up in the letters themselves: the reason is read by both, the note by nobody, the name of either side by
    neither."""
    rui = at_desk("rui")
    case, address = taken(rui)
    page = rui.post(f"{address}/preview", data=choice(case, note="Ask Mei about the frame.")).text
    rows = dict(re.findall(r'<th scope="row">([^<]+)</th>(.*?)</tr>', page[page.index('class="told"') :], re.S))
    said = {name: [">✓" in cell for cell in cells.split("</td>")[:-1]] for name, cells in rows.items()}
    assert said["The reason"] == [True, True]
    assert said["Remove the content"] == [True, True]
    assert said["Until when it can be contested"] == [True, True]
    assert said["The law or rule it rests on"] == [False, True]
    assert said["Who reported it"] == [False, False]
    assert said["The account&#39;s name"] == [False, False]
    assert said["The internal note"] == [False, False]
    assert page.count("<mark>Her picture, put up mirrored.</mark>") == 4
