"""Second look: what waits for a second person, and an appeal found blind by somebody new to the case."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.builders import file_report
from tests.conftest import Cast
from tests.desk.conftest import Browser, matched_case
from tests.domain.appeals.story import countered, decided, in_force, paper, posted, rejected, removed, reports
from webapp.core.db import db, transaction
from webapp.domain.appeals import service as appeals
from webapp.domain.appeals.blind import RESPONDENT, reporter
from webapp.domain.appeals.models import Appeal
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions import service as decision_verbs
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.rules import Choice

REASON = "Her picture, put up mirrored."
TEXT = "I drew both pictures; the older one is mine, too."


def appealed(decision: Decision, party: str = RESPONDENT) -> tuple[str, str]:
    """(reference of the appeal, of the case)."""
    with transaction():
        appeal = appeals.file(decision.case_id, party, TEXT)
        return appeal.reference, cases.get(decision.case_id).reference


def found(reference: str) -> Appeal:
    """The appeal as it is now, whatever requests did meanwhile."""
    db.session.rollback()
    appeal = db.session.query(Appeal).filter_by(reference=reference).one()
    db.session.refresh(appeal)
    return appeal


def answers(case_id: str, answer: str) -> dict[str, str]:
    """The same answer to every report, as the form sends it."""
    return {f"finding-{report.id}": answer for report in cases.active_reports(case_id)}


def tells_nothing(page: str) -> None:
    """Neither who decided first, nor what, nor why."""
    for secret in (REASON, "Violation found", "Rui", "Remove the content</"):
        assert secret not in page, secret


def test_an_appeal_is_taken_found_blind_and_turned(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """Mei finds before she sees what Rui decided; then she turns it, and the content comes back."""
    decision = removed(cast)
    reference, case = appealed(decision)
    mei = at_desk("mei")
    assert reference in mei.get("/desk/second").text
    address = f"/desk/appeals/{reference}"
    page = mei.get(address).text
    assert TEXT in page and "Take the appeal" in page
    tells_nothing(page)
    assert mei.post(f"{address}/find", data=answers(decision.case_id, "supported")).status_code == 409
    mei.post(f"{address}/take")
    page = mei.get(address).text
    assert "The first decision is hidden" in page
    tells_nothing(page)
    gap = mei.post(f"{address}/find", data={})
    assert gap.status_code == 422 and "Please answer every report" in gap.text
    tells_nothing(gap.text)
    early = mei.post(f"{address}/preview", data={"do": "keep", "keep_reason": "Right."})
    assert early.status_code == 409 and "Please answer every report yourself first" in early.text
    mei.post(f"{address}/find", data=answers(decision.case_id, "not_supported"))
    page = mei.get(address).text
    assert REASON in page and "Rui" in page and "They lead to another verdict." in page
    form = answers(decision.case_id, "not_supported") | {"do": "anew", "reason": "Two different pictures."}
    preview = mei.post(f"{address}/preview", data=form).text
    assert "Reversed" in preview and "Remove the content" in preview
    assert "Two different pictures." in preview, "the letters are read before they leave"
    assert decisions.latest(decision.case_id) == decision, "a preview decides nothing"
    assert mei.post(f"{address}/decide", data=form).status_code == 302
    assert found(reference).outcome == "reversed"
    assert in_force(decision.case_id) == []
    assert posted("appeal.decided")
    assert "Decided by Mei" in mei.get(address).text
    assert reference not in mei.get("/desk/second").text
    assert case in mei.get(address).text
    page = at_desk("lan").get(f"/desk/case/{case}").text
    assert address in page and "The first decision was overturned" in page


def test_an_appeal_is_left_as_it_was_with_a_reason(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """Whoever appealed reads why nothing changes; without a reason it is not decided."""
    decision = removed(cast)
    reference, _case = appealed(decision)
    mei, address = at_desk("mei"), f"/desk/appeals/{reference}"
    mei.post(f"{address}/take")
    mei.post(f"{address}/find", data=answers(decision.case_id, "supported"))
    assert "They lead to the same verdict." in mei.get(address).text
    gap = mei.post(f"{address}/decide", data={"do": "keep"})
    assert gap.status_code == 422 and "Please say why you leave it" in gap.text
    preview = mei.post(f"{address}/preview", data={"do": "keep", "keep_reason": "Both are one picture."}).text
    assert "Nothing changes" in preview and "Both are one picture." in preview
    back = mei.post(f"{address}/edit", data={"do": "keep", "keep_reason": "Both are one picture."}).text
    assert "Both are one picture." in back, "what was typed comes back"
    mei.post(f"{address}/decide", data={"do": "keep", "keep_reason": "Both are one picture."})
    assert (found(reference).outcome, found(reference).reason) == ("upheld", "Both are one picture.")
    assert in_force(decision.case_id) != []


def test_what_a_new_choice_lacks_is_said_and_nothing_is_lost(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """A choice without measures is refused at its place in the form, with the reason still typed."""
    decision = removed(cast)
    reference, _case = appealed(decision)
    mei, address = at_desk("mei"), f"/desk/appeals/{reference}"
    mei.post(f"{address}/take")
    mei.post(f"{address}/find", data=answers(decision.case_id, "supported"))
    form: dict[str, Any] = answers(decision.case_id, "supported")
    form |= {"do": "anew", "ground": "COPY_IMAGE", "reason": "A label is enough here."}
    page = mei.post(f"{address}/preview", data=form)
    assert page.status_code == 422
    assert "at least one measure" in page.text and "A label is enough here." in page.text
    form["action"] = ["label_ai"]
    preview = mei.post(f"{address}/preview", data=form).text
    assert "Changed" in preview and "Taken back" in preview
    mei.post(f"{address}/decide", data=form)
    assert found(reference).outcome == "varied"


def test_who_worked_on_the_case_cannot_take_its_appeal(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """Rui decided: the appeal is not in Rui's list, the page says so, and taking it is refused."""
    reference, _case = appealed(removed(cast))
    rui = at_desk("rui")
    assert reference not in rui.get("/desk/second").text
    page = rui.get(f"/desk/appeals/{reference}").text
    assert "somebody else decides its appeal" in page and "Take the appeal" not in page
    refused = rui.post(f"/desk/appeals/{reference}/take")
    assert refused.status_code == 409 and "You worked on this case before" in refused.text


def test_one_given_back_starts_blind_again(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """Mei found and gives it back: Lan sees neither her findings nor the first decision."""
    decision = removed(cast)
    reference, _case = appealed(decision)
    mei, lan, address = at_desk("mei"), at_desk("lan"), f"/desk/appeals/{reference}"
    mei.post(f"{address}/take")
    held = lan.get(address).text
    assert "Mei has this appeal" in held
    taken = lan.post(f"{address}/take")
    assert taken.status_code == 409
    mei.post(f"{address}/find", data=answers(decision.case_id, "supported"))
    tells_nothing(lan.get(address).text)
    mei.post(f"{address}/release")
    lan.post(f"{address}/take")
    page = lan.get(address).text
    tells_nothing(page)
    assert "checked" not in page.split('id="part-findings"')[1].split("</fieldset>")[0]


def test_no_page_of_the_desk_tells_the_second_person(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """Case, measures, log and statements keep the first decision from Lan until she has found; Rui sees all of it."""
    decision = removed(cast)
    reference, case = appealed(decision)
    lan, rui = at_desk("lan"), at_desk("rui")
    lan.post(f"/desk/appeals/{reference}/take")
    assert REASON in rui.get(f"/desk/case/{case}").text
    page = lan.get(f"/desk/case/{case}").text
    tells_nothing(page)
    assert "points active" not in page
    tells_nothing(lan.post(f"/desk/case/{case}/take").text)
    assert case in rui.get("/desk/actions").text
    measures = lan.get("/desk/actions").text
    assert case not in measures and "you could decide its appeal" in measures
    for filters in ("", f"?about={case}", f"?who={cast.rui.id}", "?verb=decision.make", f"?about={decision.id}"):
        log = lan.get(f"/desk/audit{filters}").text.split("desk-filter--wide")[1].split("</form>")[1]
        assert "Made a decision" not in log and "Took the case" not in log, filters
    statements = lan.get("/desk/statements").text
    assert "hidden while you could decide its appeal" in statements and "Remove the content" not in statements
    lan.post(f"/desk/appeals/{reference}/find", data=answers(decision.case_id, "supported"))
    assert REASON in lan.get(f"/desk/case/{case}").text
    assert case in lan.get("/desk/actions").text
    assert "Made a decision" in lan.get("/desk/audit?verb=decision.make").text.split("<tbody>")[1]


def test_what_the_account_handed_in_can_be_read(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """The proof drawer and the counter-notice are before the second person; files are downloads only."""
    decision = removed(cast)
    countered(decision)
    licence = paper("Licence of 2019", source="respondent")
    with transaction():
        appeals.add_proof(decision.case_id, licence, "LICENCE", "Signed in May.")
    reference, _case = appealed(decision)
    mei = at_desk("mei")
    page = mei.get(f"/desk/appeals/{reference}").text
    assert "Signed in May." in page and "I drew it myself." in page
    with mei.post(f"/desk/papers/{licence.id}") as file:
        assert file.data == b"Licence of 2019"
        assert file.headers["Content-Disposition"].startswith("attachment")
    assert mei.post("/desk/papers/nothing").status_code == 404


def proposed(cast: Cast) -> str:
    """A case that Rui proposes to close an account for; gives its reference."""
    case = reports("zhou.yun@example.org")
    with transaction():
        case_verbs.take(case.id, cast.rui)
    choice = Choice(
        {r.id: "supported" for r in cases.active_reports(case.id)},
        case.kind,
        [("remove", None), ("close", None)],
        REASON,
        set_aside="It could not wait for a warning.",
    )
    with transaction():
        decision_verbs.decide(case.id, cast.rui, cases.get(case.id).version, choice)
    return cases.get(case.id).reference


def test_a_proposal_waits_for_another(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """Rui's own proposal says that it waits; Mei opens it from her list, and the number stands in the navigation."""
    case = proposed(cast)
    rui, mei = at_desk("rui"), at_desk("mei")
    mine = rui.get("/desk/second").text
    assert case in mine and "waits for another" in mine
    assert waits(mine) == ""
    hers = mei.get("/desk/second").text
    assert case in hers and "Close the account" in hers and "waits for another" not in hers
    assert waits(hers) == "1 waiting for a second person"
    assert f"/desk/case/{case}" in hers
    queue = mei.get("/desk/").text
    assert "a decision waits" in queue and "data-take" not in queue, "it is taken on its own page, on purpose"


def waits(page: str) -> str:
    """The number beside the list in the navigation as one reads it, '' where it is hidden."""
    found = re.search(r'<span class="count"[^>]* data-count="second"( hidden)?>(.*?)</span></span>', page)
    assert found is not None
    return "" if found[1] else " ".join(re.sub(r"<[^>]+>", "", found[2]).split())


def test_the_lists_ask_the_same_number_of_questions_for_many_rows(
    at_desk: Callable[[str], Browser], cast: Cast, count_queries: list[str]
) -> None:
    """One appeal or three: the page needs as many queries."""

    def contested(number: int) -> None:
        case = reports("zhou.yun@example.org", content_ref=f"q{number}")
        decision = decided(case, cast.rui, rejected(case))
        appealed(decision, reporter(cases.active_reports(case.id)[0].id))

    mei = at_desk("mei")
    contested(1)
    mei.get("/desk/second")
    count_queries.clear()
    mei.get("/desk/second")
    one = len(count_queries)
    for number in (2, 3):
        contested(number)
    count_queries.clear()
    assert mei.get("/desk/second").text.count("desk/appeals/A-") >= 3
    assert len(count_queries) == one


def test_sealed_content_stays_closed_on_an_appeal(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """Nothing intimate is shown to a second person either until it is opened with a reason."""
    case = matched_case()
    item = next(e.id for e in cases.evidence_of(case.id) if e.role == "alleged")
    receipt = file_report(kind="INTIMATE_DEEPFAKE", content_ref="p1", email="li@example.org", proofs={})
    made = decided_by_two(case.id, cast)
    reference, _case = appealed(made, reporter(receipt.report.id))
    lan, address = at_desk("lan"), f"/desk/appeals/{reference}"
    lan.post(f"{address}/take")
    page = lan.get(address).text
    assert "opened one file at a time, with a reason" in page and f"/desk/media/{item}" not in page
    lan.post(f"/desk/case/{cases.get(case.id).reference}/open-item", data={"item": item, "why": "decide"})
    assert f"/desk/media/{item}/large" in lan.get(address).text


def decided_by_two(case_id: str, cast: Cast) -> Decision:
    """Rui proposes that nothing is wrong, Mei agrees: urgent kinds need two."""
    with transaction():
        case_verbs.take(case_id, cast.rui)
    with transaction():
        made = decision_verbs.decide(case_id, cast.rui, cases.get(case_id).version, rejected(cases.get(case_id)))
        proposal_id = made.id
    with transaction():
        return decision_verbs.agree(proposal_id, cast.mei)
