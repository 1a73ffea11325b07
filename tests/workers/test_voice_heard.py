"""A cloned voice, from the report to the case, with the real detector and clips a synthesiser spoke (tests/sounds)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.builders import file_report
from tests.processing import process_all
from webapp.core.config import Settings
from webapp.core.db import db
from webapp.domain.biometrics.models import Template
from webapp.domain.cases import queries as cases
from webapp.domain.matching.models import Match, Scan, Signal

SOUNDS = Path(__file__).parents[1] / "sounds"


@pytest.fixture(autouse=True)
def voices(app: APIFlask) -> Iterator[None]:
    """An installation whose only detector is the one for voices, with its impact assessment recorded."""
    ours: Settings = app.config["SETTINGS"]
    names = "workers.detectors.voice.VoiceLikeness"
    app.config["SETTINGS"] = ours.model_copy(update={"detectors": names, "pipia_ref_voices": "PIPIA-2026-8"})
    yield
    app.config["SETTINGS"] = ours


def clip(name: str) -> bytes:
    return (SOUNDS / f"{name}.ogg").read_bytes()


def test_words_she_never_said_are_found_to_be_in_her_voice(app: APIFlask) -> None:
    """Of what was reported nothing is kept but the comparison; of hers one template, sealed."""
    alleged = [clip("anna-phone"), clip("karl-museum"), clip("anna-word")]
    report_id = file_report(alleged, [clip("anna-museum")], kind="VOICE", consent=True, content_ref="p1").report.id
    process_all()
    found = {match.reason: match for match in db.session.scalars(select(Match).where(Match.detector == "voice"))}
    assert {"same_voice", "other_voice"} <= set(found)
    assert cases.case_of(report_id).best_band == "strong"
    told = {f["kind"]: f for f in found["same_voice"].findings}
    assert told["voices"]["found"] == 1 and told["voices"]["best"]
    reasons = set(db.session.scalars(select(Scan.reason).where(Scan.detector == "voice")))
    assert "too_short" in reasons | set(found), "cannot tell: 1.7 s of speech"
    assert db.session.scalars(select(Template.purpose)).all() == ["voice"]
    assert not db.session.scalars(select(Signal).where(Signal.detector == "voice")).all()
