"""Who may decide is looked at again when it is decided, by whichever door; and a choice taken back never goes out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import time_machine
from apiflask import APIFlask
from sqlalchemy import select, text

from tests.builders import file_report
from tests.conftest import Cast
from tests.desk.conftest import Browser, choice, fresh, known_account, matched_case
from tests.desk.test_second_look import appealed
from tests.desk.test_undo import all_now, minute, undo, undo_token  # noqa: F401  # a fixture is used by its name
from tests.domain.appeals.story import removed
from tests.domain.decisions.story import choice as chosen
from tests.domain.decisions.story import opened
from tests.public.conftest import said
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict
from webapp.core.outbox import Task
from webapp.domain.appeals import blind
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case, Claim
from webapp.domain.decisions.models import Decision, HeldChoice, Proposal
from webapp.domain.decisions.service import decide
from webapp.domain.queues import interests, people
from webapp.domain.queues import service as queues
from webapp.domain.staff.models import Staff
from webapp.domain.staff.service import actor
from workers.run import run_task

AtDesk = Callable[[str], Browser]
NOTED = "A conflict of interest is noted for you here"


def declared(case: Case, staff: Staff, by: Staff) -> None:
    """A lead says that this person is no judge of the case's content."""
    with transaction():
        interests.declare(staff, "content", case.reference, "They live together", by)


def hold(browser: Browser, case: Case) -> str:
    """The address of the case, once it is held."""
    place = f"/desk/case/{case.reference}"
    assert browser.post(f"{place}/take").status_code == 302
    return place


def gone_out(case: Case) -> Case:
    """The case after the minute and a worker's turn."""
    case_id = case.id
    with time_machine.travel(now() + timedelta(seconds=61)):
        for task_id in db.session.scalars(
            select(Task.id).where(Task.topic == "choice.due", Task.state == "todo")
        ).all():
            run_task(task_id)
    return cases.get(case_id)


def test_an_interest_declared_within_the_minute_keeps_the_decision_from_going_out(
    minute: None,  # noqa: F811
    at_desk: AtDesk,
    cast: Cast,
) -> None:
    case = matched_case()
    rui = at_desk("rui")
    place = hold(rui, case)
    rui.post(f"{place}/decide", data=choice(fresh(case)))
    declared(fresh(case), cast.rui, cast.lan)
    assert (gone_out(case).state, all_now(Decision)) == ("open", [])
    assert [one.state for one in all_now(HeldChoice)] == ["returned"]


def test_who_left_the_desk_within_the_minute_decides_nothing(
    minute: None,  # noqa: F811
    at_desk: AtDesk,
    cast: Cast,
) -> None:
    case = matched_case()
    rui = at_desk("rui")
    place = hold(rui, case)
    rui.post(f"{place}/decide", data=choice(fresh(case)))
    with transaction():
        db.session.get_one(Staff, cast.rui.id).active = False
    assert (gone_out(case).state, all_now(Decision)) == ("open", [])


def test_membership_and_interest_are_looked_at_when_it_is_decided(at_desk: AtDesk, cast: Cast) -> None:
    """The case went to a closed queue, or somebody close to the reviewer reported it, after it was taken."""
    case, other = matched_case(1), matched_case(2)
    rui = at_desk("rui")
    place = hold(rui, case)
    with transaction():
        cases.get(case.id).queue = "minors"
        people.train(cast.rui, [], ["zh", "en"], actor(cast.ada))
    barred = rui.post(f"{place}/decide", data=choice(fresh(case)))
    assert barred.status_code == 409 and "Her picture, put up mirrored." in barred.text
    place = hold(rui, other)
    with transaction():
        interests.declare(cast.rui, "reporter", "friend@example.org", "My sister", cast.rui)
    file_report(content_ref="p2", email="friend@example.org")
    refused = rui.post(f"{place}/decide", data=choice(fresh(other)))
    assert refused.status_code == 409 and NOTED in said(refused)
    asked = rui.post(f"{place}/ask", data={"report": fresh(other).entries[0].report_id, "text": "Which one?"})
    assert asked.status_code == 409 and NOTED in said(asked)
    assert all_now(Decision) == []


def test_the_second_person_has_no_interest_in_it(at_desk: AtDesk, cast: Cast) -> None:
    case = opened(cast.rui)
    with transaction():
        decide(case.id, cast.rui, case.version, chosen(case, ("close", None)))
    case = fresh(case)
    declared(case, cast.mei, cast.lan)
    form = {"proposal": all_now(Proposal)[0].id, "do": "agree"}
    refused = at_desk("mei").post(f"/desk/case/{case.reference}/proposal", data=form)
    assert refused.status_code == 409 and NOTED in said(refused)
    assert all_now(Decision) == [] and fresh(case).state == "proposed"


def test_an_appeal_is_neither_offered_to_nor_heard_by_whom_it_concerns(at_desk: AtDesk, cast: Cast) -> None:
    decision = removed(cast)
    reference, _case = appealed(decision)
    mei = at_desk("mei")
    assert [a.reference for a, _due in blind.waiting(cast.mei)] == [reference]
    mei.post(f"/desk/appeals/{reference}/take")
    declared(cases.get(decision.case_id), cast.mei, cast.lan)
    found = mei.post(
        f"/desk/appeals/{reference}/find",
        data={f"finding-{r.id}": "supported" for r in cases.active_reports(decision.case_id)},
    )
    assert found.status_code == 409 and NOTED in said(found)
    mei.post(f"/desk/appeals/{reference}/release")
    assert reference not in mei.get("/desk/second").text
    again = mei.post(f"/desk/appeals/{reference}/take")
    assert again.status_code == 409 and NOTED in said(again)
    db.session.rollback()
    assert [a.reference for a, _due in blind.waiting(cast.ada)] == [reference]


def test_nobody_with_an_interest_learns_who_reported(at_desk: AtDesk, cast: Cast) -> None:
    case = known_account(matched_case())
    declared(case, cast.rui, cast.rui)
    form = {"report": fresh(case).entries[0].report_id, "why": "contact"}
    refused = at_desk("rui").post(f"/desk/case/{case.reference}/identify", data=form)
    assert refused.status_code == 403 and "zhou.yun" not in refused.text


def test_a_closed_queue_is_not_emptied_into_an_open_one(at_desk: AtDesk, cast: Cast) -> None:
    """Not by moving, not by passing on, not in bulk, not by merging its case into one's own."""
    case, own = matched_case(1), matched_case(2)
    with transaction():
        case_verbs.take(own.id, cast.rui)
        queues.move(case.id, "minors", cast.mei, "A child is shown.")
        people.train(cast.rui, [], ["zh", "en"], actor(cast.ada))
    rui = at_desk("rui")
    place = f"/desk/case/{case.reference}"
    for verb, form in (("move", {"queue": "works", "why": "Mine."}), ("escalate", {"why": "Mine."})):
        refused = rui.post(f"{place}/{verb}", data=form)
        assert refused.status_code == 409 and "asks for a training" in said(refused), verb
    rui.post("/desk/basket/put", data={"case": case.id})
    dry = rui.post("/desk/basket/look", data={"verb": "move", "queue": "works", "why": "Mine."})
    assert "asks for a training" in said(dry)
    merged = rui.post(
        f"/desk/case/{own.reference}/merge", data={"other": case.reference, "across": "yes", "do": "merge"}
    )
    assert merged.status_code == 409 and "asks for a training" in said(merged)
    assert fresh(case).queue == "minors" and fresh(case).merged_into_id is None


def test_what_was_undone_does_not_go_out_although_a_colleague_holds_the_case(
    minute: None,  # noqa: F811
    at_desk: AtDesk,
    cast: Cast,
) -> None:
    case = matched_case()
    rui = at_desk("rui")
    place = hold(rui, case)
    page = rui.post(f"{place}/decide", data=choice(fresh(case)), follow_redirects=True)
    token = undo_token(page)
    mei = cast.mei.id
    rui.post(f"{place}/hand-over", data={"to": mei, "note": "You know the series."})
    back = rui.post("/desk/undo", data={"token": token}, follow_redirects=True)
    assert f"Nothing went out. Mei has {case.reference} by now" in said(back)
    assert (gone_out(case).state, all_now(Decision)) == ("open", [])
    assert all_now(Claim)[0].staff_id == mei


def test_a_form_sent_twice_at_once_is_one_choice_and_one_answer(
    app: APIFlask,
    minute: None,  # noqa: F811
    cast: Cast,
) -> None:
    """Two real connections, also on PostgreSQL: the second is told that the case changed, and nothing breaks."""
    case = opened(cast.rui)
    case_id, version, rui_id, what = case.id, case.version, cast.rui.id, chosen(case)
    db.session.rollback()
    gate, results = threading.Barrier(2), list[str]()

    def send() -> None:
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    decide(case_id, db.session.get_one(Staff, rui_id), version, what)
                results.append("held")
            except Conflict as error:
                results.append(error.code)

    both = [threading.Thread(target=send) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(results) in (["case_changed", "held"], ["changed_meanwhile", "held"])
    assert [one.state for one in all_now(HeldChoice)] == ["held"]


def test_what_people_type_about_people_is_sealed_in_every_table(app: APIFlask, at_desk: AtDesk, cast: Cast) -> None:
    """A wish for a case, a saved filter, why reports leave a case: no word of it stands open in the database."""
    case = matched_case()
    file_report(content_ref="p1", email="other@example.org")
    rui, mei = at_desk("rui"), at_desk("mei")
    place = hold(rui, case)
    mei.post(f"{place}/want", data={"why": "Frau Quitterl told me"})
    assert "Frau Quitterl told me" in said(rui.get(place))
    rui.post("/desk/search/saved", data={"q": "Quitterl", "name": "Hers"})
    assert "q=Quitterl" in rui.get("/desk/search").text
    rui.post(f"{place}/split", data={"reports": fresh(case).entries[1].report_id, "why": "Only Quitterl is shown"})
    assert "Only Quitterl is shown" in said(at_desk("lan").get("/desk/audit"))
    db.session.rollback()
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
            assert "Quitterl" not in str(tuple(row)), table.name
