"""The demo platform, its own process, takes part: what is agreed on one side is what the other side does."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import update

from demo.platform.seed import ensure_seeded
from demo.platform.store import Store
from tests.builders import file_report
from tests.conftest import Cast
from tests.demo.processes import SECRET, TOKEN, Caller, start_platform
from tests.domain.partners.conftest import choose
from tests.processing import process_all
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.cases.service import take
from webapp.domain.cures import service as cures
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions import service as deciding
from webapp.domain.partners import queries, service
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from webapp.domain.staff.models import Staff

POST, LIVE, HOST = "lumo-1001", "lumo-1014", "acc-xiaoya"


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The platform's pictures and recordings, made once for the file: they take seconds."""
    folder = tmp_path_factory.mktemp("painted")
    ensure_seeded(Store(folder))
    return folder


@pytest.fixture
def lumo(app: APIFlask, tmp_path: Path, painted: Path) -> Iterator[Caller]:
    """The demo platform, running and connected as `flask demo seed` does it."""
    shutil.copytree(painted, tmp_path / "lumo")
    process = start_platform(tmp_path / "lumo")
    with transaction():
        service.connect("demo", "Lumo", f"{process.url}/api", f"{process.url}/hooks/redress", SECRET, TOKEN, "inbound")
    caller = Caller(process.url)
    yield caller
    caller.close()
    assert process.stop() == 0


def due_now(topic: str) -> None:
    """Let the waiting tasks of a topic be due: the other process has its own clock, so ours cannot be moved."""
    with transaction():
        db.session.execute(
            update(Task).where(Task.topic == topic, Task.state == "todo").values(due_at=now() - timedelta(seconds=1))
        )


def test_a_report_is_captured_decided_carried_out_and_seen_to_drift(lumo: Caller, uphold: Callable[..., str]) -> None:
    """Captured with account and picture; removed and suspended although it stumbles; live again: drifted."""
    report_id = file_report(content_ref=POST).report.id
    process_all("work", "capture", "hooks")
    report = db.session.get_one(Report, report_id)
    assert report.subject.capture == "found"
    assert report.subject.respondent is not None
    assert report.subject.respondent.email
    assert "platform" in [i.evidence.source for i in report.items]
    assert lumo.form("/demo/tools/trouble", word="fail_after", times="1") in (302, 303)
    decision_id = uphold(report_id, ("label_ai", None), ("remove", None), ("warn", None), ("suspend", 7))
    process_all("work", "capture", "hooks")
    due_now("event.created")  # the answer that was lost: asked again, done once
    process_all("work", "capture", "hooks")
    effects = queries.effects_of(decision_id)
    assert [(e.action.kind, e.state) for e in effects] == [
        ("label_ai", "confirmed"),
        ("remove", "confirmed"),
        ("warn", "confirmed"),
        ("suspend", "confirmed"),
    ]
    state = lumo.api(f"/api/content/{POST}")
    assert (state["state"], state["labels"], state["account"]["state"]) == ("removed", ["ai_generated"], "suspended")
    assert state["account"]["warnings"] == 1
    assert lumo.form("/demo/tools/republish", post=POST) in (302, 303)
    due_now("effect.read")
    process_all("work", "capture", "hooks")
    db.session.expire_all()
    drifted = [e.action.kind for e in queries.effects_of(decision_id) if e.state == "drifted"]
    assert drifted == ["remove"]


def go() -> None:
    """Run what is due, but for scans and letters."""
    process_all("work", "capture", "hooks", at_most=600)


def reported(post: str, number: int = 0) -> str:
    """A report about the post, captured; gives its id."""
    report_id = file_report(content_ref=post, email=f"reporter-{number}@example.org").report.id
    go()
    return report_id


def overturn(report_id: str, staff_id: str) -> str:
    """On appeal nothing was found; gives the decision's id."""
    with transaction():
        case = cases.case_of(report_id)
        earlier = decisions.verdict_of(case.id)
        assert earlier is not None
        choice = choose(report_id, ())
        return deciding.redecide(case.id, db.session.get_one(Staff, staff_id), choice, earlier).id


def states(decision_id: str) -> dict[str, tuple[str, str]]:
    """Measure → (state, reason), freshly read."""
    db.session.expire_all()
    return {e.action.kind: (e.state, e.reason) for e in queries.effects_of(decision_id)}


def spread() -> list[tuple[str, list[str]]]:
    """Grounds of the book and the measures each can bring, until every measure has been brought once."""
    left = {code for code, kind in book().actions.items() if kind.target != "none" and not kind.undoes}
    found = []
    for ground, kind in book().kinds.items():
        new = [code for code in kind.actions if code in left]
        left -= set(new)
        if new:
            found.append((ground, new))
    assert not left
    return found


def test_whatever_the_book_can_do_is_done_read_back_and_taken_back(
    lumo: Caller, uphold: Callable[..., str], cast: Cast
) -> None:
    """Every measure of every kind, on one live stream and its account; then each decision overturned: as at first."""
    second = cast.lan.id
    before = lumo.api(f"/api/content/{LIVE}")
    decided = []
    for number, (ground, codes) in enumerate(spread()):
        report_id = reported(LIVE, number)
        measures = [(code, next(iter(book().actions[code].days), None)) for code in codes]
        decided.append((report_id, uphold(report_id, *measures, ground=ground)))
        go()
        assert set(states(decided[-1][1]).values()) == {("confirmed", "")}, ground
    assert lumo.api(f"/api/content/{LIVE}") != before
    for report_id, decision_id in decided:
        appeal = overturn(report_id, second)
        go()
        assert {state for state, _reason in states(decision_id).values()} == {"undone"}
        assert {state for state, _reason in states(appeal).values()} <= {"confirmed", "ended"}
    assert lumo.api(f"/api/content/{LIVE}") == before


def test_hidden_while_looked_at_then_removed_then_back_after_the_appeal(
    lumo: Caller, hold: Callable[..., str], uphold: Callable[..., str], cast: Cast
) -> None:
    """What a visitor sees at each step, and what the account is told."""
    second, report_id = cast.lan.id, reported(POST)
    assert lumo.get(f"/p/{POST}").status == 200
    interim = hold(report_id, "disable")
    go()
    assert lumo.get(f"/p/{POST}").status == 451
    uphold(report_id, ("remove", None), ("block_hash", None))
    go()
    assert lumo.get(f"/p/{POST}").status == 410
    assert states(interim) == {"disable": ("ended", "replaced")}
    overturn(report_id, second)
    go()
    assert lumo.get(f"/p/{POST}").status == 200
    page = lumo.page("/u/artdrop", "en")
    assert all(text in page for text in ("nothing is decided yet", "A decision was made", "The appeal was decided"))


def test_a_suspended_registration_comes_back_at_its_time(lumo: Caller, uphold: Callable[..., str]) -> None:
    """A virtual human: no stream for thirty days; at the time the platform is asked, although it was down at first."""
    decision_id = uphold(reported(LIVE), ("registration_suspended", 30), ground="VH_LIVE_NO_HUMAN")
    go()
    assert "Registration suspended" in lumo.page("/u/xiaoya", "en")
    assert lumo.api(f"/api/accounts/{HOST}")["live"] == "off"
    lumo.form("/demo/tools/trouble", word="fail", times="1")
    due_now("effect.end")
    go()
    assert states(decision_id)["registration_suspended"] == ("ending", "")
    due_now("event.created")
    go()
    assert states(decision_id)["registration_suspended"] == ("ended", "")
    assert lumo.api(f"/api/accounts/{HOST}")["registration"] == "registered"


def test_a_stream_nobody_answers_for_is_challenged_and_cut(
    lumo: Caller, uphold: Callable[..., str], cast: Cast
) -> None:
    """The phrase stands on the stream; nobody says it; the stream is cut and the account may not go live."""
    staff_id, report_id = cast.rui.id, file_report(content_ref=LIVE, kind="VH_LIVE_NO_HUMAN", basis="ANY").report.id
    go()
    with transaction():
        staff = db.session.get_one(Staff, staff_id)
        case = cases.case_of(report_id)
        take(case.id, staff)
        asked = cures.challenge(case.id, staff)
        challenge_id, phrase = asked.id, asked.phrase
    go()
    assert phrase in lumo.page(f"/p/{LIVE}")
    with transaction():
        cures.answer_challenge(challenge_id, db.session.get_one(Staff, staff_id), passed=False)
    decision_id = uphold(report_id, ("stream_cut", None), ("live_off", 7), ground="VH_LIVE_NO_HUMAN")
    go()
    assert states(decision_id) == {"stream_cut": ("confirmed", ""), "live_off": ("confirmed", "")}
    assert "The platform cut this stream" in lumo.page(f"/p/{LIVE}", "en")


def test_the_account_is_told_of_a_cure_and_takes_it(lumo: Caller, cast: Cast) -> None:
    """Offered: it stands on the account's page; taken: the label is on, the case closed, no strike."""
    staff_id = cast.rui.id
    report_id = file_report(content_ref="lumo-1016", kind="AI_LABEL_MISSING", basis="ANY").report.id
    go()
    with transaction():
        staff = db.session.get_one(Staff, staff_id)
        case = cases.case_of(report_id)
        take(case.id, staff)
        offer_id = cures.offer(case.id, staff).id
    go()
    assert "put it right yourself" in lumo.page("/u/miragelab", "en")
    with transaction():
        decision_id = cures.cure(offer_id).id
    go()
    assert states(decision_id) == {"label_ai": ("confirmed", "")}
    assert "Labelled: AI-generated" in lumo.page("/p/lumo-1016", "en")
    assert "settled, without a strike" in lumo.page("/u/miragelab", "en")
