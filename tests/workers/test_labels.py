"""Reading as jobs: what is read when, by whom, what could not be; and the platform's copy read again after a cure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.builders import evidence_of, file_report, picture
from tests.conftest import Cast
from tests.detectors import files
from tests.detectors.test_metadata import LABEL
from tests.domain.appeals.story import MONDAY
from tests.domain.partners.little import Little
from tests.processing import process_all
from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases.service import take
from webapp.domain.cures import service as cures
from webapp.domain.cures.models import LabelCheck
from webapp.domain.evidence.models import Custody, Evidence
from webapp.domain.evidence.service import drop, store
from webapp.domain.intake import service as intake
from webapp.domain.labels import queries
from webapp.domain.labels.models import Reading
from webapp.domain.matching.detector import Claim
from webapp.domain.matching.models import Scan
from webapp.domain.staff.models import Staff
from workers import readers
from workers.detectors.metadata import EmbeddedLabels
from workers.jobs.looking import WORKSHOP

CHEAP = "workers.detectors.metadata.EmbeddedLabels"
LABELLED = files.png((b"tEXt", b"AIGC\0" + LABEL.encode()))


class Seeing(EmbeddedLabels):
    """A dear reader that sees the same mark in every picture, and is quick about it."""

    name = "visible_mark"
    cost = "dear"

    def __init__(self, book: Any = None) -> None:
        self.book = book

    def read(self, path: Any, media_type: str) -> list[Claim]:
        return [Claim("visible_mark", "declared", "visible", "AI生成", (), (0.7, 0.9, 0.2, 0.06))]


Set = Callable[..., None]


@pytest.fixture(autouse=True)
def reading_with(app: APIFlask) -> Iterator[Set]:
    """No detectors; the metadata reader and a stand-in for text recognition, or others by name."""
    before = app.config["SETTINGS"]

    def put(*names: str) -> None:
        wanted = ",".join(names) or "none"
        changed = {"readers": wanted, "detectors": "tests.workers.test_labels.Nothing"}
        app.config["SETTINGS"] = before.model_copy(update=changed)

    put(CHEAP, "tests.workers.test_labels.Seeing")
    yield put
    app.config["SETTINGS"] = before


def read() -> None:
    process_all("work", "scan", "later")


def told(evidence_id: str) -> dict[str, str]:
    return {r.reader: r.answer for r in queries.readings_of([evidence_id])[evidence_id]}


def reported(data: bytes, role: str = "alleged", **answers: object) -> str:
    """One report with this file; gives the file's id."""
    receipt = file_report([data], [picture(2)], **answers)
    return str(evidence_of(receipt, role)[0].id)


def scans(evidence_id: str) -> dict[str, tuple[str, str]]:
    rows = db.session.scalars(select(Scan).where(Scan.evidence_id == evidence_id))
    return {s.detector: (s.state, s.reason) for s in rows if s.detector in ("metadata", "visible_mark")}


def test_every_item_is_read_and_papers_are_not(app: APIFlask) -> None:
    receipt = file_report([LABELLED], [picture(2)])
    alleged, reference = (evidence_of(receipt, role)[0].id for role in ("alleged", "reference"))
    paper = evidence_of(receipt, "proof")[0].id
    read()
    assert told(alleged) == {"metadata": "declared"} and told(reference) == {"metadata": "no_evidence"}
    assert told(paper) == {} and scans(paper) == {}
    assert scans(alleged) == {"metadata": ("done", "")}
    acts = db.session.scalars(select(Custody.act).where(Custody.evidence_id == alleged))
    assert "read" in acts.all()


def test_marks_are_looked_for_only_where_the_kind_asks(app: APIFlask) -> None:
    asked = reported(picture(1), kind="AI_LABEL_MISSING", basis="ANY")
    read()
    assert told(asked) == {"metadata": "no_evidence", "visible_mark": "declared"}
    before = db.session.scalar(select(func.count()).select_from(Reading))
    with transaction():
        outbox.post("evidence.kept", evidence_id=asked)
    read()
    assert db.session.scalar(select(func.count()).select_from(Reading)) == before


def test_what_could_not_be_read_says_why(app: APIFlask, reading_with: Set) -> None:
    broken = reported(b"\x89PNG\r\n\x1a\n\0\0")
    reading_with(CHEAP, "workers.detectors.nowhere.Reader")
    read()
    assert told(broken) == {} and scans(broken) == {"metadata": ("failed", "truncated")}
    absent = db.session.scalars(select(Scan.reason).where(Scan.detector == "Reader", Scan.evidence_id == broken))
    assert set(absent) == {"detector_absent"}


def test_nobody_reads_where_the_operator_wants_none(app: APIFlask, reading_with: Set) -> None:
    reading_with()
    item = reported(LABELLED)
    read()
    assert told(item) == {} and scans(item) == {}


def test_what_was_read_goes_with_the_file(app: APIFlask) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        with transaction():
            _draft, token = intake.create_draft()
        with transaction():
            draft = intake.load_draft(token)
            assert draft is not None
            blob = store().put(LABELLED)
            item = intake.attach_file(
                draft, blob, role="alleged", name="a", media_type="image/png", width=16, height=12
            ).id
        read()
        assert told(item) == {"metadata": "declared"}
        with transaction():
            drop(db.session.get_one(Evidence, item), WORKSHOP)
        clock.shift(timedelta(hours=2))
        with transaction():
            assert intake.sweep_files(10) == 1
        assert told(item) == {}


def test_the_books_marks_and_the_operators_anchors_reach_the_readers(app: APIFlask, reading_with: Set) -> None:
    reading_with(CHEAP, "tests.workers.test_labels.Seeing")
    (seeing,) = readers.roster("dear").readers
    assert "豆包AI" in seeing.book.brands and seeing.book.height == 0.05  # type: ignore[attr-defined]  # the stand-in's


@pytest.fixture
def little(app: APIFlask) -> Iterator[Little]:
    platform = Little()
    platform.connect()
    yield platform
    platform.stop()


def cured(cast: Cast) -> str:
    """A report of a missing label, captured, offered and taken; gives the case's id."""
    staff_id = cast.rui.id
    report_id = file_report(kind="AI_LABEL_MISSING", basis="ANY").report.id
    process_all("work", "capture", "scan", "later")
    with transaction():
        case, staff = cases.case_of(report_id), db.session.get_one(Staff, staff_id)
        take(case.id, staff)
        offer_id, case_id = cures.offer(case.id, staff).id, case.id
    with transaction():
        cures.cure(offer_id)
    return str(case_id)


@pytest.mark.parametrize(
    ("copy", "state"),
    [(files.jpeg_xmp(files.xmp_label("{}")), "trace"), (picture(1), "not_found"), (None, "unread")],
)
def test_the_copy_is_read_again_after_the_cure_and_the_desk_is_told(
    app: APIFlask, cast: Cast, little: Little, reading_with: Set, copy: bytes | None, state: str
) -> None:
    reading_with(CHEAP)
    with time_machine.travel(now(), tick=True) as clock:
        case_id = cured(cast)
        process_all("work", "capture", "hooks", "scan", "later")
        (check,) = db.session.scalars(select(LabelCheck))
        assert check.state == "waiting"
        if copy is None:
            little.post["media"] = []
        else:
            little.media["/media/m1"] = copy
        clock.shift(timedelta(minutes=31))
        process_all("work", "scan", "later")
        (check,) = db.session.scalars(select(LabelCheck))
        assert (check.state, check.checked_at is not None, len(check.items)) == (state, True, int(copy is not None))
        assert cases.get(case_id).state == "closed"


def test_a_label_in_the_new_copy_is_found_and_the_copy_kept_beside_the_old(
    app: APIFlask, cast: Cast, little: Little, reading_with: Set
) -> None:
    reading_with(CHEAP)
    with time_machine.travel(now(), tick=True) as clock:
        case_id = cured(cast)
        little.media["/media/m1"] = LABELLED
        clock.shift(timedelta(minutes=31))
        process_all("work", "scan", "later")
        (check,) = db.session.scalars(select(LabelCheck))
        assert check.state == "found"
        captured = [e for e in cases.evidence_of(case_id) if e.source == "platform"]
        assert len(captured) == 2 and check.items[0] in {e.id for e in captured}
        assert told(check.items[0]) == {"metadata": "declared"}


def test_a_platform_that_is_off_is_asked_again(app: APIFlask, cast: Cast, little: Little, reading_with: Set) -> None:
    reading_with(CHEAP)
    with time_machine.travel(now(), tick=True) as clock:
        cured(cast)
        little.raw["/content/p1"] = (503, {}, b"")
        clock.shift(timedelta(minutes=31))
        process_all("work", "scan", "later")
        assert db.session.scalars(select(LabelCheck.state)).one() == "unreachable"
        del little.raw["/content/p1"]
        clock.shift(timedelta(minutes=10))
        process_all("work", "scan", "later")
        assert db.session.scalars(select(LabelCheck.state)).one() == "not_found"
