"""Templates: sealed, bound to a consent for one report, gone when its reason is gone, each with a receipt."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.builders import file_report, picture
from tests.conftest import Cast
from webapp.core.audit import Actor
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import Refused
from webapp.core.sealed import seal_bytes
from webapp.domain.biometrics import queries, rules, service
from webapp.domain.biometrics.models import Template, TemplateDeletion
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.claimants import service as claimants
from webapp.domain.claimants.models import Consent
from webapp.domain.intake import consents
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAY = timedelta(days=1)
FACE = b"the very numbers of a face" * 8
VOICE = b"and those of a voice" * 8
HER = Actor("reporter", "her")


def consented(content_ref: str = "p1", **more: object) -> Report:
    """A report about a face, with the separate consent."""
    answers: dict[str, Any] = {"kind": "LIKENESS", "consent": True, "content_ref": content_ref} | more
    return file_report([picture(1)], [picture(2), picture(3)], **answers).report


def measure(report: Report, count: int = 2, purpose: str = "face") -> list[Template]:
    """Templates of its first references."""
    consent = queries.consent_of(report.id, purpose)
    assert consent is not None
    references = [i.evidence_id for i in report.items if i.evidence.role == "reference"]
    with transaction():
        data = {"face": FACE, "voice": VOICE}[purpose]
        return [service.keep(consent, one, purpose, "1", data) for one in references[:count]]


def held() -> int:
    return db.session.query(Template).count()


def test_a_template_lies_sealed_and_opens_for_its_consent_only(app: APIFlask) -> None:
    report, other = consented(), consented("p2")
    first, _second = measure(report)
    ids = [first.evidence_id]
    assert queries.templates(first.consent_id, ids, "face", "1") == {first.evidence_id: FACE}
    theirs = queries.consent_of(other.id, "face")
    assert theirs is not None and queries.templates(theirs.id, ids, "face", "1") == {}
    assert queries.templates(first.consent_id, ids, "face", "2") == {}
    stored = [bytes(row.data) for row in db.session.execute(text("SELECT data FROM biometric_template"))]
    assert len(stored) == 2 and not any(FACE[:26] in value for value in stored) and stored[0] != stored[1]


def test_it_is_made_once(app: APIFlask) -> None:
    report = consented()
    assert [t.id for t in measure(report)] == [t.id for t in measure(report)] and held() == 2


def test_nothing_is_kept_on_a_consent_that_was_taken_back(app: APIFlask) -> None:
    report = consented()
    with transaction():
        claimants.withdraw_consents(report.standing, HER, report.id)
    with pytest.raises(Refused, match="consent_withdrawn"):
        measure(report)
    assert held() == 0


def test_withdrawing_deletes_at_once_and_gives_one_receipt(app: APIFlask) -> None:
    with time_machine.travel(NOON, tick=False):
        report, other = consented(), consented("p2")
        measure(report), measure(other)
        assert queries.held(report.id) == [queries.Held(2, "face", NOON + 180 * DAY)]
        with transaction():
            gone = consents.withdraw(db.session.get_one(Report, report.id), HER)
        assert {g.why for g in gone} == {"consent_withdrawn"} and len({g.sha256 for g in gone}) == 2
        assert queries.receipts(report.id) == [queries.Receipt(gone[0].number, 2, "face", NOON, "consent_withdrawn")]
        assert queries.held(report.id) == [] and queries.held(other.id) != [] and queries.receipts(other.id) == []


def test_a_receipt_names_the_sealed_bytes_and_cannot_be_changed(app: APIFlask) -> None:
    report = consented()
    measure(report, 1)
    sealed = bytes(db.session.execute(text("SELECT data FROM biometric_template")).scalar_one())
    with transaction():
        (gone,) = service.end([report.id], "case_closed", service.HOUSE)
        number = gone.number
    assert db.session.query(TemplateDeletion).one().sha256 == hashlib.sha256(sealed).hexdigest()
    with pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(text("DELETE FROM template_deletion"))
    assert number.startswith("F-")


def test_the_longest_time_counts_from_the_consent(app: APIFlask) -> None:
    """Measured late is not kept longer, and on a consent that old nothing is measured any more."""
    with time_machine.travel(NOON, tick=False):
        report_id = consented().id
    with time_machine.travel(NOON + 179 * DAY, tick=False):
        (made,) = measure(db.session.get_one(Report, report_id), 1)
        assert made.expires_at == NOON + 180 * DAY
    with time_machine.travel(NOON + 180 * DAY, tick=False):
        report = db.session.get_one(Report, report_id)
        assert queries.hindrance(report, "face") == "no_consent"
        with transaction():
            (gone,) = consents.sweep()
            assert gone.why == "expired"
        assert held() == 0


def test_thirty_days_after_the_case_closed(app: APIFlask) -> None:
    with time_machine.travel(NOON, tick=False):
        report = consented()
        report_id = report.id
        measure(report)
        with transaction():  # the last report out closes its case; this one is closed without that
            case = cases.case_of(report_id)
            case_verbs.move(case, "lapse", service.HOUSE)
    for days, left in ((29, 2), (30, 0)):
        with time_machine.travel(NOON + days * DAY, tick=False), transaction():
            consents.sweep()
        assert held() == left
    assert queries.receipts(report_id)[0].why == "case_closed"


def test_a_withdrawn_report_and_a_refused_standing_end_it_within_the_hour(app: APIFlask, cast: Cast) -> None:
    """Who did not speak for the person could not consent for them."""
    report, agent = consented(), consented("p2", basis="AGENT")
    report_id, agent_id, rui = report.id, agent.id, cast.rui.id
    measure(report), measure(agent)
    with transaction():
        case_verbs.withdraw(db.session.get_one(Report, report_id), HER)
        claimants.refuse(db.session.get_one(Report, agent_id).standing, Actor("staff", rui), "Another person.")
    with transaction():
        assert len(consents.sweep()) == 4 and consents.sweep() == []
    assert queries.receipts(report_id)[0].why == "report_withdrawn"
    assert queries.receipts(agent_id)[0].why == "standing_lost"
    assert queries.hindrance(db.session.get_one(Report, agent_id), "face") == "no_consent"


def test_erasing_the_file_erases_what_was_measured_in_it(app: APIFlask) -> None:
    report = consented()
    ids = [t.evidence_id for t in measure(report)]
    with transaction():
        (gone,) = service.forget(ids[:1], HER)
        assert (gone.why, gone.evidence_id) == ("erased", ids[0])
    assert held() == 1


def test_the_impact_assessment_comes_first_for_each_purpose(app: APIFlask) -> None:
    """PIPL art 55: no record, no measuring; and one that was made of faces says nothing of voices."""
    hers, voice = consented(), consented("p2", kind="VOICE")
    asked = {"face": hers, "voice": voice}
    assert {queries.hindrance(report, purpose) for purpose, report in asked.items()} == {"not_enabled"}
    ours = app.config["SETTINGS"]
    try:
        for purpose, setting in (("face", "pipia_ref"), ("voice", "pipia_ref_voices")):
            app.config["SETTINGS"] = ours.model_copy(update={setting: "PIPIA-2026-7"})
            assert [p for p, report in asked.items() if not queries.hindrance(report, p)] == [purpose]
    finally:
        app.config["SETTINGS"] = ours


def test_a_consent_for_the_face_allows_no_measuring_of_the_voice(app: APIFlask) -> None:
    """Whatever kind a report has become since: another purpose is another consent (PIPL art 14)."""
    report = consented()
    consent = queries.consent_of(report.id, "face")
    assert consent is not None and queries.consent_of(report.id, "voice") is None
    with pytest.raises(Refused, match="consent_withdrawn"), transaction():
        service.keep(consent, report.items[1].evidence_id, "voice", "1", VOICE)
    assert queries.hindrance(report, "voice") == "no_consent" and held() == 0


def test_a_voice_is_kept_and_deleted_as_a_face_is(app: APIFlask) -> None:
    """Sealed, counted with its own purpose, gone with the consent; the receipt says what it was."""
    report = consented(kind="VOICE")
    (template,) = measure(report, 1, "voice")
    assert queries.templates(template.consent_id, [template.evidence_id], "voice", "1") == {template.evidence_id: VOICE}
    stored = bytes(db.session.execute(text("SELECT data FROM biometric_template")).scalar_one())
    assert VOICE[:16] not in stored and [h.purpose for h in queries.held(report.id)] == ["voice"]
    with transaction():
        consents.withdraw(db.session.get_one(Report, report.id), HER)
    (receipt,) = queries.receipts(report.id)
    assert (receipt.purpose, receipt.count, receipt.number[:2]) == ("voice", 1, "V-") and held() == 0


def test_what_an_older_version_sealed_still_opens(app: APIFlask) -> None:
    """The table was renamed; the label its values are sealed under was not."""
    report = consented()
    (template,) = measure(report, 1)
    with transaction():
        sealed = seal_bytes(FACE, "face_template.data", "biometrics")
        db.session.execute(text("UPDATE biometric_template SET data = :data"), {"data": sealed})
    db.session.expire_all()
    assert db.session.get_one(Template, template.id).data == FACE


def test_a_guardian_consents_for_a_child(app: APIFlask) -> None:
    """PIPL art 31: the standing that files is the one that agrees."""
    report = consented(basis="GUARD")
    consent = db.session.query(Consent).one()
    assert consent.standing_id == report.standing_id and report.standing.basis == "GUARD"


def test_persons_are_counted_and_the_alarm_rings_at_four_fifths(app: APIFlask) -> None:
    """Faces and voices together: rather too early than too late."""
    first, second = consented(), consented("p2", kind="VOICE")
    measure(first), measure(second, 1, "voice")
    found = queries.status()
    assert found.held == {"face": queries.Counted(1, 2), "voice": queries.Counted(1, 1)}
    assert (found.persons, found.templates, found.alarm) == (2, 3, False)
    assert found.next_expiry is not None and found.next_expiry > now() + 179 * DAY
    assert not rules.alarms(79_999, book().biometrics) and rules.alarms(80_000, book().biometrics)


def test_what_may_be_told_of_a_comparison_is_an_allow_list() -> None:
    said: list[dict[str, Any]] = [
        {"kind": "face", "of": "query", "box": [0, 0, 1, 1], "pixels": 80, "embedding": [0.1]},
        {"kind": "face", "of": "reference", "box": [0, 0, 1, 1], "landmarks": [1]},
        {"kind": "faces", "found": 3, "all": [1, 2]},
        {"kind": "embedding", "value": "x"},
    ]
    hers: dict[str, Any] = {"kind": "face", "of": "reference", "box": [0, 0, 1, 1]}
    assert rules.told(said, found=True) == [
        {"kind": "face", "of": "query", "box": [0, 0, 1, 1], "pixels": 80},
        hers,
        {"kind": "faces", "found": 3},
    ]
    # Not found: the nearest face is a stranger's.
    assert rules.told(said, found=False) == [hers, {"kind": "faces", "found": 3}]


def test_of_a_voice_only_what_is_hers_is_told() -> None:
    """Where speech is and how clear belongs to the file; how alike each moment sounds only where she was found."""
    said: list[dict[str, Any]] = [
        {"kind": "length", "of": "query", "seconds": 60.0, "speakers": ["x"]},
        {"kind": "speech", "of": "query", "seconds": 14.2, "segments": [[1, 2]], "embeddings": [1]},
        {"kind": "hearing", "of": "query", "warnings": ["noisy"]},
        {
            **{"kind": "voices", "found": 2, "all": [[0.1, 0.2]]},
            **{"best": [[1, 4, 0, 3, 0.71], [9, 12, 0, 3, 0.3]], "curve": [[0.0, 0.2], [1.0, 0.71]]},
        },
    ]
    file = [
        {"kind": "length", "of": "query", "seconds": 60.0},
        {"kind": "speech", "of": "query", "seconds": 14.2, "segments": [[1, 2]]},
        {"kind": "hearing", "of": "query", "warnings": ["noisy"]},
    ]
    hers = {"kind": "voices", "found": 2, "best": [[1, 4, 0, 3, 0.71]], "curve": [[1.0, 0.71]]}
    assert rules.told(said, found=True, least=0.4) == [*file, hers]
    assert rules.told(said, found=False, least=0.4) == [*file, {"kind": "voices", "found": 2}]


def test_the_command_line_says_how_much_is_held_and_sweeps(app: APIFlask) -> None:
    with time_machine.travel(NOON, tick=False):
        report = consented()
        measure(report)
    runner = app.test_cli_runner()
    said = runner.invoke(args=["biometrics", "status"]).output
    assert "Comparing faces is not enabled" in said and "Comparing voices is not enabled" in said
    assert "2 face templates of 1 persons" in said and "0 voice templates of 0 persons" in said
    assert "2 in all" in said and "100,000" in said and "ALARM" not in said
    with time_machine.travel(NOON + 200 * DAY, tick=False):
        said = runner.invoke(args=["biometrics", "sweep"]).output
    assert "2 templates deleted" in said and "its time was over" in said
