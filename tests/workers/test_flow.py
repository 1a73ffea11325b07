"""Cheap first: dear detectors look only where the cheap ones left a question open, once, and it is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from apiflask import APIFlask
from sqlalchemy import event, select

from tests.builders import file_report
from tests.processing import process_all
from tests.workers.stand_ins import looking_with
from webapp.core import outbox
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.evidence.models import Custody, Evidence
from webapp.domain.intake.service import Receipt
from webapp.domain.matching import queries, service
from webapp.domain.matching.detector import Comparison
from webapp.domain.matching.models import Match, Scan
from workers.roster import kind_of, lookers
from workers.run import run_task


@pytest.fixture
def stand_ins(app: APIFlask) -> Iterator[None]:
    with looking_with(app, "Cheap", "Dear"):
        yield


def look() -> None:
    process_all("work", "scan")


def scans(detector: str) -> dict[str, str]:
    """What each file says (its bytes are words here) → state and reason of one detector's scan."""
    rows = db.session.execute(
        select(Evidence.role, Evidence.name, Scan.state, Scan.reason)
        .join(Scan, Scan.evidence_id == Evidence.id)
        .where(Scan.detector == detector)
    ).all()
    return {name.rsplit(".", 1)[0]: f"{state} {reason}".strip() for _role, name, state, reason in rows}


def matches() -> set[tuple[str, str, str]]:
    """(detector, version, band) of every match that counts."""
    return {(m.detector, m.version, m.band) for m in db.session.scalars(select(Match)) if m.superseded_at is None}


def ids(receipt: Receipt) -> list[str]:
    return [item.evidence_id for item in receipt.report.items]


@pytest.mark.usefixtures("stand_ins")
def test_a_cheap_strong_match_spares_the_dear_look() -> None:
    receipt = file_report([b"cat one"], [b"cat two"])
    report_id = receipt.report.id
    look()
    assert matches() == {("phash", "1", "strong")}
    assert scans("dct256") == {"alleged-0": "not_applicable not_needed", "reference-1": "not_applicable not_needed"}
    assert cases.case_of(report_id).best_band == "strong"


@pytest.mark.usefixtures("stand_ins")
def test_an_open_question_is_looked_into() -> None:
    """The cheap detector sees nothing in common, the dear one does; custody tells of both looks."""
    receipt = file_report([b"cat tail"], [b"dog tail"])
    report_id, evidence = receipt.report.id, ids(receipt)
    look()
    assert matches() == {("phash", "1", "none"), ("dct256", "1", "strong")}
    assert scans("dct256") == {"alleged-0": "done", "reference-1": "done"}
    assert cases.case_of(report_id).best_band == "strong"
    told = db.session.scalars(
        select(Custody.facts).where(Custody.evidence_id == evidence[0], Custody.act == "scanned").order_by(Custody.id)
    )
    assert [facts["detectors"] for facts in told] == [["phash 1"], ["dct256 1"]]


@pytest.mark.usefixtures("stand_ins")
def test_a_failed_cheap_look_answers_nothing() -> None:
    """A grey picture cannot be hashed: that is no reason to spare the dear detector, and no match either."""
    file_report([b"grey x"], [b"cat x"])
    look()
    assert scans("phash") == {"alleged-0": "failed featureless", "reference-1": "done"}
    assert scans("dct256") == {"alleged-0": "failed featureless", "reference-1": "done"}


@pytest.mark.usefixtures("stand_ins")
def test_one_strong_reference_answers_for_the_reported_item() -> None:
    """The answer "it is hers" stands: the other references of the same report need no dear look, unless another
    reported item asks."""
    file_report([b"cat a"], [b"cat b", b"dog c"])
    look()
    assert set(scans("dct256").values()) == {"not_applicable not_needed"}
    with transaction():
        db.session.query(Match).delete()
    file_report([b"cat a", b"bird z"], [b"cat b", b"dog c"], content_ref="p2")
    look()
    assert scans("dct256")["alleged-1"] == "done"


@pytest.mark.usefixtures("stand_ins")
def test_until_the_cheap_ones_are_through_it_is_queued_by_nobody(app: APIFlask) -> None:
    """Half the scans are missing: what was not asked yet is not said to be unneeded."""
    receipt = file_report([b"cat a"], [b"dog b", b"cat c"])
    late = ids(receipt)[2]
    with transaction():
        for task in db.session.scalars(select(outbox.Task).where(outbox.Task.topic == "evidence.kept")):
            if task.payload["evidence_id"] == late:
                task.state = "dead"
    look()
    assert scans("dct256") == {}
    with transaction():
        outbox.post("evidence.kept", evidence_id=late)
    look()
    assert set(scans("dct256").values()) == {"not_applicable not_needed"}


@pytest.mark.usefixtures("stand_ins")
def test_without_a_reference_there_is_nothing_to_compare() -> None:
    receipt = file_report([b"cat a"], [b"dog b"])
    with transaction():
        for item in receipt.report.items:
            if item.evidence.role == "reference":
                item.evidence.role = "proof"
    look()
    assert scans("dct256")["alleged-0"] == "not_applicable nothing_to_compare"


@pytest.mark.usefixtures("stand_ins")
def test_what_waits_for_a_dear_look_says_so() -> None:
    """Between the cheap answer and the dear look the desk reads "has not looked yet"."""
    file_report([b"cat tail"], [b"dog tail"])
    for _ in range(3):
        process_all("work")
        for task_id in outbox.due("scan", 50):
            if db.session.get_one(outbox.Task, task_id).topic != "item.deepen":
                run_task(task_id)
    assert scans("dct256") == {"alleged-0": "queued", "reference-1": "queued"}
    look()
    assert scans("dct256") == {"alleged-0": "done", "reference-1": "done"}


@pytest.mark.usefixtures("stand_ins")
def test_everything_twice_leaves_one_of_everything() -> None:
    """Messages posted again, jobs run again: one deepen an item, one match a pair and detector, one scan."""
    receipt = file_report([b"cat tail", b"bird"], [b"dog tail", b"bird"])
    report_id, evidence = receipt.report.id, ids(receipt)
    look()

    def rows() -> tuple[int, int, int]:
        deepened = db.session.scalars(select(outbox.Task).where(outbox.Task.topic == "item.deepen")).all()
        return (
            len(deepened),
            len(db.session.scalars(select(Match)).all()),
            len(db.session.scalars(select(Scan)).all()),
        )

    before = rows()
    assert before[0] == 1, "all that a question was open on together, once"
    with transaction():
        for evidence_id in evidence:
            outbox.post("evidence.kept", evidence_id=evidence_id)
            outbox.post("item.deepen", queue="scan", evidence_ids=evidence_id)
            outbox.post("item.scanned", evidence_id=evidence_id)
            outbox.post("item.attached", report_id=report_id, evidence_id=evidence_id)
    look()
    again = rows()
    assert (again[0] - len(evidence), *again[1:]) == before


@pytest.mark.usefixtures("stand_ins")
def test_the_whole_report_is_read_in_a_fixed_number_of_queries(count_queries: Callable[[], int]) -> None:
    receipt = file_report([b"a 1"], [b"b 2"])
    few = ids(receipt)[0]
    receipt = file_report([b"a %d" % n for n in range(5)], [b"b %d" % n for n in range(5)], content_ref="p2")
    many = ids(receipt)[0]
    kinds = [kind_of(detector) for detector in lookers()]
    counted = []
    for evidence_id in (few, many):
        before = count_queries()
        table = queries.table([evidence_id], kinds)
        counted.append(count_queries() - before)
    assert len(table.pairs) == 25
    assert counted[0] == counted[1] <= 5


@pytest.fixture
def count_queries(app: APIFlask) -> Iterator[Callable[[], int]]:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield lambda: len([s for s in sent if s.startswith("SELECT")])
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_detector_that_reads_two_media_lays_them_side_by_side(app: APIFlask) -> None:
    """Words in a picture beside a text; two texts alone are another detector's."""
    with looking_with(app, "Cheap", "Beside"):
        receipt = file_report([b"cat words"], [b"the words", b"other"])
        with transaction():
            for item in receipt.report.items:
                if item.evidence.role == "reference":
                    item.evidence.media_type = "text/plain"
        look()
        assert matches() == {("dct256", "1", "strong"), ("dct256", "1", "none")}


def test_a_missing_detector_is_said_for_every_item_it_would_look_at(app: APIFlask) -> None:
    with looking_with(app, "Cheap", "tests.workers.stand_ins.Nowhere", "workers.nowhere.Detector"):
        file_report([b"cat"], [b"cat"])
        look()
        assert scans("Nowhere") == {"alleged-0": "failed detector_absent", "reference-1": "failed detector_absent"}
        assert scans("Detector").keys() == {"alleged-0", "reference-1"}


def test_two_at_once_write_one_row(app: APIFlask) -> None:
    """The second of two jobs that compared the same pair finds the first one's row."""
    receipt = file_report([b"cat a"], [b"cat b"])
    query, reference = ids(receipt)[:2]
    said = Comparison(1.0, "supports", "strong", 5.0, "same_picture")
    with transaction():
        first = service.record_match(query, reference, "phash", "1", said).id
    with transaction():
        assert service.record_match(query, reference, "phash", "1", said).id == first
        newer = service.record_match(query, reference, "phash", "2", said).id
    assert [m.id for m in queries.matches_of([query])] == [newer]
    assert db.session.get_one(Match, first).superseded_at is not None
