"""What reviewers see and play of a recording: what the workshop re-encoded, the reason where there is none of it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import av
import numpy as np
import pytest
from apiflask import APIFlask

from tests.desk.conftest import Browser
from tests.desk.recordings import case_of_recording, tone
from tests.detectors.recorded import film, melody
from tests.processing import process_all
from tests.workers.stand_ins import looking_with
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.evidence.models import Custody
from webapp.domain.evidence.service import add_preview, note, store
from webapp.domain.evidence.showing import ABSENT, FAILED, PLAY
from workers.jobs.looking import WORKSHOP

Enter = Callable[[str], Browser]
WAITS = "It is being prepared to be played"


@pytest.fixture(autouse=True)
def one_detector(app: APIFlask) -> Iterator[None]:
    with looking_with(app, "workers.detectors.phash.PerceptualHash"):
        yield


def reported(case: Case) -> str:
    return next(e.id for e in cases.evidence_of(case.id) if e.role == "alleged")


def moving() -> bytes:
    frames = (np.full((96, 128, 3), 40 + 5 * n, np.uint8) for n in range(20))
    return film(frames, samples=melody((60, 64, 67, 72, 71)))


def test_a_film_is_shown_and_played_as_it_was_made_anew(at_desk: Enter) -> None:
    original = moving()
    case = case_of_recording(original, "video/mp4", "clip.mp4", played=False)
    item, address = reported(case), f"/desk/case/{case.reference}"
    rui = at_desk("rui")
    page = rui.get(address).text
    assert WAITS in page and "data-player" not in page
    assert rui.get(f"/desk/media/{item}/play").status_code == 404
    process_all("work", "scan", "later", "media")
    page = rui.get(address).text
    assert WAITS not in page and f'data-src="/desk/media/{item}/play"' in page
    for kind in ("thumb", "large", "strip", "wave"):
        shown = rui.get(f"/desk/media/{item}/{kind}")
        assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/webp"), kind
    played = rui.get(f"/desk/media/{item}/play", buffered=True)
    assert (played.status_code, played.headers["Content-Type"]) == (200, "video/mp4")
    assert played.data != original and played.headers["Cache-Control"] == "no-store"
    with av.open(io.BytesIO(played.data)) as file:
        assert [s.type for s in file.streams] == ["video", "audio"]
    part = rui.get(f"/desk/media/{item}/play", headers={"Range": "bytes=100-199"}, buffered=True)
    assert (part.status_code, part.data) == (206, played.data[100:200])
    db.session.rollback()
    [line] = [c for c in db.session.query(Custody) if c.evidence_id == item and c.act == "played"]
    assert line.facts["original"] is False
    assert rui.get(f"/desk/media/{item}/at-99").status_code == rui.get(f"/desk/media/{item}/else").status_code == 404


def test_what_is_broken_says_so_and_is_only_downloaded(at_desk: Enter) -> None:
    case = case_of_recording(b"\x00\x00\x00\x20ftypisom" + b"broken" * 50, "video/mp4", "clip.mp4", played=False)
    item, address = reported(case), f"/desk/case/{case.reference}"
    process_all("work", "scan", "later", "media")
    rui = at_desk("rui")
    page = rui.get(address).text
    assert "It cannot be played here: the file is neither sound nor film." in page
    assert rui.get(f"/desk/media/{item}/play").status_code == 404
    assert rui.post(f"/desk/media/{item}/original", buffered=True).status_code == 200


@pytest.mark.parametrize(("media_type", "plays"), [("audio/wav", True), ("audio/amr", False), ("video/x-flv", False)])
def test_where_nothing_can_be_re_encoded_what_browsers_play_plays_as_it_came(
    at_desk: Enter, media_type: str, plays: bool
) -> None:
    """The optional group is not installed, and the workshop said so."""
    sound = tone(1)
    case = case_of_recording(sound, media_type, "voice", played=False)
    item = reported(case)
    with transaction():
        note(item, WORKSHOP, FAILED, of=PLAY, reason=ABSENT)
    rui = at_desk("rui")
    page = rui.get(f"/desk/case/{case.reference}").text
    answer = rui.get(f"/desk/media/{item}/play", buffered=True)
    assert (answer.status_code == 200, "data-player" in page) == (plays, plays)
    assert ("the optional group for sound and film is not installed here" in page) is not plays
    if plays:
        assert answer.data == sound and "sandbox" in answer.headers["Content-Security-Policy"]
        db.session.rollback()
        assert db.session.query(Custody).filter(Custody.act == "played").one().facts["original"] is True


def test_of_a_long_one_the_page_says_how_much_plays(at_desk: Enter) -> None:
    case = case_of_recording(tone(1), "audio/wav", "talk.wav", played=False)
    with transaction():
        add_preview(reported(case), PLAY, store().put(b"half an hour"), "audio/mp4", 0, 0, 1800.0)
    page = at_desk("rui").get(f"/desk/case/{case.reference}").text
    assert "Only the first 30 min can be played here" in page
