"""The index at work: what is registered or was decided is found in reports, stay-down counts it, staleness is said."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from apiflask import APIFlask
from PIL import Image, ImageOps
from sqlalchemy import select

from tests.builders import answers_for, file_report, picture
from tests.conftest import Cast
from tests.domain.decisions.story import choice, decided, dismissed
from tests.processing import process_all
from tests.workers.stand_ins import looking_with
from webapp.core import outbox
from webapp.core.audit import SYSTEM
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.cases.service import take
from webapp.domain.decisions.service import redecide
from webapp.domain.evidence.rules import Inspection
from webapp.domain.evidence.service import store
from webapp.domain.index import keeping, queries, searchfile
from webapp.domain.index.models import Entry, Fingerprint, Lookup
from webapp.domain.intake import service as intake
from webapp.domain.matching.models import Match
from webapp.domain.registry import service as registry
from webapp.domain.registry.importing import import_folder
from webapp.domain.registry.models import Registration
from webapp.domain.reports.models import Report
from webapp.domain.staydown import queries as staydown


@pytest.fixture(autouse=True)
def one_hash(app: APIFlask) -> Iterator[None]:
    """The hash the index is made of, alone; and no search file yet."""
    for path in keeping.path().parent.glob("*.idx"):
        path.unlink()
    with looking_with(app, "workers.detectors.dct.DctHash"):
        yield


def mirrored(data: bytes) -> bytes:
    out = io.BytesIO()
    ImageOps.mirror(Image.open(io.BytesIO(data))).save(out, "JPEG", quality=60)
    return out.getvalue()


def registered(place: Path, *pictures: bytes) -> Registration:
    """One registered work with these files, and all that follows from it."""
    with (place / "manifest.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("number", "kind", "title", "holder", "file"))
        for n, data in enumerate(pictures):
            (place / f"{n}.jpg").write_bytes(data)
            writer.writerow(("W-1", "work", "Lotus at Dusk", "Zhou Yun", f"{n}.jpg"))
    assert {d.outcome for d in import_folder(place, SYSTEM)} <= {"registered", "added"}
    work()
    return db.session.scalars(select(Registration)).one()


def work() -> None:
    process_all("work", "scan")


def reported(*pictures: bytes, ref: str = "p1", own: list[bytes] | None = None) -> str:
    """The report's id, once everything was done that follows from it."""
    receipt = file_report(
        list(pictures), own or [picture(77)], content_ref=ref, address=f"http://127.0.0.1:8001/posts/{ref}"
    )
    report_id = receipt.report.id
    work()
    return report_id


def alleged(report_id: str) -> str:
    report = db.session.get_one(Report, report_id)
    return next(i.evidence_id for i in report.items if i.evidence.role == "alleged")


def matches(origin: str) -> list[tuple[str, str, str]]:
    rows = db.session.scalars(select(Match).where(Match.origin == origin))
    return [(m.query_id, m.reference_id, m.verdict) for m in rows]


def upheld(report_id: str, cast: Cast, *measures: tuple[str, int | None]) -> str:
    """The id of the report's case, decided, with everything done that follows."""
    case_id = cases.case_of(report_id).id
    with transaction():
        take(case_id, db.session.merge(cast.rui))
    case = cases.get(case_id)
    decided(case, db.session.merge(cast.rui), choice(case, *measures))
    work()
    return case_id


def test_a_registered_work_is_found_mirrored_in_what_anybody_reports(tmp_path: Path) -> None:
    work_item = registered(tmp_path, picture(1), picture(2)).items[0].evidence_id
    receipt_id = alleged(reported(mirrored(picture(1))))
    assert queries.candidates(receipt_id) == [(receipt_id, work_item, "registered")]
    assert matches("registered") == [(receipt_id, work_item, "supports")]
    lookup = queries.lookup_of([receipt_id])[receipt_id]
    assert (lookup.state, lookup.among, lookup.hits, lookup.lacking) == ("done", 2, 1, 0)


def test_what_ended_is_found_no_more(tmp_path: Path) -> None:
    found = registered(tmp_path, picture(1))
    with transaction():
        registry.end(db.session.get_one(Registration, found.id), SYSTEM)
    work()
    assert queries.candidates(alleged(reported(picture(1)))) == []


def test_a_reporters_own_reference_is_nobody_elses_business() -> None:
    reported(picture(3), own=[picture(1)])
    assert db.session.scalars(select(Entry)).all() == []
    second = alleged(reported(picture(1), ref="p2"))
    assert queries.candidates(second) == []
    assert queries.lookup_of([second])[second].among == 0


def test_drafts_are_not_looked_up() -> None:
    with transaction():
        _draft, token = intake.create_draft(answers_for())
    with transaction():
        found = intake.load_draft(token)
        assert found is not None
        kept = {"name": "a.jpg", "media_type": "image/jpeg", "width": 480, "height": 360}
        intake.attach_file(found, store().put(picture(1)), role="alleged", **kept)  # type: ignore[arg-type]  # by keyword
    work()
    assert db.session.scalars(select(Lookup)).all() == []


def test_content_decided_before_is_found_and_a_block_counts_it(cast: Cast) -> None:
    """The same picture comes back mirrored, then byte for byte; both times the old case hears of it."""
    first = reported(picture(1))
    old, old_item = upheld(first, cast, ("remove", None), ("block_hash", 90)), alleged(first)
    assert staydown.blocks_of(old)[0].sightings == 0
    second = alleged(reported(mirrored(picture(1)), ref="p2"))
    assert matches("decided") == [(second, old_item, "supports")]
    third = alleged(reported(picture(1), ref="p3"))
    assert [(s.evidence_id, s.number, s.how) for s in staydown.sightings_of(old)] == [
        (second, 1, "match"),
        (third, 2, "identical"),
    ]
    process_all("work", "scan")
    assert staydown.blocks_of(old)[0].sightings == 2


def test_decided_without_a_block_informs_and_counts_nothing(cast: Cast) -> None:
    first = reported(picture(1))
    old = upheld(first, cast, ("remove", None))
    second = alleged(reported(picture(1), ref="p2"))
    assert [origin for _q, _f, origin in queries.candidates(second)] == ["decided"]
    assert staydown.sightings_of(old) == []


def test_a_picture_that_only_looks_alike_is_no_sighting(cast: Cast) -> None:
    old = upheld(reported(picture(1)), cast, ("remove", None), ("block_hash", 90))
    reported(picture(2), ref="p2")
    assert staydown.sightings_of(old) == []


def test_reversed_on_appeal_it_is_found_no_more(cast: Cast) -> None:
    first = reported(picture(1))
    old = upheld(first, cast, ("remove", None), ("block_hash", 90))
    decision = staydown.standing_verdict(old)
    assert decision is not None
    with transaction():
        redecide(old, db.session.merge(cast.lan), dismissed(cases.get(old)), decision)
    work()
    second = alleged(reported(picture(1), ref="p2"))
    assert queries.candidates(second) == []
    assert staydown.blocks_of(old)[0].ended_why == "taken_back"


def test_a_block_ends_by_its_own_task(cast: Cast) -> None:
    with time_machine.travel(now(), tick=True) as clock:
        old = upheld(reported(picture(1)), cast, ("remove", None), ("block_hash", 30))
        clock.shift(timedelta(days=30, minutes=1))
        process_all("work")
        assert staydown.blocks_of(old)[0].ended_why == "time"
        reported(picture(1), ref="p2")
        assert staydown.sightings_of(old) == []


def test_a_stale_index_is_said_and_asked_again(tmp_path: Path, app: APIFlask) -> None:
    """Another process holds the file while more was registered: what is there is searched, and then everything."""
    registered(tmp_path, picture(9))
    reported(picture(8), ref="p0")
    with transaction():
        found = db.session.scalars(select(Registration)).one()
        picture_of = Inspection("image/jpeg", "image", "jpg", 1, 480, 360)
        late = registry.add_item(found, store().put(picture(1)), picture_of, "late.jpg", SYSTEM)[0].id
    work()
    with time_machine.travel(now(), tick=True), searchfile.writing(keeping.path(), 1.0):
        second = alleged(reported(mirrored(picture(1)), ref="p2"))
        lookup = queries.lookup_of([second])[second]
        assert (lookup.state, lookup.among, lookup.lacking) == ("stale", 1, 1)
        assert queries.candidates(second) == []
        assert "index.again" in db.session.scalars(select(Task.topic).where(Task.state == "todo")).all()
    with time_machine.travel(now() + timedelta(minutes=2), tick=True):
        work()
        assert queries.candidates(second) == [(second, late, "registered")]
        lookup = queries.lookup_of([second])[second]
        assert (lookup.state, lookup.among, lookup.lacking) == ("done", 2, 0)


def test_bits_go_daily_when_nothing_is_listed_any_more(tmp_path: Path) -> None:
    found = registered(tmp_path, picture(1))
    with transaction():
        registry.end(db.session.get_one(Registration, found.id), SYSTEM)
        outbox.post("index.tidying")
    work()
    assert db.session.scalars(select(Fingerprint)).all() == []
    assert keeping.state().count == 0
