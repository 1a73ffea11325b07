"""A singer hears herself promise quick money. She allows a program to compare her voice, for this report only.

The voice is found; a person listens and decides. She takes her consent back on the day it is over: what was measured is
gone that minute, with a receipt, and the decision stands. Another singer allows nothing, and waits no longer for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select, text

from tests.journeys import acts, sides
from tests.journeys.stage import Stage, at, text_of
from tests.workers.toy_voices import PASSER_BY, SHE, TWIN, measured, talk
from webapp.core.db import db
from webapp.domain.biometrics.models import Template
from webapp.domain.cases.models import Case
from webapp.domain.matching.models import Match

POST = "lumo-1022"
TITLE = "苏晚语音"
SINGER, OTHER = "su.wan@mail.example.org", "lan.ting@mail.example.org"
REASON = "Ordinary listeners take the voice for hers; she never said this and nobody asked her."
NOTICE: dict[str, Any] = {
    "basis": "SELF",
    "time_position": "0:03",
    "no_consent": "y",
    "good_faith": "y",
    "language": "en",
}


@pytest.fixture
def listening(app: APIFlask) -> Iterator[None]:
    """An installation that compares voices: its impact assessment is recorded, and a detector is there."""
    ours = app.config["SETTINGS"]
    listens = {"detectors": "tests.workers.toy_voices.ToyVoices", "pipia_ref_voices": "PIPIA-2026-8"}
    app.config["SETTINGS"] = ours.model_copy(update=listens)
    yield
    app.config["SETTINGS"] = ours


def test_her_voice_is_found_by_her_consent_and_forgotten_at_her_word(
    listening: None, stage_at: Callable[[datetime], Stage]
) -> None:
    """Reported on Monday by her, a little later by another; decided that day."""
    stage = stage_at(at("2026-11-09 09:00"))
    her, filed = _reported(stage, SINGER, "Su Wan", SHE, consent="y")
    _she, other = _reported(stage, OTHER, "Lan Ting", TWIN)
    page = sides.opens(her, filed)
    assert "1 voice template, to find this voice in the content of this report" in page
    assert "You agreed that the voice in your reference is compared by machine" in page
    assert "Comparison by machine" not in sides.opens(stage.person(), other)
    rui = stage.desk("rui")
    (case,) = acts.cases_of(rui, TITLE)
    said = acts.take(rui, case)
    assert "Consent to voice comparison" in said and "No consent to voice comparison" in said
    _one_comparison_and_no_numbers_of_anybody(stage)
    acts.decide(rui, case, "VOICE", ["remove"], reason=REASON, answers=_answers(rui, case, filed))
    stage.later(hours=1)
    assert stage.content(POST)["state"] == "removed"
    _taken_back(stage, filed)


def _reported(stage: Stage, email: str, name: str, voice: int, **more: str) -> tuple[acts.Person, acts.Filed]:
    """She records what she heard, and sends a recording of herself beside it."""
    person = stage.person()
    heard = talk(SHE, PASSER_BY, seed=voice)
    files = {"alleged": heard, "reference": talk(voice)}
    wrong = "That is my voice, and I never said this."
    filed = acts.report(person, POST, "VOICE", files=files, name=name, email=email, wrong=wrong, **(NOTICE | more))
    stage.later(minutes=5)
    return person, filed


def _one_comparison_and_no_numbers_of_anybody(stage: Stage) -> None:
    """Hers was compared, the other's was not; in the file on the disk nobody can be heard."""
    matches = db.session.scalars(select(Match).where(Match.detector == "voice", Match.verdict != "cannot_tell")).all()
    assert [(m.band, m.reason) for m in matches] == [("strong", "same_voice")]
    assert db.session.scalars(select(Case)).one().best_band == "strong"
    assert [t.purpose for t in db.session.scalars(select(Template))] == ["voice"]
    stored = bytes(db.session.execute(text("SELECT data FROM biometric_template")).scalar_one())
    assert not [v for v in (SHE, TWIN, PASSER_BY) if measured(v).hex().encode() in stored]
    db.session.rollback()


def _answers(rui: acts.Person, case: str, filed: acts.Filed) -> list[str]:
    """Right for her; for the other, whose voice it is not, not found right."""
    html = rui.get(f"/desk/case/{case}").text
    found = acts.form(rui, case).reports
    heads = [html[html.index(f'id="report-{report}"') :][:600] for report in found]
    return ["supported" if filed.reference in head else "not_supported" for head in heads]


def _taken_back(stage: Stage, filed: acts.Filed) -> None:
    """One button, no reason asked; the ruling stays."""
    her = stage.person()
    assert "Withdraw this consent" in sides.opens(her, filed)
    her.does(f"/track/{filed.reference}/consent")
    assert db.session.query(Template).count() == 0
    db.session.rollback()
    stage.settle()
    page = her.sees(f"/track/{filed.reference}")
    assert "1 voice template deleted" in page and "Receipt V-" in page and "A person compares by ear" in page
    letter = text_of(stage.letters(SINGER, "consent is withdrawn")[-1])
    assert "comparing voices" in letter and "1 voice template deleted" in letter and "Receipt V-" in letter
    assert "Your report was found to be right" in page
    assert stage.content(POST)["state"] == "removed"
