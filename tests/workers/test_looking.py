"""Previews, scans and comparisons as jobs: real pictures, the real sandbox, the real database."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from PIL import Image, ImageOps
from sqlalchemy import func, select

from tests.builders import ANSWERS, evidence_of, file_report, picture
from tests.processing import process_all
from tests.workers.stand_ins import looking_with
from webapp.core import outbox
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.evidence.models import Custody, Evidence, Preview
from webapp.domain.evidence.service import drop, store
from webapp.domain.intake import service as intake
from webapp.domain.matching.models import Match, Scan
from webapp.domain.reports.models import Report
from workers.jobs.looking import WORKSHOP


@pytest.fixture(autouse=True)
def one_detector(app: APIFlask) -> Iterator[None]:
    """The picture hash alone; how several work together is told in test_flow."""
    with looking_with(app, "workers.detectors.phash.PerceptualHash"):
        yield


def mirrored(data: bytes) -> bytes:
    out = io.BytesIO()
    ImageOps.mirror(Image.open(io.BytesIO(data))).save(out, "JPEG", quality=70)
    return out.getvalue()


HASHED = Scan.detector == "phash"  # the readers of labels write their own rows


def look() -> None:
    process_all("work", "scan", "later", "media")


def test_a_report_gets_its_match_and_its_case_knows(app: APIFlask) -> None:
    receipt = file_report([mirrored(picture(1))], [picture(1)])
    report_id, alleged = receipt.report.id, evidence_of(receipt, "alleged")[0].id
    look()
    match = db.session.scalars(select(Match)).one()
    assert (match.query_id, match.verdict, match.band) == (alleged, "supports", "strong")
    case = cases.case_of(report_id)
    assert (case.best_band, case.thumb_evidence_id) == ("strong", alleged)


def test_finding_nothing_is_written_down_too(app: APIFlask) -> None:
    file_report([picture(1)], [picture(2)])
    look()
    assert db.session.scalars(select(Match.verdict)).one() == "does_not_support"
    assert set(db.session.scalars(select(Scan.state))) == {"done"}


def test_each_reported_item_meets_each_reference_of_the_same_report_only(app: APIFlask) -> None:
    file_report([picture(1), picture(2)], [picture(3), picture(4)])
    file_report([picture(5)], [picture(6)], content_ref="p2")
    look()
    assert db.session.scalar(select(func.count()).select_from(Match)) == 5


@pytest.mark.parametrize("first", ["report", "scan"])
def test_the_match_comes_whether_report_or_scan_is_first(app: APIFlask, first: str) -> None:
    """Files are scanned while the person still types; a slow worker scans them after the report."""
    if first == "report":
        file_report([picture(1)], [picture(1)])
    else:
        with transaction():
            _draft, token = intake.create_draft()
        for role in ("alleged", "reference"):
            with transaction():
                found = intake.load_draft(token)
                assert found is not None
                blob = store().put(picture(1))
                intake.attach_file(found, blob, role=role, name="a", media_type="image/jpeg", width=480, height=360)
        look()
        assert db.session.scalar(select(func.count()).select_from(Scan).where(HASHED)) == 2
        with transaction():
            found = intake.load_draft(token)
            assert found is not None
            intake.save_step(found, ANSWERS)
        with transaction():
            intake.submit(token)
    look()
    assert db.session.scalars(select(Match.verdict)).one() == "supports"


def test_nothing_is_measured_on_a_paper(app: APIFlask) -> None:
    """What shows her title or who she is can be seen by a reviewer, and no detector looks at it."""
    paper = evidence_of(file_report([picture(1)], [picture(2)]), "proof")[0].id
    look()
    assert {p.kind for p in db.session.get_one(Evidence, paper).previews} == {"thumb", "large"}
    assert db.session.scalar(select(func.count()).select_from(Scan).where(Scan.evidence_id == paper)) == 0


def test_previews_are_new_pictures_and_the_original_is_left_alone(app: APIFlask) -> None:
    receipt = file_report([picture(1, (1600, 1200))], [picture(1)])
    alleged = evidence_of(receipt, "alleged")[0].id
    look()
    previews = {p.kind: p for p in db.session.scalars(select(Preview).where(Preview.evidence_id == alleged))}
    assert {kind: (p.width, p.height) for kind, p in previews.items()} == {"large": (1024, 768), "thumb": (256, 192)}
    assert store().path(previews["large"].sha256).read_bytes().startswith(b"RIFF")
    item = db.session.get_one(Evidence, alleged)
    assert store().path(item.sha256).read_bytes() == picture(1, (1600, 1200))


@pytest.mark.parametrize(
    ("media_type", "data", "state", "reason"),
    [
        # The bytes end before the picture does.
        ("image/jpeg", picture(1)[:900], "failed", "truncated"),
        # Nothing a picture detector could look at.
        ("application/pdf", b"%PDF-1.4 nothing", "not_applicable", "other_medium"),
        ("audio/mpeg", b"ID3 nothing", "not_applicable", "other_medium"),
    ],
)
def test_what_could_not_be_looked_at_says_why(
    app: APIFlask, media_type: str, data: bytes, state: str, reason: str
) -> None:
    with transaction():
        draft, _token = intake.create_draft()
        intake.attach_file(
            draft, store().put(data), role="alleged", name="a", media_type=media_type, width=None, height=None
        )
    look()
    scan = db.session.scalars(select(Scan).where(HASHED)).one()
    assert (scan.state, scan.reason) == (state, reason)
    assert set(db.session.scalars(select(Task.state))) == {"done"}


def test_a_file_taken_back_is_not_looked_at(app: APIFlask) -> None:
    with transaction():
        draft, _token = intake.create_draft()
        blob = store().put(picture(1))
        item = intake.attach_file(draft, blob, role="proof", name="a", media_type="image/jpeg", width=1, height=1)
    with transaction():
        drop(item, WORKSHOP)
    look()
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 0


def test_looking_twice_leaves_one_of_everything(app: APIFlask) -> None:
    """A worker that died after saving, or a message posted twice: the second look adds nothing."""
    receipt = file_report([picture(1)], [picture(1)])
    report_id, ids = receipt.report.id, [i.evidence_id for i in receipt.report.items]
    look()

    def counts() -> list[int | None]:
        return [db.session.scalar(select(func.count()).select_from(t)) for t in (Scan, Match, Preview)]

    before = counts()
    with transaction():
        for evidence_id in ids:
            outbox.post("evidence.kept", evidence_id=evidence_id)
            outbox.post("item.attached", report_id=report_id, evidence_id=evidence_id)
    look()
    assert counts() == before
    assert before[1:] == [1, 6]


def test_the_custody_trail_tells_who_looked(app: APIFlask) -> None:
    receipt = file_report([picture(1)], [picture(1)])
    alleged = evidence_of(receipt, "alleged")[0].id
    look()
    acts = set(db.session.scalars(select(Custody.act).where(Custody.evidence_id == alleged)))
    assert {"received", "scanned", "previewed"} <= acts
    assert db.session.scalar(select(func.count()).select_from(Report)) == 1
