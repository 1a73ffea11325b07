"""Comparing faces as a job: only with consent, hers measured once and sealed, a stranger's kept nowhere at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import select

from tests.builders import evidence_of, file_report
from tests.conftest import Cast
from tests.processing import process_all
from tests.workers.on_disk import everything, lies_in
from tests.workers.toy_faces import AT, FILM, PASSER_BY, SHE, SMALL, STRANGER, TWIN, crowd, measured
from webapp.core import outbox
from webapp.core.audit import Actor
from webapp.core.config import Settings
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.domain.biometrics import queries as held
from webapp.domain.biometrics.models import Template
from webapp.domain.calibration.models import Judged
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.life import weigh
from webapp.domain.claimants.models import Consent
from webapp.domain.decisions.rules import Choice
from webapp.domain.decisions.service import decide
from webapp.domain.intake import consents
from webapp.domain.intake.service import Receipt
from webapp.domain.matching.detector import Comparison
from webapp.domain.matching.models import Match, Scan, Signal
from webapp.domain.matching.service import record_match
from webapp.domain.notifications.models import Letter
from webapp.domain.reports.models import Report
from webapp.domain.staff.models import Staff
from workers.run import run_task

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
TOY = "tests.workers.toy_faces.ToyFaces"


@pytest.fixture(autouse=True)
def faces(app: APIFlask) -> Iterator[None]:
    """An installation whose only detector looks for faces, with its impact assessment recorded."""
    ours: Settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = ours.model_copy(update={"detectors": TOY, "pipia_ref": "PIPIA-2026-7"})
    yield
    app.config["SETTINGS"] = ours


def filed(
    alleged: list[bytes],
    reference: list[bytes],
    *,
    consent: bool = True,
    content_ref: str = "p1",
    kind: str = "LIKENESS",
) -> Receipt:
    """A report about a face."""
    return file_report(alleged, reference, kind=kind, consent=consent, content_ref=content_ref)


TOPICS = ("item.attached", "consented.due", "consented.waiting", "consent.withdrawn", "decision.made")


def look() -> None:
    """Run what concerns faces, and what follows from it; previews and the rest are other tests' matter."""
    while waiting := [t for q in ("work", "scan", "media") for t in outbox.due(q, 50) if _topic(t) in TOPICS]:
        for task_id in waiting:
            run_task(task_id)


def _topic(task_id: str) -> str:
    return db.session.get_one(Task, task_id).topic


def matches() -> list[tuple[str, str, str]]:
    rows = db.session.execute(select(Match.verdict, Match.band, Match.reason).where(Match.detector == "face"))
    return sorted((verdict, band, reason) for verdict, band, reason in rows)


def looks() -> set[tuple[str, str]]:
    rows = db.session.execute(select(Scan.state, Scan.reason).where(Scan.detector == "face"))
    return {(state, reason) for state, reason in rows}


def test_her_face_is_found_among_several_and_her_case_knows(app: APIFlask) -> None:
    receipt = filed([crowd(STRANGER, PASSER_BY, SHE)], [crowd(SHE)])
    report_id = receipt.report.id
    look()
    assert matches() == [("supports", "strong", "same_face")] and looks() == {("done", "")}
    assert cases.case_of(report_id).best_band == "strong"
    (match,) = db.session.scalars(select(Match))
    assert {f["kind"] for f in match.findings} == {"face", "faces"}
    assert set(match.findings[0]) == {"kind", "of", "score", "warnings", "box", "pixels"}


def test_her_face_is_found_in_a_film_and_forgotten_with_the_moment(app: APIFlask) -> None:
    """Looked at where films are; the frame of that second is made for reviewers, and taken away with the finding."""
    report_id = filed([FILM + crowd(STRANGER, SHE)], [crowd(SHE), FILM + crowd(SHE, seed=1)]).report.id
    look()
    assert matches() == [("supports", "strong", "same_face")] * 2
    assert list(db.session.scalars(select(Task.queue).where(Task.topic == "consented.due"))) == ["media"]
    hers = db.session.scalars(select(Match)).first()
    assert hers is not None and [f.get("at") for f in hers.findings if f.get("of") == "query"] == [AT]
    assert _named() == 2
    with transaction():
        report = db.session.get_one(Report, report_id)
        consents.withdraw(report, Actor("reporter", report.standing.reporter_id))
    assert [m.findings for m in db.session.scalars(select(Match))] == [[], []] and _named() == 4


def _named() -> int:
    """Messages that a match names a moment of a film, or does so no more."""
    return len(list(db.session.scalars(select(Task.id).where(Task.topic == "match.recorded", Task.handler == ""))))


def test_somebody_alike_is_not_she_and_nothing_of_them_is_kept(app: APIFlask) -> None:
    filed([crowd(STRANGER, TWIN)], [crowd(SHE)])
    look()
    assert matches() == [("does_not_support", "none", "other_face")]
    (match,) = db.session.scalars(select(Match))
    assert [f for f in match.findings if f.get("of") == "query"] == []


@pytest.mark.parametrize(
    ("alleged", "reason", "state"),
    [
        (crowd(SHE, side=SMALL), "cannot_assess", ("done", "")),
        (crowd(), "no_face", ("failed", "no_face")),
        (b"\x89PNG\r\n\x1a\n and no more", "not_an_image", ("failed", "not_an_image")),
    ],
)
def test_what_cannot_be_assessed_is_never_no_match(
    app: APIFlask, alleged: bytes, reason: str, state: tuple[str, str]
) -> None:
    report_id = filed([alleged], [crowd(SHE)]).report.id
    look()
    assert matches() == [("cannot_tell", "none", reason)] and cases.case_of(report_id).best_band == ""
    assert looks() == {("done", ""), state}


def test_a_reference_with_two_people_makes_no_template(app: APIFlask) -> None:
    """Nobody knows which of them she is, and the other one agreed to nothing."""
    filed([crowd(SHE)], [crowd(SHE, PASSER_BY)])
    look()
    assert matches() == [("cannot_tell", "none", "cannot_assess")]
    assert db.session.query(Template).count() == 0


def test_no_measure_of_a_stranger_and_no_open_one_of_her_lies_in_the_file(app: APIFlask) -> None:
    """Searched for in the raw bytes, not in the tables we think of."""
    filed([crowd(STRANGER, SHE), crowd(PASSER_BY)], [crowd(SHE), crowd(SHE, STRANGER)])
    process_all("work", "scan")
    assert len(matches()) == 4 and db.session.query(Signal).count() == 0
    (template,) = db.session.scalars(select(Template))
    assert measured(SHE).hex().encode() in template.data
    written = everything(app)
    assert b"other_face" in written, "the search itself finds what is there"
    assert [c for c in (SHE, STRANGER, PASSER_BY) if lies_in(measured(c), written)] == []


def test_without_consent_people_compare_by_eye_and_nothing_is_measured(app: APIFlask) -> None:
    filed([crowd(SHE)], [crowd(SHE)], consent=False)
    look()
    assert matches() == [] and looks() == {("not_applicable", "no_consent")}
    assert db.session.query(Template).count() == 0


@pytest.mark.parametrize(("consent", "best"), [(True, "none"), (False, "weak")])
def test_pictures_that_differ_say_nothing_of_a_face_nobody_compared(app: APIFlask, consent: bool, best: str) -> None:
    """The queue says "no match" only where faces were compared too."""
    receipt = filed([crowd(STRANGER)], [crowd(SHE)], consent=consent)
    report_id = receipt.report.id
    query_id, reference_id = (evidence_of(receipt, role)[0].id for role in ("alleged", "reference"))
    look()
    with transaction():
        differ = Comparison(118, verdict="does_not_support", band="none", threshold=36, reason="few_cells_agree")
        record_match(query_id, reference_id, "phash", "2", differ)
        weigh(cases.case_of(report_id))
    assert cases.case_of(report_id).best_band == best


def test_a_report_without_consent_has_the_same_place_in_the_queue(app: APIFlask) -> None:
    """CAC order 19 art 10: another way, and no worse one. A match is seen there; it moves nothing."""
    with time_machine.travel(NOON, tick=False):
        with_consent = filed([crowd(SHE)], [crowd(SHE)]).report.id
        without = filed([crowd(SHE)], [crowd(SHE)], consent=False, content_ref="p2").report.id
        look()
        one, other = cases.case_of(with_consent), cases.case_of(without)
        assert (one.best_band, other.best_band) == ("strong", "")
        places = [(c.priority, c.rank, c.due_at, c.due_code, c.points, c.queue, c.order_at) for c in (one, other)]
        assert places[0] == places[1]


def test_without_an_impact_assessment_nothing_is_measured(app: APIFlask) -> None:
    """Once it is recorded, what waited is looked at."""
    ours = app.config["SETTINGS"]
    app.config["SETTINGS"] = ours.model_copy(update={"pipia_ref": ""})
    filed([crowd(SHE)], [crowd(SHE)])
    look()
    assert matches() == [] and looks() == {("not_applicable", "not_enabled")}
    app.config["SETTINGS"] = ours
    with transaction():
        outbox.post("consented.waiting")
    look()
    assert matches() == [("supports", "strong", "same_face")] and looks() == {("done", "")}


def test_where_the_detector_is_missing_the_items_say_so(app: APIFlask) -> None:
    ours = app.config["SETTINGS"]
    app.config["SETTINGS"] = ours.model_copy(update={"detectors": "workers.detectors.phash.PerceptualHash"})
    filed([crowd(SHE)], [crowd(SHE)])
    look()
    assert matches() == [] and looks() == {("failed", "detector_absent")}


def test_reports_about_something_else_are_none_of_its_business(app: APIFlask) -> None:
    filed([crowd(SHE)], [crowd(SHE)], kind="COPY_IMAGE")
    look()
    assert matches() == [] and looks() == set()


def test_each_picture_is_looked_at_once_however_many_references(app: APIFlask) -> None:
    """One message for the whole report; a message repeated finds nothing left to do; a later file is one look more."""
    receipt = filed([crowd(SHE), crowd(STRANGER)], [crowd(SHE, seed=n) for n in range(3)])
    report_id, ids = receipt.report.id, [e.id for e in evidence_of(receipt, "alleged")]
    look()
    assert len(matches()) == 6 and db.session.query(Template).count() == 3
    assert len(_messages()) == 1
    with transaction():
        for evidence_id in ids:
            outbox.post("item.attached", report_id=report_id, evidence_id=evidence_id)
    look()
    assert len(matches()) == 6 and len(_messages()) == 1


def _messages() -> list[str]:
    return list(db.session.scalars(select(Task.id).where(Task.topic == "consented.due")))


def test_a_consent_taken_back_takes_templates_and_results_with_it(app: APIFlask) -> None:
    """What stays is that a comparison took place; the letter lists the receipt."""
    report_id = filed([crowd(SHE)], [crowd(SHE)]).report.id
    look()
    with transaction():
        report = db.session.get_one(Report, report_id)
        consents.withdraw(report, Actor("reporter", report.standing.reporter_id))
    assert matches() == [("cannot_tell", "none", "consent_withdrawn")]
    assert looks() == {("not_applicable", "consent_withdrawn")}
    (match,) = db.session.scalars(select(Match))
    assert (match.findings, match.distance) == ([], 0.0)
    assert db.session.query(Template).count() == 0 and cases.case_of(report_id).best_band == ""
    look()
    (receipt,) = held.receipts(report_id)
    letter = db.session.scalars(select(Letter).where(Letter.name == "consent_withdrawn")).one()
    assert f"Receipt {receipt.number}" in letter.text and "1 face template deleted" in letter.text
    assert looks() == {("not_applicable", "consent_withdrawn")}


def test_what_was_counted_of_a_decided_report_goes_too(app: APIFlask, cast: Cast) -> None:
    """How near her face had been is not kept for the statistics either."""
    report_id, staff_id = filed([crowd(SHE)], [crowd(SHE)]).report.id, cast.rui.id
    look()
    case_id, rui = cases.case_of(report_id).id, db.session.get_one(Staff, staff_id)
    with transaction():
        case_verbs.take(case_id, rui)
    choice = Choice({report_id: "not_supported"}, "", [("no_violation", None)], "It is a parody.")
    with transaction():
        decide(case_id, rui, cases.case_of(report_id).version, choice)
    look()
    assert [row.detector for row in db.session.scalars(select(Judged))] == ["face"]
    with transaction():
        report = db.session.get_one(Report, report_id)
        consents.withdraw(report, Actor("reporter", report.standing.reporter_id))
    look()
    assert db.session.query(Judged).count() == 0


def test_taken_back_while_the_pictures_are_looked_at(app: APIFlask) -> None:
    """The last word is the consent's: the look was made, and nothing of it is kept."""
    report_id = filed([crowd(SHE)], [crowd(SHE)]).report.id
    for task_id in outbox.due("work", 50):
        run_task(task_id)
    assert _messages() == []  # planned next
    for task_id in outbox.due("work", 50):
        run_task(task_id)
    assert len(_messages()) == 1  # planned, not looked at yet
    with transaction():
        for given in db.session.scalars(select(Consent)):
            given.withdrawn_at = given.given_at + timedelta(seconds=1)
    look()
    assert matches() == [] and held.held(report_id) == []


def test_one_reporters_consent_is_not_anothers(app: APIFlask) -> None:
    """Two reports about one content: hers is compared, the other's waits for eyes."""
    hers = filed([crowd(SHE)], [crowd(SHE)])
    his = filed([crowd(SHE)], [crowd(SHE)], consent=False)
    his_references = {e.id for e in evidence_of(his, "reference")}
    assert hers.report.subject_id == his.report.subject_id
    look()
    (match,) = db.session.scalars(select(Match))
    assert match.reference_id not in his_references
