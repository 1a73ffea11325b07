"""Comparing voices as a job: only by a consent of its own, hers measured once and sealed, a stranger's kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import select

from tests.builders import evidence_of, file_report, picture
from tests.processing import process_all
from tests.workers.on_disk import everything, lies_in
from tests.workers.toy_voices import BROKEN, PASSER_BY, SHE, STRANGER, TWIN, film, measured, talk
from webapp.core import outbox
from webapp.core.audit import Actor
from webapp.core.config import Settings
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.domain.biometrics import queries as held
from webapp.domain.biometrics.models import Template
from webapp.domain.cases import queries as cases
from webapp.domain.cases.life import weigh
from webapp.domain.claimants.models import Consent
from webapp.domain.intake import consents
from webapp.domain.intake.service import Receipt
from webapp.domain.matching.detector import Comparison
from webapp.domain.matching.models import Match, Scan, Signal
from webapp.domain.matching.service import record_match
from webapp.domain.notifications.models import Letter
from webapp.domain.reports.models import Report
from workers.run import run_task

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
TOY = "tests.workers.toy_voices.ToyVoices"
TOPICS = ("item.attached", "consented.due", "consented.waiting", "faces.waiting", "faces.due", "consent.withdrawn")


@pytest.fixture(autouse=True)
def voices(app: APIFlask) -> Iterator[None]:
    """An installation whose only detector listens for voices, with its impact assessment recorded; none of faces."""
    ours: Settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = ours.model_copy(update={"detectors": TOY, "pipia_ref_voices": "PIPIA-2026-8"})
    yield
    app.config["SETTINGS"] = ours


def filed(
    alleged: list[bytes], reference: list[bytes], *, consent: bool = True, content_ref: str = "p1", kind: str = "VOICE"
) -> Receipt:
    """A report about a voice."""
    return file_report(alleged, reference, kind=kind, consent=consent, content_ref=content_ref)


def look() -> None:
    """Run what concerns voices, and what follows from it; previews and the rest are other tests' matter."""
    while waiting := [t for q in ("work", "scan", "media") for t in outbox.due(q, 50) if _topic(t) in TOPICS]:
        for task_id in waiting:
            run_task(task_id)


def _topic(task_id: str) -> str:
    return db.session.get_one(Task, task_id).topic


def matches() -> list[tuple[str, str, str]]:
    rows = db.session.execute(select(Match.verdict, Match.band, Match.reason).where(Match.detector == "voice"))
    return sorted((verdict, band, reason) for verdict, band, reason in rows)


def looks() -> set[tuple[str, str]]:
    rows = db.session.execute(select(Scan.state, Scan.reason).where(Scan.detector == "voice"))
    return {(state, reason) for state, reason in rows}


def test_her_voice_is_found_among_several_and_her_case_knows(app: APIFlask) -> None:
    """In a recording and in a film; of the others' moments nothing is told."""
    receipt = filed([talk(STRANGER, SHE, PASSER_BY), film(STRANGER, SHE)], [talk(SHE)])
    report_id = receipt.report.id
    look()
    assert matches() == [("supports", "strong", "same_voice")] * 2 and looks() == {("done", "")}
    assert cases.case_of(report_id).best_band == "strong"
    for match in db.session.scalars(select(Match)):
        told = {f["kind"]: f for f in match.findings}
        assert set(told) == {"speech", "voices", "hearing"} and told["voices"]["curve"] == [[3.0, 0.9]]


def test_sound_waits_in_the_queue_where_a_file_may_take_minutes(app: APIFlask) -> None:
    """A picture that is about a face never waits behind a film."""
    filed([talk(SHE)], [talk(SHE)])
    for _ in range(2):  # the message, then its handlers
        for task_id in outbox.due("work", 50):
            run_task(task_id)
    assert list(db.session.scalars(select(Task.queue).where(Task.topic == "consented.due"))) == ["media"]


def test_somebody_alike_is_not_she_and_nothing_of_them_is_kept(app: APIFlask) -> None:
    filed([talk(STRANGER, TWIN)], [talk(SHE)])
    look()
    assert matches() == [("does_not_support", "none", "other_voice")]
    (match,) = db.session.scalars(select(Match))
    assert {f["kind"] for f in match.findings} == {"speech", "hearing", "voices"}  # where somebody speaks, not who
    assert match.findings[1] == {"kind": "voices", "found": 2}


@pytest.mark.parametrize(
    ("alleged", "reference", "reason", "side", "told"),
    [
        (talk(SHE, seconds=1.5), talk(SHE), "too_short", "query", ["reference"]),
        (talk(SHE), talk(SHE, seconds=1.5), "too_short", "reference", ["query"]),
        (talk(0), talk(SHE), "no_speech", "", ["reference"]),
        (talk(SHE), talk(SHE, STRANGER), "cannot_assess", "", ["query"]),
    ],
)
def test_what_cannot_be_told_is_never_no_match(
    app: APIFlask, alleged: bytes, reference: bytes, reason: str, side: str, told: list[str]
) -> None:
    """And it says how much speech there was ("cannot tell: 1.5 s of speech"), and what is known of the other side."""
    report_id = filed([alleged], [reference]).report.id
    look()
    assert matches() == [("cannot_tell", "none", reason)] and cases.case_of(report_id).best_band == ""
    (match,) = db.session.scalars(select(Match))
    short = [
        {"kind": "speech", "of": side, "seconds": 1.5, "segments": []},
        {"kind": "hearing", "of": side, "warnings": ["short"]},
    ]
    said = [f for f in match.findings if f["kind"] != "length"]
    assert said == (short if side else [])
    assert [f["of"] for f in match.findings if f["kind"] == "length"] == told


def test_a_detector_that_stumbles_over_one_file_tells_of_the_others(app: APIFlask) -> None:
    filed([talk(BROKEN), talk(SHE)], [talk(SHE)])
    look()
    assert matches() == [("cannot_tell", "none", "failed"), ("supports", "strong", "same_voice")]
    assert db.session.query(Task).where(Task.topic == "consented.due", Task.state != "done").count() == 0


def test_a_reference_with_two_people_makes_no_template(app: APIFlask) -> None:
    """Nobody knows which of them she is, and the other one agreed to nothing."""
    filed([talk(SHE)], [talk(SHE, PASSER_BY), talk(0)])
    look()
    assert db.session.query(Template).count() == 0 and ("failed", "cannot_assess") in looks()


def test_no_measure_of_a_stranger_and_no_open_one_of_her_lies_in_the_file(app: APIFlask) -> None:
    """Searched for in the raw bytes, not in the tables we think of."""
    filed([talk(STRANGER, SHE), film(PASSER_BY)], [talk(SHE), talk(SHE, STRANGER)])
    process_all("work", "scan", "media")
    assert len(matches()) == 4 and db.session.query(Signal).count() == 0
    (template,) = db.session.scalars(select(Template))
    assert measured(SHE).hex().encode() in template.data and template.purpose == "voice"
    written = everything(app)
    assert b"other_voice" in written, "the search itself finds what is there"
    assert [v for v in (SHE, STRANGER, PASSER_BY) if lies_in(measured(v), written)] == []


def test_without_consent_people_listen_and_nothing_is_measured(app: APIFlask) -> None:
    """CAC order 19 art 10, and the same for voices: another way, and the same place in the queue."""
    with time_machine.travel(NOON, tick=False):
        with_consent = filed([talk(SHE)], [talk(SHE)]).report.id
        without = filed([talk(SHE)], [talk(SHE, seed=1)], consent=False, content_ref="p2").report.id
        look()
        assert looks() == {("done", ""), ("not_applicable", "no_consent")} and len(matches()) == 1
        one, other = cases.case_of(with_consent), cases.case_of(without)
        assert (one.best_band, other.best_band) == ("strong", "")
        places = [(c.priority, c.rank, c.due_at, c.due_code, c.points, c.queue, c.order_at) for c in (one, other)]
        assert places[0] == places[1]


def test_the_assessment_of_faces_is_none_of_voices(app: APIFlask) -> None:
    """Once the one of voices is recorded, what waited is looked at; a timer an older version wound does it too."""
    ours = app.config["SETTINGS"]
    app.config["SETTINGS"] = ours.model_copy(update={"pipia_ref": "PIPIA-2026-7", "pipia_ref_voices": ""})
    filed([talk(SHE)], [talk(SHE)])
    look()
    assert matches() == [] and looks() == {("not_applicable", "not_enabled")}
    app.config["SETTINGS"] = ours
    with transaction():
        outbox.post("faces.waiting")
    look()
    assert matches() == [("supports", "strong", "same_voice")] and looks() == {("done", "")}


def test_a_task_left_under_the_former_name_is_done(app: APIFlask) -> None:
    """An upgrade in the middle of the day loses no look."""
    report_id = filed([talk(SHE)], [talk(SHE)]).report.id
    with transaction():
        outbox.post("faces.due", handler="workers.jobs.faces.look", queue="scan", report_id=report_id)
    for task_id in outbox.due("scan", 50):
        if _topic(task_id) == "faces.due":
            assert run_task(task_id) == "done"
    assert matches() == [("supports", "strong", "same_voice")]


def test_where_the_detector_is_missing_only_what_can_be_heard_says_so(app: APIFlask) -> None:
    """A screenshot was never going to be listened to."""
    ours = app.config["SETTINGS"]
    app.config["SETTINGS"] = ours.model_copy(update={"detectors": "workers.detectors.phash.PerceptualHash"})
    filed([talk(SHE), picture(1)], [talk(SHE)])
    look()
    assert looks() == {("failed", "detector_absent")}
    assert db.session.query(Scan).where(Scan.detector == "voice").count() == 2


def test_a_report_about_a_face_is_none_of_its_business(app: APIFlask) -> None:
    """Her consent was to compare her face."""
    filed([talk(SHE)], [talk(SHE)], kind="LIKENESS")
    look()
    assert matches() == [] and looks() == set()


def test_recordings_that_differ_say_nothing_of_a_voice_nobody_compared(app: APIFlask) -> None:
    """The queue says "no match" only where voices were compared too."""
    receipt = filed([talk(STRANGER)], [talk(SHE)], consent=False)
    report_id = receipt.report.id
    query_id, reference_id = (evidence_of(receipt, role)[0].id for role in ("alleged", "reference"))
    look()
    with transaction():
        differ = Comparison(0.9, verdict="does_not_support", band="none", threshold=0.5, reason="no_recording")
        record_match(query_id, reference_id, "recording", "1", differ)
        weigh(cases.case_of(report_id))
    assert cases.case_of(report_id).best_band == "weak"


def test_a_consent_taken_back_takes_templates_and_results_with_it(app: APIFlask) -> None:
    """What stays is that a comparison took place; the letter lists the receipt, and says what it was."""
    report_id = filed([talk(SHE)], [talk(SHE)]).report.id
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
    assert f"Receipt {receipt.number}" in letter.text and "1 voice template deleted" in letter.text
    assert "comparing voices" in letter.text and looks() == {("not_applicable", "consent_withdrawn")}


def test_one_reporters_consent_is_not_anothers(app: APIFlask) -> None:
    """Two reports about one content: hers is compared, the other's waits for ears."""
    filed([talk(SHE)], [talk(SHE)])
    his = filed([talk(SHE)], [talk(SHE)], consent=False)
    his_references = {e.id for e in evidence_of(his, "reference")}
    look()
    (match,) = db.session.scalars(select(Match))
    assert match.reference_id not in his_references
    assert db.session.query(Consent).one().purpose == "voice"
