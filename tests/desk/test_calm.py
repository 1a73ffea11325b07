"""Covered by class of harm and by one's own choice, played by ranges, a pause offered: through the pages people use."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import file_report
from tests.conftest import Cast
from tests.desk.conftest import Browser, choice, matched_case, see
from tests.desk.recordings import case_of_recording, film, tone
from webapp.core.audit import AuditEntry
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.evidence.models import Custody, Evidence
from webapp.domain.policy.queries import book
from webapp.domain.wellbeing import queries, service
from webapp.domain.wellbeing.service import Looked

Enter = Callable[[str], Browser]
HOUSE = {
    "cover-light": "blur",
    "reveal-light": "click",
    "cover-upsetting": "blur",
    "reveal-upsetting": "click",
    "cover-heavy": "grey",
    "reveal-heavy": "hold",
    "blur": "medium",
    "muted": "y",
    "volume": "50",
    "speed": "100",
    "language": "en",
    "density": "comfortable",
}


def picture_case(kind: str = "MINOR_HARM") -> Case:
    """A case of one kind with one picture that can be seen."""
    receipt = file_report(kind=kind, basis="ANY", content_ref=kind, alleged=[b"\xff\xd8\xff picture"])
    with transaction():
        case = cases.case_of(receipt.report.id)
        for item in receipt.report.items:
            if item.evidence.role == "alleged":
                see(item.evidence.id)
        case_id = case.id
    return cases.get(case_id)


def veils(page: str) -> list[tuple[str, str]]:
    """(class, data-reveal) of every covered picture."""
    return re.findall(r'<label class="veil ([^"]*)" data-reveal="(\w+)"', page)


def alleged(case: Case) -> Evidence:
    """Its reported file."""
    return next(e for e in cases.evidence_of(case.id) if e.role == "alleged")


def test_heavy_kinds_are_grey_and_only_seen_while_held(at_desk: Enter) -> None:
    light, heavy = picture_case("OTHER_IP").reference, picture_case("MINOR_HARM").reference
    rui = at_desk("rui")
    assert veils(rui.get(f"/desk/case/{heavy}").text) == [("veil--grey", "hold")]
    assert veils(rui.get(f"/desk/case/{light}").text) == [("veil--blur", "click")]


def test_a_person_sets_their_own_screen_and_nobody_elses(at_desk: Enter) -> None:
    heavy = picture_case("MINOR_HARM").reference
    rui, mei = at_desk("rui"), at_desk("mei")
    db.session.rollback()
    before = db.session.query(AuditEntry).count()
    chosen = HOUSE | {"reveal-heavy": "click", "cover-heavy": "blur", "blur": "strong", "density": "compact"}
    assert rui.post("/desk/settings", data=chosen).status_code == 302
    page = rui.get(f"/desk/case/{heavy}").text
    assert veils(page) == [("veil--blur", "click")]
    assert "calm--strong" in page and "page--compact" in page
    assert veils(mei.get(f"/desk/case/{heavy}").text) == [("veil--grey", "hold")]
    rui.post("/desk/settings", data={"do": "reset"})
    assert veils(rui.get(f"/desk/case/{heavy}").text) == [("veil--grey", "hold")]
    db.session.rollback()
    assert db.session.query(AuditEntry).count() == before  # what calms somebody is nobody's business


def test_nobody_uncovers_what_the_house_always_covers(at_desk: Enter) -> None:
    answer = at_desk("rui").post("/desk/settings", data=HOUSE | {"cover-heavy": "none"})
    assert answer.status_code == 409 and "not offered" in answer.text


@pytest.mark.parametrize("wrong", [{"volume": "101"}, {"speed": "7"}, {"blur": ""}, {"reveal-light": "always"}])
def test_a_setting_that_is_not_offered_is_refused(at_desk: Enter, wrong: dict[str, str]) -> None:
    assert at_desk("rui").post("/desk/settings", data=HOUSE | wrong).status_code == 409


def test_the_language_of_the_settings_is_the_language_of_the_next_page(at_desk: Enter, cast: Cast) -> None:
    rui = at_desk("rui")
    rui.post("/desk/settings", data=HOUSE | {"language": "zh"})
    assert '<html lang="zh-CN">' in rui.get("/desk/settings").text


def test_a_recording_plays_by_ranges_and_leaves_one_line_in_its_custody(at_desk: Enter) -> None:
    sound = tone(1)
    item = alleged(case_of_recording(sound, "audio/wav", "voice.wav")).id
    rui = at_desk("rui")
    whole = rui.get(f"/desk/media/{item}/play", buffered=True)
    assert (whole.status_code, whole.headers["Content-Type"], whole.data) == (200, "audio/wav", sound)
    assert whole.headers["Cache-Control"] == "no-store" and "sandbox" in whole.headers["Content-Security-Policy"]
    part = rui.get(f"/desk/media/{item}/play", headers={"Range": "bytes=100-199"}, buffered=True)
    assert (part.status_code, part.data) == (206, sound[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(sound)}"
    assert part.headers["Cache-Control"] == "no-store"
    assert rui.get(f"/desk/media/{item}/play", headers={"Range": "bytes=999999999-"}).status_code == 416
    db.session.rollback()
    assert [c.act for c in db.session.query(Custody) if c.evidence_id == item and c.act == "played"] == ["played"]


def test_only_recordings_play_and_sealed_ones_only_with_a_reason(at_desk: Enter, tmp_path: Path) -> None:
    picture = alleged(picture_case("OTHER_IP")).id
    case = case_of_recording(film(tmp_path, 3), "video/webm", "film.webm")
    item, reference = alleged(case).id, case.reference
    file_report(kind="INTIMATE_DEEPFAKE", email="li@example.org", proofs={})  # about the same content
    rui, mei = at_desk("rui"), at_desk("mei")
    assert rui.get(f"/desk/media/{picture}/play").status_code == 404
    assert rui.get("/desk/media/0000/play").status_code == 404
    assert rui.get(f"/desk/media/{item}/play").status_code == 403
    assert "data-player" not in rui.get(f"/desk/case/{reference}").text
    why = re.search(
        r'<select name="why" required>.*?<option value="(\w+)"', rui.get(f"/desk/case/{reference}").text, re.S
    )
    assert why
    rui.post(f"/desk/case/{reference}/open-item", data={"item": item, "why": why.group(1)})
    assert rui.get(f"/desk/media/{item}/play", buffered=True).status_code == 200
    assert "data-player" in rui.get(f"/desk/case/{reference}").text
    assert mei.get(f"/desk/media/{item}/play").status_code == 403


def test_the_page_adds_up_what_was_looked_at_and_says_when_a_pause_is_due(at_desk: Enter, cast: Cast) -> None:
    rui, mei = at_desk("rui"), at_desk("mei")
    budget = book().desk.harms["heavy"].budget
    assert budget
    odd = ["nonsense", "heavy 1", "heavy -1 5", "heavy x y", "unknown 5 5", "light 3 20"]
    assert rui.post("/desk/exposure", data={"looked": odd}).json == {"pause": ""}
    full = {"looked": f"heavy {budget.items} 61"}
    assert rui.post("/desk/exposure", data=full).json == {"pause": "/desk/pause"}
    page = rui.get("/desk/pause").text
    assert f"{budget.items} files of the class “Heavy”, for 1 minute" in page
    assert "3 files" in page and "Nobody is told" in page
    other = mei.get("/desk/pause").text
    assert "40 files" not in other and "Heavy" not in other


def test_the_next_case_waits_for_an_answer_that_may_be_anything(at_desk: Enter, cast: Cast) -> None:
    picture_case("OTHER_IP")
    rui = at_desk("rui")
    rui.post("/desk/exposure", data={"looked": "heavy 60 600"})
    assert rui.post("/desk/next").location == "/desk/pause"
    assert rui.post("/desk/pause", data={"choice": "pause"}).location == "/desk/pause"
    assert "Take the time you need" in rui.get("/desk/pause").text
    assert rui.post("/desk/next").location.startswith("/desk/case/")
    rui.post("/desk/pause", data={"choice": "light"})
    db.session.rollback()
    assert queries.avoid_heavy(cast.rui.id)
    assert rui.post("/desk/pause", data={"choice": "never"}).status_code == 409


def test_after_a_decision_too(at_desk: Enter, cast: Cast) -> None:
    picture_case("MINOR_HARM")
    first, _second = matched_case(1), matched_case(2)
    form, address = choice(first), f"/desk/case/{first.reference}"
    rui = at_desk("rui")
    rui.post(f"{address}/take")
    rui.post("/desk/exposure", data={"looked": "heavy 60 600"})
    assert rui.post(f"{address}/decide", data=form).location == "/desk/pause"
    rui.post("/desk/pause", data={"choice": "on"})
    assert rui.post("/desk/next").location.startswith("/desk/case/")


def test_no_page_shows_one_persons_sums_to_a_lead(at_desk: Enter, cast: Cast) -> None:
    with transaction():
        service.add(cast.rui, {"heavy": Looked(37, 777)})
    lan, ada = at_desk("lan"), at_desk("ada")
    for one in (lan, ada):
        for place in ("/desk/pause", "/desk/audit", "/desk/settings", "/desk/"):
            assert "37 files" not in one.get(place).text
