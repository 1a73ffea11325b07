"""Counter-notices to the end of the wait, with a clock that moves: e-commerce, DMCA, RTCI, court and notary."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from apiflask import APIFlask

from tests.conftest import Cast
from tests.domain.appeals.story import (
    HELD,
    MONDAY,
    choice,
    countered,
    decided,
    fresh,
    in_force,
    mailed,
    paper,
    posted,
    removed,
    report_of,
    reports,
    shanghai,
    tick,
)
from tests.domain.cases.notice import send
from webapp.core import outbox
from webapp.core.audit import AuditEntry
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import Refused
from webapp.domain.appeals import queries
from webapp.domain.appeals import service as appeals
from webapp.domain.cases import queries as cases
from webapp.domain.clocks.models import Clock
from webapp.domain.decisions.queries import active_points
from webapp.domain.policy.queries import FOLDER
from webapp.domain.reports.queries import barred
from workers.run import run_task


def test_e_commerce_to_the_fifteenth_day_without_a_suit(clock: time_machine.Traveller, cast: Cast) -> None:
    """Forwarded at once, arrived a day after the mail took it, reminded twice, back when the 15th day is over."""
    decision = removed(cast)
    assert in_force(decision.case_id) == HELD and active_points("acc") == 2
    counter = countered(decision)
    assert (counter.regime, counter.state, counter.missing) == ("CN_ECOM", "forwarded", [])
    assert posted("counter.filed") and posted("counter.forwarded") == [{"counter_id": counter.id}]
    clock.shift(timedelta(minutes=5))
    mailed(counter)
    clock.shift(timedelta(hours=23, minutes=50))
    tick()
    assert fresh(counter).state == "forwarded", "a day has to pass"
    clock.shift(timedelta(minutes=10))
    tick()
    counter = fresh(counter)
    assert counter.state == "waiting" and counter.arrived_at == MONDAY + timedelta(days=1, minutes=5)
    assert counter.restore_by == shanghai(12, 2) and counter.restore_from is None
    while now() < shanghai(12, 2) - timedelta(hours=6):
        clock.shift(timedelta(hours=6))
        tick()
    assert [m["days"] for m in posted("counter.reminder")] == [3, 1]
    assert fresh(counter).state == "waiting" and in_force(decision.case_id) == HELD
    clock.move_to(shanghai(12, 2) + timedelta(seconds=1))
    tick()
    tick()
    counter = fresh(counter)
    assert (counter.state, counter.end) == ("restored", "elapsed")
    assert in_force(decision.case_id) == [] and active_points("acc") == 0
    assert len(posted("counter.restored")) == 1
    states = {c.code: c.state for c in db.session.query(Clock).filter_by(on_id=f"counter:{counter.id}")}
    assert states == {"FORWARD_CLAIMANT": "met", "WAIT_ECOM": "met", "RESTORE_EXEC": "met"}


def test_e_commerce_with_a_suit_on_the_fifteenth_day(clock: time_machine.Traveller, cast: Cast) -> None:
    """Proof on the last evening keeps it down past the day, until a court has spoken; then it stays or comes back."""
    decision = removed(cast)
    counter, report = countered(decision), report_of(decision.case_id)
    with transaction():
        appeals.mark_read(counter.id, report.id)
        appeals.mark_read(counter.id, report.id)
    assert fresh(counter).restore_by == shanghai(12, 1), "reading it is arrival: fifteen days from today"
    clock.move_to(shanghai(12, 1) - timedelta(hours=1))
    court = paper()
    with transaction():
        appeals.prove(fresh(counter), report_of(decision.case_id), "suit", court)
    clock.shift(timedelta(days=40))
    tick()
    counter = fresh(counter)
    assert counter.state == "held" and in_force(decision.case_id) == HELD
    assert posted("counter.held") == [{"counter_id": counter.id}] and posted("counter.restored") == []
    with transaction():
        appeals.end_hold(counter, cast.lan, upheld=True)
    assert (fresh(counter).state, fresh(counter).end) == ("refused", "upheld")
    assert in_force(decision.case_id) == HELD and active_points("acc") == 2
    with pytest.raises(Refused) as error, transaction():
        appeals.end_hold(fresh(counter), cast.lan, upheld=False)
    assert error.value.code == "not_held"


def test_a_court_may_bring_it_back(clock: time_machine.Traveller, cast: Cast) -> None:
    """The judgment goes against the claimant: the desk ends the hold and the content comes back."""
    decision = removed(cast)
    counter, report, court = countered(decision), report_of(decision.case_id), paper()
    with transaction():
        appeals.prove(counter, report, "complaint", court)
    clock.shift(timedelta(days=90))
    with transaction():
        appeals.end_hold(fresh(counter), cast.lan, upheld=False, note="Judgment of 14 February")
    assert (fresh(counter).state, fresh(counter).end) == ("restored", "court")
    assert in_force(decision.case_id) == []


def test_proof_and_restoring_meet(clock: time_machine.Traveller, cast: Cast) -> None:
    """Before the content is back a proof wins, even a minute after the last day; afterwards it is refused by name."""
    decision = removed(cast)
    counter, report, court = countered(decision), report_of(decision.case_id), paper()
    with transaction():
        appeals.mark_read(counter.id, report.id)
    clock.move_to(shanghai(12, 1) + timedelta(minutes=1))
    due = queries.elapsed()
    with transaction():  # the job has read what is due; the claimant is a moment faster
        appeals.prove(fresh(counter), report_of(decision.case_id), "suit", court)
    with transaction():
        assert [appeals.elapse(one) for one in due] == [False]
    assert fresh(counter).state == "held"
    with transaction():
        appeals.end_hold(fresh(counter), cast.lan, upheld=False)
    with pytest.raises(Refused) as error, transaction():
        appeals.prove(fresh(counter), report_of(decision.case_id), "suit", court)
    assert error.value.code == "restored_already"


def test_dmca_across_thanksgiving(clock: time_machine.Traveller, cast: Cast) -> None:
    """Ten to fourteen US business days from its receipt: Thanksgiving does not count, China's calendar neither."""
    decision = removed(cast, regimes=("CN_RTCI", "CN_ECOM", "US_DMCA"))
    counter = countered(decision)
    assert (counter.regime, counter.state) == ("US_DMCA", "waiting"), "it waits from its receipt, not from arrival"
    assert (counter.restore_from, counter.restore_by) == (shanghai(12, 1), shanghai(12, 7))
    mailed(counter)
    clock.move_to(shanghai(12, 1))
    tick()
    assert fresh(counter).state == "waiting", "not before the tenth business day is over"
    assert fresh(counter).arrived_at is not None, "arrival is noted all the same"
    clock.shift(timedelta(minutes=5))
    tick()
    assert fresh(counter).state == "restored" and now() < shanghai(12, 7)
    assert in_force(decision.case_id) == []


def test_papers_held_up_at_the_notary(clock: time_machine.Traveller, cast: Cast) -> None:
    """Twenty working days of China after the wait, once, for works; reminders come again before the new day."""
    decision = removed(cast)
    counter, delay = countered(decision), paper("Receipt of the notary")
    report = report_of(decision.case_id)
    with pytest.raises(Refused), transaction():
        appeals.extend(fresh(counter), report, delay, cast.lan)
    with transaction():
        appeals.mark_read(counter.id, report.id)
    clock.move_to(shanghai(12, 1) - timedelta(hours=12))
    tick()
    assert [m["days"] for m in posted("counter.reminder")] == [1]
    with transaction():
        appeals.extend(fresh(counter), report_of(decision.case_id), delay, cast.lan)
    assert fresh(counter).restore_by == shanghai(12, 29)
    with pytest.raises(Refused) as error, transaction():
        appeals.extend(fresh(counter), report_of(decision.case_id), delay, cast.lan)
    assert error.value.code == "cannot_extend"
    clock.move_to(shanghai(12, 29) - timedelta(hours=12))
    tick()
    assert [m["days"] for m in posted("counter.reminder")] == [1, 1]
    clock.move_to(shanghai(12, 29) + timedelta(minutes=1))
    tick()
    assert fresh(counter).state == "restored"


def test_a_face_has_no_notary_time(clock: time_machine.Traveller, cast: Cast) -> None:
    """The longer wait is for intellectual property only (法释〔2020〕9号)."""
    decision = removed(cast, kind="LIKENESS", regimes=("CN_CIVIL",))
    counter, delay = countered(decision), paper("Receipt of the notary")
    with transaction():
        appeals.mark_read(counter.id, report_of(decision.case_id).id)
    with pytest.raises(Refused) as error, transaction():
        appeals.extend(fresh(counter), report_of(decision.case_id), delay, cast.lan)
    assert error.value.code == "cannot_extend"


def test_rtci_bars_the_same_notice_once_restored(clock: time_machine.Traveller, cast: Cast) -> None:
    """After the content is back the same claimant cannot notify it again under RTCI; giving up would bar nobody."""
    decision = removed(cast, kind="RMI_REMOVED", regimes=("CN_RTCI",))
    counter, report = countered(decision), report_of(decision.case_id)
    index = report.standing.reporter.email_index
    with transaction():
        appeals.mark_read(counter.id, report.id)
    assert not barred(report.subject_id, index, ["CN_RTCI"])
    clock.move_to(shanghai(12, 1) + timedelta(minutes=1))
    tick()
    report = report_of(decision.case_id)
    assert barred(report.subject_id, index, ["CN_RTCI"]) and not barred(report.subject_id, index, ["CN_CIVIL"])


@pytest.fixture
def at_once(app: APIFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation of an operator who restores works at once: his own copy of the book, one word changed."""
    folder = shutil.copytree(FOLDER, tmp_path / "book")
    page = folder / "book.toml"
    page.write_text(page.read_text("utf-8").replace('restore = "wait"', 'restore = "immediate"'), "utf-8")
    settings = app.config["SETTINGS"]
    monkeypatch.setitem(app.config, "SETTINGS", settings.model_copy(update={"book_folder": folder}))


def test_rtci_at_once(clock: time_machine.Traveller, at_once: None, cast: Cast) -> None:
    """With the operator's switch the counter-notice itself brings the work back, and the claimant still gets it."""
    decision = removed(cast, regimes=("CN_RTCI", "CN_ECOM"))
    counter = countered(decision)
    assert (counter.regime, counter.state, counter.end) == ("CN_RTCI", "restored", "immediate")
    assert in_force(decision.case_id) == [] and posted("counter.forwarded")
    report = report_of(decision.case_id)
    assert barred(report.subject_id, report.standing.reporter.email_index, ["CN_RTCI"])


def test_one_that_cannot_come_back_holds_up_nobody_else(clock: time_machine.Traveller, cast: Cast) -> None:
    """The job takes each in a transaction of its own, and comes back for what it could not do."""
    broken, sound = removed(cast, content_ref="p1"), removed(cast, content_ref="p2")
    first, second = countered(broken), countered(sound)
    with transaction():
        appeals.mark_read(first.id, report_of(broken.case_id).id)
        appeals.mark_read(second.id, report_of(sound.case_id).id)
    clock.move_to(shanghai(12, 1) + timedelta(minutes=1))
    case, ids = broken.case_id, (first.id, second.id)
    with transaction():
        cases.get(case).state = "proposed"  # a state the lifecycle lets nothing come back from
        task = outbox.post("counters.elapsing").id
    assert run_task(task) == "todo"
    assert [queries.get(i).state for i in ids] == ["waiting", "restored"]
    with transaction():
        cases.get(case).state = "decided"
    clock.shift(timedelta(hours=1))
    assert run_task(task) == "done" and run_task(task) == "skipped"
    assert [queries.get(i).state for i in ids] == ["restored", "restored"]


def test_points_go_also_when_every_measure_has_ended(clock: time_machine.Traveller, cast: Cast) -> None:
    """Suspended for three days, answered, never contradicted: on the fifteenth day only the points are left to go."""
    case = reports("zhou.yun@example.org")
    decision = decided(case, cast.rui, choice(case, actions=[("suspend", 3)]))
    counter = countered(decision)
    with transaction():
        appeals.mark_read(counter.id, report_of(case.id).id)
    clock.shift(timedelta(days=20))
    assert in_force(case.id) == [] and active_points("acc") == 2
    tick()
    assert fresh(counter).state == "restored" and active_points("acc") == 0


def test_a_label_others_asked_for_stays(clock: time_machine.Traveller, cast: Cast) -> None:
    """Copied, and not labelled as AI: the copyright claim fell silent, the duty to label did not."""
    case = reports("zhou.yun@example.org")
    mine = report_of(case.id).id
    send("AI_LABEL_MISSING", email="li.na@example.org", regimes=("CN_LABEL", "HOUSE"))
    case = cases.get(case.id)
    both = choice(case, ground="COPY_IMAGE", actions=[("remove", None), ("label_ai", None)])
    counter = countered(decided(case, cast.rui, both))
    with transaction():
        appeals.mark_read(counter.id, mine)
    clock.shift(timedelta(days=20))
    tick()
    assert fresh(counter).state == "restored" and in_force(case.id) == ["label_ai"]
    assert active_points("acc") == 0


def test_the_audit_log_keeps_no_number_to_call(clock: time_machine.Traveller, cast: Cast) -> None:
    """What is written there stays for good and in the clear: how it is known, but not how to reach anybody."""
    decision = removed(cast)
    counter, report, suit = countered(decision), report_of(decision.case_id), paper()
    with transaction():
        appeals.confirm_arrival(counter.id, report.id, cast.mei, "Rang her on 13900001111, she has it.")
        appeals.prove(counter, report, "suit", suit)
    with transaction():
        appeals.end_hold(counter, cast.mei, True, "(2026)浙0106民初12345号; lawyer@court.example")
    told = [e.facts for e in db.session.query(AuditEntry) if e.verb in ("counter.arrive", "counter.refuse")]
    assert [f.get("how") or f.get("note") for f in told] == [
        "Rang her on •••, she has it.", "(2026)浙0106民初12345号; •••",
    ]  # fmt: skip
