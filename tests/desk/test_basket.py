"""The basket: ticked on any page, a table of what would happen, the act in the background, what stays, undoing it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from apiflask import APIFlask
from sqlalchemy import insert, select

from tests.builders import file_report
from tests.conftest import Cast
from tests.desk.conftest import Browser, matched_case
from tests.domain.decisions.story import decided
from webapp.core.audit import AuditEntry
from webapp.core.config import Settings
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.domain.bulk import service
from webapp.domain.bulk.models import BasketItem
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Decision
from webapp.domain.matching.service import record_scan
from webapp.domain.policy.queries import book
from webapp.domain.precedents import service as precedents
from webapp.domain.queues import service as queues
from workers.run import run_task

REASON = "Both pictures were compared; they are different works by different people."


class Known(NamedTuple):
    """What a test keeps of a case while requests come and go."""

    id: str
    reference: str
    queue: str


def case_with(ref: str, **answers: object) -> Known:
    receipt = file_report(content_ref=ref, address=f"https://demo.example/posts/{ref}", **answers)
    case = cases.case_of(receipt.report.id)
    return Known(case.id, case.reference, case.queue)


def now_is(case: Known) -> Case:
    db.session.rollback()
    return cases.get(case.id)


def work() -> None:
    """Let the workers carry out what was begun; what else waits (previews, letters) is for others to test."""
    waiting = select(Task.id).where(Task.topic == "bulk.started", Task.state == "todo")
    while True:
        db.session.rollback()
        found = db.session.scalars(waiting).all()
        if not found:
            return
        for task_id in found:
            run_task(task_id)


def tick(browser: Browser, *found: Known) -> None:
    browser.post("/desk/basket/put", data={"case": [case.id for case in found]})


def parts(page: str) -> dict[str, set[str]]:
    """References by what the dry run says of them: will, cannot, already."""
    found = {}
    for name in ("will", "cannot", "already"):
        section = re.search(rf'aria-labelledby="{name}".*?</section>', page, re.S)
        found[name] = set(re.findall(r"C-\w{4}-\w{4}", section.group())) if section else set()
    return found


def confirm(browser: Browser, page: str) -> str:
    """Press the button under the table; gives the address of the act."""
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    form: dict[str, list[str]] = {}
    for name, value in fields:
        if name != "csrf_token":
            form.setdefault(name, []).append(value)
    answer = browser.post("/desk/basket/do", data=form)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def another_queue(case: Known) -> str:
    return next(code for code in book().queues.queue if code != case.queue)


@pytest.fixture
def unhurried(app: APIFlask) -> Iterator[None]:
    """Decisions wait a minute, as they do at a real desk."""
    before: Settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = before.model_copy(update={"undo_seconds": 60})
    yield
    app.config["SETTINGS"] = before


def test_what_is_ticked_on_one_page_is_there_on_the_next(at_desk: Callable[[str], Browser]) -> None:
    one, other = case_with("p1"), case_with("p2")
    rui = at_desk("rui")
    assert rui.get("/desk/").text.count("data-basket ") + rui.get("/desk/").text.count("data-basket>") >= 2
    back = rui.post("/desk/basket/put", data={"case": one.id, "back": "/desk/?kind=FRAUD"})
    assert back.location == "/desk/?kind=FRAUD"
    told = rui.post("/desk/basket/put", data={"case": other.id}, headers={"Accept": "application/json"})
    assert told.json["count"] == 2
    page = rui.get("/desk/basket").text
    assert one.reference in page and other.reference in page
    assert "checked" in rui.get("/desk/").text
    told = rui.post("/desk/basket/put", data={"case": one.id, "out": "1"}, headers={"Accept": "application/json"})
    assert told.json["count"] == 1
    assert at_desk("mei").get("/desk/basket").text.count(other.reference) == 0
    rui.post("/desk/basket/empty")
    assert "Nothing in it." in rui.get("/desk/basket").text


def test_a_basket_has_an_end(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    one = case_with("p1")
    told = {c.key: getattr(now_is(one), c.key) for c in Case.__mapper__.column_attrs}
    over = {"state": "closed", "closed_at": told["opened_at"]}
    old = [told | over | {"id": f"old-{n}", "reference": f"C-OLD-{n}"} for n in range(service.MOST)]
    kept = [{"staff_id": cast.rui.id, "case_id": row["id"], "added_at": row["opened_at"]} for row in old]
    with transaction():
        db.session.execute(insert(Case), old)
        db.session.execute(insert(BasketItem), kept)
    rui = at_desk("rui")
    answer = rui.post("/desk/basket/put", data={"case": one.id}, headers={"Accept": "application/json"})
    assert answer.status_code == 409 and "basket is full" in answer.json["message"]


def test_moving_is_shown_first_done_in_the_background_and_undone(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    free, held, moved = case_with("p1"), case_with("p2"), case_with("p3")
    urgent = case_with("p4", kind="INTIMATE_DEEPFAKE", proofs={}, email="li@example.org")
    goal, before = another_queue(free), free.queue
    with transaction():
        case_verbs.take(held.id, cast.mei)
        queues.move(moved.id, goal, cast.mei, "It belongs there.")
    rui = at_desk("rui")
    tick(rui, free, held, moved, urgent)
    form = {"verb": "move", "queue": goal, "why": "Sorted wrongly."}
    assert "Please fill in" in rui.post("/desk/basket/look", data=form | {"queue": ""}).text
    page = rui.post("/desk/basket/look", data=form).text
    names = {"will": {free.reference}, "cannot": {held.reference, urgent.reference}, "already": {moved.reference}}
    assert parts(page) == names
    assert "Mei is working on this case" in page and "Urgent kinds are handled one by one." in page
    assert now_is(free).queue == before
    act = confirm(rui, page)
    assert "0 of 1 tried" in rui.get(act).text and "data-bulk-running" in rui.get(act).text
    work()
    assert now_is(free).queue == goal
    done = rui.get(act).text
    assert "1 of 1 tried" in done and "data-bulk-running" not in done
    basket = rui.get("/desk/basket").text
    assert free.reference not in basket and moved.reference not in basket
    assert held.reference in basket and "Last time not: Mei is working" in basket
    verbs = [entry.verb for entry in db.session.query(AuditEntry).filter(AuditEntry.verb.startswith("bulk."))]
    assert verbs == ["bulk.start", "bulk.do", "bulk.finish"]

    page = rui.post(f"{act}/look").text
    assert parts(page)["will"] == {free.reference}
    assert now_is(free).queue == goal  # only rehearsed
    undoing = rui.post(f"{act}/undo").location
    work()
    assert now_is(free).queue == before
    assert "1 of 1 tried" in rui.get(undoing).text
    assert "undone already" in rui.post(f"{act}/undo").text or rui.post(f"{act}/undo").status_code == 409
    assert at_desk("mei").get(act).status_code == 403


def test_what_changed_after_the_table_is_left_alone_and_stays(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    steady, changed, me = case_with("p1"), case_with("p2"), cast.rui.id
    rui = at_desk("rui")
    tick(rui, steady, changed)
    page = rui.post("/desk/basket/look", data={"verb": "reject", "reason": REASON}).text
    act = confirm(rui, page)
    case_with("p2", email="somebody.else@example.org", wrong="It is mine as well, all of it.")  # joins the case
    work()
    assert now_is(steady).state == "decided"
    assert now_is(changed).state == "open"
    assert "The case changed after you looked at it." in rui.get(act).text
    assert changed.reference in rui.get("/desk/basket").text
    made = db.session.query(Decision).one()
    assert (made.verdict, made.reason, made.staff_id) == ("rejected", REASON, me)
    undo = rui.post(f"{act}/look").text
    assert parts(undo)["cannot"] == {steady.reference}  # it went out


def test_what_is_mostly_decided_otherwise_is_looked_at_alone(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    for number in range(5):
        before = case_with(f"old{number}")
        with transaction():
            case_verbs.take(before.id, cast.mei)
        made = decided(cases.get(before.id), cast.mei)
        with transaction():
            precedents.keep(db.session.merge(made))
    case = case_with("new")
    rui = at_desk("rui")
    tick(rui, case)
    page = rui.post("/desk/basket/look", data={"verb": "reject", "reason": REASON}).text
    assert parts(page)["cannot"] == {case.reference}
    assert "Similar cases were decided otherwise, so this one is decided on its own page." in page


def test_a_strong_match_is_not_turned_down_by_the_dozen(at_desk: Callable[[str], Browser]) -> None:
    plain, strong = case_with("p1"), matched_case(7)
    rui = at_desk("rui")
    tick(rui, plain, strong)
    page = rui.post("/desk/basket/look", data={"verb": "reject", "reason": REASON}).text
    assert (parts(page)["will"], parts(page)["cannot"]) == ({plain.reference}, {strong.reference})
    assert "A strong match is looked at by itself" in page


def test_nothing_is_turned_down_while_it_is_being_looked_at(at_desk: Callable[[str], Browser]) -> None:
    case = case_with("p1")
    with transaction():
        record_scan(cases.evidence_of(case.id)[0].id, "features", "1", state="queued")
    rui = at_desk("rui")
    tick(rui, case)
    page = rui.post("/desk/basket/look", data={"verb": "reject", "reason": REASON}).text
    assert parts(page)["cannot"] == {case.reference}
    assert "Detectors are still looking at its files." in page


def test_rejecting_waits_a_minute_and_can_be_taken_back(
    at_desk: Callable[[str], Browser], cast: Cast, unhurried: None
) -> None:
    case = case_with("p1")
    rui = at_desk("rui")
    tick(rui, case)
    form = {"verb": "reject", "template": "", "reason": ""}
    assert "Please fill in" in rui.post("/desk/basket/look", data=form).text
    template = next(code for code, one in book().reasons.items() if one.verdict == "rejected" and "{{" in one.text.en)
    page = rui.post("/desk/basket/look", data=form | {"template": template}).text
    assert "Nothing has happened yet." not in page and "{{" in page  # the gaps are filled in first
    page = rui.post("/desk/basket/look", data=form | {"reason": REASON}).text
    act = confirm(rui, page)
    work()
    assert now_is(case).state == "proposed"
    undone = rui.post(f"{act}/look").text
    assert parts(undone)["will"] == {case.reference}
    rui.post(f"{act}/undo")
    work()
    assert now_is(case).state == "open"
    assert cases.holder(case.id) is None


def test_take_give_back_hand_over_and_set_aside(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    case, mei = case_with("p1"), cast.mei.id
    rui = at_desk("rui")

    def do(**form: str) -> str:
        tick(rui, case)
        act = confirm(rui, rui.post("/desk/basket/look", data=form).text)
        work()
        assert "1 done" in rui.get(act).text, rui.get(act).text
        return act

    def holder() -> str:
        db.session.rollback()
        found = cases.holder(case.id)
        return found.name if found else ""

    taken = do(verb="take")
    assert holder() == "Rui"
    do(verb="release")
    assert holder() == ""
    assert parts(rui.post(f"{taken}/look").text)["will"] == {case.reference}
    given = do(verb="assign", colleague=mei, note="You know this painter.")
    assert holder() == "Mei"
    rui.post(f"{given}/undo")
    work()
    assert holder() == ""
    do(verb="skip", skip=next(iter(book().queues.skip_reasons)), note="")
    tick(rui, case)
    page = rui.post("/desk/basket/look", data={"verb": "rescan"}).text
    assert parts(page)["already"] == {case.reference}


def test_duplicates_become_one_case_and_two_again(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    kept, gone = case_with("p1"), case_with("p1-copy", email="other@example.org")
    rui = at_desk("rui")
    tick(rui, kept, gone)
    form = {"verb": "merge", "into": kept.reference, "why": "The same picture under two addresses."}
    page = rui.post("/desk/basket/look", data=form).text
    assert parts(page)["cannot"] == {gone.reference}  # two items: seen and accepted first
    tick(rui, kept, gone)
    page = rui.post("/desk/basket/look", data=form | {"across": "1"}).text
    assert parts(page) == {"will": {gone.reference}, "cannot": set(), "already": {kept.reference}}
    act = confirm(rui, page)
    work()
    assert now_is(gone).merged_into_id == kept.id
    assert len(cases.active_reports(now_is(kept).id)) == 2
    rui.post(f"{act}/undo")
    work()
    assert now_is(gone).merged_into_id is None
    assert len(cases.active_reports(now_is(kept).id)) == 1
