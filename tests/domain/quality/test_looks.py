"""A blind look: drawn, given to somebody new to the case, answered, and only then shown; rules that part people."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.conftest import Cast
from tests.domain.decisions.story import choice, decided, dismissed, opened
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.rules import Choice
from webapp.domain.policy import loading
from webapp.domain.policy.queries import book
from webapp.domain.quality import queries, service
from webapp.domain.quality.models import BlindLook, RuleNote
from webapp.domain.staff.models import Staff
from webapp.domain.staff.queries import by_email
from workers.run import run_task

WHY = "The same brush strokes."


@pytest.fixture
def all_drawn(app: APIFlask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An operator's own book that draws every decided case and wants four answers before it says anything."""
    folder = tmp_path_factory.mktemp("own") / "book"
    shutil.copytree(loading.FOLDER, folder)
    chapter = (folder / "quality.toml").read_text()
    chapter = chapter.replace("rate = 0.05", "rate = 1.0").replace("least = 20", "least = 4")
    (folder / "quality.toml").write_text(chapter)
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update={"book_folder": folder})
    yield
    app.config["SETTINGS"] = settings


def drawn(case: Case, staff: Staff, what: Choice | None = None) -> BlindLook:
    """The case decided and drawn."""
    decision = decided(case, staff, what)
    with transaction():
        look = service.draw(decision)
    assert look is not None
    return look


def follow(topic: str, handler: str) -> None:
    """Let what was posted reach one of its handlers. What was loaded before belongs to a closed session afterwards."""
    for wanted in ((Task.topic == topic) & (Task.handler == ""), Task.handler.endswith(handler)):
        for task_id in db.session.scalars(select(Task.id).where(wanted, Task.state == "todo")).all():
            run_task(task_id)


def begin(staff: Staff) -> BlindLook | None:
    with transaction():
        return service.begin(staff)


def answer(look: BlindLook, staff: Staff, said: str = "supported", ground: str = "COPY_IMAGE") -> BlindLook:
    with transaction():
        return service.find(look.id, staff, dict.fromkeys(look.first_findings, said), ground, WHY)


def test_a_share_of_the_first_decisions_is_drawn_once(app: APIFlask, cast: Cast, all_drawn: None) -> None:
    decision_id = decided(opened(cast.rui), cast.rui).id
    follow("decision.made", "quality.draw")
    with transaction():
        assert service.draw(db.session.get_one(Decision, decision_id)) is None, "a repeat draws nothing new"
    look = db.session.scalars(select(BlindLook)).one()
    assert (look.decision_id, look.kind, look.first_ground) == (decision_id, "COPY_IMAGE", "COPY_IMAGE")
    assert queries.waiting() == 1


def test_nothing_is_drawn_at_a_rate_of_nought(app: APIFlask, cast: Cast) -> None:
    assert book().quality.sample.of("minors") == 0
    assert book().quality.sample.of("works") == 0.05


def test_it_goes_to_somebody_new_to_the_case(app: APIFlask, cast: Cast, all_drawn: None) -> None:
    look = drawn(opened(cast.rui), cast.rui)
    assert begin(cast.rui) is None
    held = begin(cast.mei)
    assert held is not None
    assert held.id == look.id
    assert begin(cast.mei).id == look.id, "one in hand at a time"  # type: ignore[union-attr]  # she has one
    assert begin(cast.lan) is None, "it is in somebody's hands"
    assert queries.hides(look.case_id, cast.mei.id)
    assert queries.hidden_cases(cast.mei.id) == [look.case_id]
    assert not queries.hides(look.case_id, cast.lan.id)


def test_somebody_who_cannot_read_it_is_not_asked(app: APIFlask, cast: Cast, all_drawn: None) -> None:
    drawn(opened(cast.rui), cast.rui)
    with transaction():
        cast.mei.reads = ["zh"]
    assert begin(cast.mei) is None
    assert begin(cast.lan) is not None


def test_somebody_is_left_to_decide_an_appeal(app: APIFlask, cast: Cast, all_drawn: None) -> None:
    """With everybody but one away, looking would leave nobody new to the case."""
    drawn(opened(cast.rui), cast.rui)
    with transaction():
        cast.lan.active = cast.ada.active = False
    assert begin(cast.mei) is None
    with transaction():
        cast.ada.active = True
    assert begin(cast.mei) is not None


def test_an_answer_is_kept_compared_and_counts_as_work_on_the_case(app: APIFlask, cast: Cast, all_drawn: None) -> None:
    look = drawn(opened(cast.rui), cast.rui)
    begin(cast.mei)
    found = answer(look, cast.mei)
    assert (found.state, found.agrees) == ("found", True)
    assert not queries.hides(look.case_id, cast.mei.id)
    assert cast.mei.id in cases.touched(look.case_id)
    with pytest.raises(Refused, match="look_over"):
        answer(look, cast.mei, "not_supported")
    assert queries.apart() == []


@pytest.mark.parametrize(
    ("said", "ground", "why", "code"),
    [
        ("", "COPY_IMAGE", WHY, "finding_missing"),
        ("perhaps", "COPY_IMAGE", WHY, "finding_missing"),
        ("supported", "", WHY, "ground_missing"),
        ("supported", "NO_SUCH_RULE", WHY, "ground_missing"),
        ("supported", "COPY_IMAGE", "  ", "look_why_missing"),
        ("supported", "COPY_IMAGE", "x" * 4001, "text_too_long"),
    ],
)
def test_an_answer_must_be_whole(
    app: APIFlask, cast: Cast, all_drawn: None, said: str, ground: str, why: str, code: str
) -> None:
    look = drawn(opened(cast.rui), cast.rui)
    begin(cast.mei)
    findings = dict.fromkeys(look.first_findings, said) if said else {}
    with pytest.raises(Refused, match=code), transaction():
        service.find(look.id, cast.mei, findings, ground, why)
    with pytest.raises(NotFound), transaction():
        service.find(look.id, cast.lan, findings, ground, why)


def test_another_answer_is_shown_and_a_dismissal_needs_no_rule(app: APIFlask, cast: Cast, all_drawn: None) -> None:
    look = drawn(opened(cast.rui), cast.rui)
    begin(cast.mei)
    found = answer(look, cast.mei, "not_supported", "")
    assert (found.agrees, found.ground) == (False, "")
    assert [one.id for one in queries.apart()] == [look.id]
    assert queries.apart("FRAUD") == []
    assert queries.answers_against(look.drawn_at) == {("supported", "not_supported"): 1}


def test_given_back_it_waits_for_the_next(app: APIFlask, cast: Cast, all_drawn: None) -> None:
    look = drawn(opened(cast.rui), cast.rui)
    begin(cast.mei)
    with transaction():
        service.release(look.id, cast.mei)
    assert begin(cast.lan) is not None
    with transaction():
        service.let_go(look.id)
    assert queries.in_hand(cast.lan.id) is None
    assert queries.waiting() == 0


def closed_case(cast: Cast, **answers: object) -> tuple[Case, Decision]:
    """A case decided by Rui whose windows are all over."""
    decision = decided(opened(cast.rui, **answers), cast.rui)
    with transaction():
        case = cases.get(decision.case_id)
        case.state, case.closed_at = "closed", now()
    return cases.get(decision.case_id), decision


def test_a_golden_case_comes_to_everybody_once(app: APIFlask, cast: Cast) -> None:
    case, decision = closed_case(cast)
    findings = {f.report_id: "supported" for f in decision.findings}
    with transaction():
        golden = service.mark_golden(case, decision, cast.lan, findings, "COPY_IMAGE", WHY)
    with pytest.raises(Conflict), transaction():
        service.mark_golden(case, decision, cast.lan, findings, "COPY_IMAGE", WHY)
    assert begin(cast.rui) is None, "who worked on it knows it"
    look = begin(cast.mei)
    assert look is not None
    assert look.golden_id == golden.id
    assert look.reference.startswith("Q-"), "nothing tells it from a drawn one"
    answer(look, cast.mei, "cannot_tell", "")
    assert begin(cast.mei) is None
    assert cast.mei.id not in cases.touched(case.id)
    assert begin(cast.lan) is None, "who marked it knows the answer"
    assert begin(cast.ada) is not None
    with transaction():
        service.retire_golden(golden.id, cast.lan)
    assert begin(cast.lan) is None
    assert queries.agreement() == [], "a withdrawn one counts no more"


def test_only_closed_cases_can_be_golden(app: APIFlask, cast: Cast) -> None:
    decision = decided(opened(cast.rui), cast.rui)
    findings = {f.report_id: "supported" for f in decision.findings}
    with pytest.raises(Refused, match="golden_not_closed"), transaction():
        service.mark_golden(cases.get(decision.case_id), decision, cast.lan, findings, "COPY_IMAGE", WHY)


def test_low_agreement_opens_one_note_and_the_answer_starts_anew(app: APIFlask, cast: Cast, all_drawn: None) -> None:
    """Four cases of which three are seen the other way: one note; once answered, only later looks count."""
    for number, said in enumerate(("not_supported", "supported", "supported", "supported")):
        case = opened(cast.rui, content_ref=f"p{number}")
        drawn(case, cast.rui, choice(case) if number < 2 else dismissed(case))
        look = begin(cast.mei)
        assert look is not None
        answer(look, cast.mei, said, "COPY_IMAGE" if said == "supported" else "")
    found = queries.agreement()
    assert [(c.kind, c.looks, c.apart, c.answers.level) for c in found] == [("COPY_IMAGE", 4, 3, "low")]
    follow("look.found", "quality.weigh")
    lan = by_email("lan@desk.example")
    assert lan is not None
    note = db.session.scalars(select(RuleNote)).one()
    assert (note.kind, note.answers, note.looks) == ("COPY_IMAGE", 4, 4)
    assert note.alpha < 0.667
    with pytest.raises(Refused, match="text_missing"), transaction():
        service.answer_note(note.id, lan, " ")
    with transaction():
        service.answer_note(note.id, lan, "The test now says what “in substance” means.")
    with pytest.raises(Conflict, match="note_answered_already"), transaction():
        service.answer_note(note.id, lan, "Again.")
    with transaction():
        assert service.weigh_rule("COPY_IMAGE") is None, "nothing was looked at since"
    assert [one.id for one in queries.notes(answered=True)] == [note.id]
    assert queries.notes(answered=False) == []
