"""Blind looks at the desk: nothing of the first decision before the answer, both after it; agreement for leads."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Cast
from tests.desk.conftest import Browser, fresh, matched_case
from tests.domain.decisions.story import choice, decided
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.ids import new_id
from webapp.domain.appeals import blind
from webapp.domain.appeals import service as appeals
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.cases.service import take
from webapp.domain.quality.models import BlindLook, RuleNote

REASON = "Rui says: her picture, put up mirrored."
WHY = "I see other trees in it."


@pytest.fixture
def drawn(cast: Cast) -> BlindLook:
    """A case that Rui decided, in the sample."""
    case = matched_case()
    with transaction():
        take(case.id, cast.rui)
    decision = decided(case, cast.rui, choice(case, reason=REASON))
    with transaction():
        look = BlindLook(
            id=new_id(),
            reference="Q-2222-3333",
            case_id=case.id,
            decision_id=decision.id,
            kind="COPY_IMAGE",
            state="waiting",
            drawn_at=now(),
            first_findings={f.report_id: f.answer for f in decision.findings},
            first_ground=decision.ground,
        )
        db.session.add(look)
    return look


def form(case: Case, said: str, **changes: str) -> dict[str, str]:
    """A whole answer."""
    whole = {f"finding-{r.id}": said for r in cases.active_reports(case.id)}
    return whole | {"ground": "COPY_IMAGE", "reason": WHY} | changes


def test_a_look_from_end_to_end(at_desk: Callable[[str], Browser], drawn: BlindLook) -> None:
    """Mei is given the case, sees nothing of Rui's decision anywhere, answers otherwise, and then sees both."""
    case, reference = drawn.case, drawn.case.reference
    mei = at_desk("mei")
    assert REASON in mei.get(f"/desk/case/{reference}").text
    begun = mei.post("/desk/quality/begin")
    assert begun.location == "/desk/quality/looks/Q-2222-3333"
    page = mei.get(begun.location).text
    assert "This is my painting, mirrored and recoloured." in page
    for telling in (REASON, "Rui", reference + "<", cases.active_reports(case.id)[0].reference):
        assert telling not in page
    assert REASON not in mei.get(f"/desk/case/{reference}").text, "the case's own page is blind meanwhile"
    answer = mei.post("/desk/quality/looks/Q-2222-3333/find", data=form(case, "not_supported"))
    assert answer.status_code == 302
    shown = mei.get("/desk/quality/looks/Q-2222-3333").text
    for telling in (REASON, "Rui", reference, WHY, "You came to something else"):
        assert telling in shown
    assert "another answer" in mei.get("/desk/quality").text
    lead = at_desk("lan").get("/desk/quality/agreement").text
    assert REASON in lead
    assert WHY in lead


def test_what_is_missing_is_said_where_it_is_missing(at_desk: Callable[[str], Browser], drawn: BlindLook) -> None:
    case = drawn.case
    mei = at_desk("mei")
    mei.post("/desk/quality/begin")
    answer = mei.post("/desk/quality/looks/Q-2222-3333/find", data=form(case, "supported", reason=""))
    assert answer.status_code == 422
    assert "Please say in a sentence why." in answer.text
    assert 'value="supported" checked' in answer.text, "what was chosen stays"
    answer = mei.post("/desk/quality/looks/Q-2222-3333/find", data={"reason": "x"})
    assert "Please answer every report" in answer.text


def test_a_look_is_nobody_elses(at_desk: Callable[[str], Browser], drawn: BlindLook) -> None:
    at_desk("mei").post("/desk/quality/begin")
    for name in ("rui", "lan"):
        other = at_desk(name)
        assert other.get("/desk/quality/looks/Q-2222-3333").status_code == 404
        assert other.post("/desk/quality/looks/Q-2222-3333/find").status_code == 404
    assert at_desk("rui").post("/desk/quality/begin").location == "/desk/quality"


def test_given_back(at_desk: Callable[[str], Browser], drawn: BlindLook) -> None:
    mei = at_desk("mei")
    mei.post("/desk/quality/begin")
    assert mei.post("/desk/quality/looks/Q-2222-3333/release").location == "/desk/quality"
    assert mei.get("/desk/quality/looks/Q-2222-3333").status_code == 404
    assert at_desk("lan").post("/desk/quality/begin").location.endswith("Q-2222-3333")


def test_an_appeal_overtakes_the_look(at_desk: Callable[[str], Browser], drawn: BlindLook) -> None:
    """Where an appeal came in meanwhile the look falls away, and whoever held it can still decide the appeal."""
    case_id, case = drawn.case_id, drawn.case
    answers = form(case, "supported")
    mei = at_desk("mei")
    mei.post("/desk/quality/begin")
    with transaction():
        appeal = appeals.file(case_id, blind.RESPONDENT, "It is mine.").reference
    assert mei.post("/desk/quality/looks/Q-2222-3333/find", data=answers).location == "/desk/quality"
    assert "An appeal came in meanwhile" in mei.get("/desk/quality").text
    assert mei.post(f"/desk/appeals/{appeal}/take").status_code == 302


def test_a_case_with_an_open_appeal_is_not_given(at_desk: Callable[[str], Browser], drawn: BlindLook) -> None:
    with transaction():
        appeals.file(drawn.case_id, blind.RESPONDENT, "It is mine.")
    assert at_desk("mei").post("/desk/quality/begin").location == "/desk/quality"


def test_a_lead_who_could_hear_the_appeal_does_not_read_both_answers(
    at_desk: Callable[[str], Browser], drawn: BlindLook
) -> None:
    case = drawn.case
    answers = form(case, "not_supported")
    mei = at_desk("mei")
    mei.post("/desk/quality/begin")
    mei.post("/desk/quality/looks/Q-2222-3333/find", data=answers)
    with transaction():
        appeals.file(case.id, blind.RESPONDENT, "It is mine.")
    page = at_desk("lan").get("/desk/quality/agreement").text
    assert REASON not in page
    assert "1 case is left out here" in page


def test_a_golden_case_from_end_to_end(at_desk: Callable[[str], Browser], drawn: BlindLook) -> None:
    """Lan writes down the agreed answer of a closed case; Mei is given it and learns only afterwards."""
    case, reference = drawn.case, drawn.case.reference
    agreed = form(case, "supported", reason="We agreed in March.") | {"case": reference}
    lan, mei = at_desk("lan"), at_desk("mei")
    lan.get(f"/desk/quality/golden/new?case={reference}")
    assert "Only a closed case can be a golden one" in lan.get("/desk/quality/golden").text
    with transaction():
        drawn.state = "let_go"
        closed = cases.get(case.id)
        closed.state, closed.closed_at = "closed", now()
    answers = form(fresh(case), "supported")
    assert 'value="supported" checked' in lan.get(f"/desk/quality/golden/new?case={reference}").text
    assert lan.post("/desk/quality/golden", data=agreed | {"reason": ""}).status_code == 422
    assert lan.post("/desk/quality/golden", data=agreed).location == "/desk/quality/golden"
    place = mei.post("/desk/quality/begin").location
    page = mei.get(place).text
    assert "olden" not in page.split("<main", 1)[1]
    assert "We agreed in March." not in page
    mei.post(f"{place}/find", data=answers)
    assert "This was a golden case" in mei.get(place).text
    assert "We agreed in March." in mei.get(place).text
    shown = lan.get("/desk/quality/golden").text
    assert "1 of 1 came to the agreed answer." in shown
    golden_id = shown.split("/desk/quality/golden/")[2].split("/")[0] if "/retire" in shown else ""
    assert golden_id


def test_a_note_is_answered(at_desk: Callable[[str], Browser]) -> None:
    with transaction():
        note = RuleNote(id="n1", kind="COPY_IMAGE", alpha=0.41, answers=25, looks=20, opened_at=now())
        db.session.add(note)
    lan = at_desk("lan")
    assert "Agreement was 0.41" in lan.get("/desk/quality/notes").text
    assert lan.post("/desk/quality/notes/n1/answer", data={"answer": " "}).status_code == 422
    assert lan.post("/desk/quality/notes/n1/answer", data={"answer": "Sharpened the test."}).status_code == 302
    page = lan.get("/desk/quality/notes").text
    assert "No note is open." in page
    assert "Sharpened the test." in page
    assert lan.post("/desk/quality/notes/n1/answer", data={"answer": "Again."}).status_code == 422
    assert lan.post("/desk/quality/notes/n2/answer", data={"answer": "x"}).status_code == 404


@pytest.mark.parametrize("place", ["agreement", "golden", "golden/new", "notes"])
def test_reviewers_see_their_own_looks_only(at_desk: Callable[[str], Browser], place: str) -> None:
    rui = at_desk("rui")
    assert rui.get(f"/desk/quality/{place}").status_code == 403
    assert f"/desk/quality/{place}" not in rui.get("/desk/quality").text
    assert rui.post("/desk/quality/golden").status_code == 403
    assert rui.post("/desk/quality/notes/n1/answer").status_code == 403
