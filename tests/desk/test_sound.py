"""Sound and film at the desk: words, notes for the next one, the test of a voice, the rights of a cover."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from apiflask import APIFlask

from tests.conftest import Cast
from tests.desk.conftest import Browser, fresh
from tests.desk.drawn import case_of_files, image, said
from tests.desk.test_bench import text_of
from tests.desk.test_sound_seen import filmed, sung
from tests.desk.timed import SUNG, case_of_recordings, film, picture_of, wav
from tests.domain.appeals.story import decided
from webapp.core.audit import AuditEntry
from webapp.core.db import db, transaction
from webapp.core.i18n import speaking
from webapp.desk import heard, seen
from webapp.domain.appeals import service as appeals
from webapp.domain.appeals.blind import RESPONDENT
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.cases.records import ListeningNote
from webapp.domain.matching.book import chapter
from webapp.domain.policy.queries import book

Enter = Callable[[str], Browser]


def held(case: Case, cast: Cast) -> Case:
    """Rui has taken the case."""
    with transaction():
        case_verbs.take(case.id, cast.rui)
    return cases.get(case.id)


def recording_of(case: Case, role: str = "alleged") -> str:
    return next(e.id for e in cases.evidence_of(case.id) if e.role == role)


@pytest.mark.parametrize(
    ("findings", "facts"),
    [
        ([{"kind": "times", "spans": [[12, 30.4, 62, 80]]}], ["0:12–0:30 of the report is 1:02–1:20 of the work"]),
        (SUNG[3:], ["compared with the reference it is 2 semitones lower, 4 % faster"]),
        ([{"kind": "shift", "semitones": 0.1, "tempo": 0.9}], ["compared with the reference it is 10 % slower"]),
        (
            [
                {"kind": "speech", "of": "reference", "seconds": 1.4, "segments": [[0, 1.4]]},
                {"kind": "hearing", "of": "reference", "warnings": ["short", "noisy"]},
            ],
            [
                "The reference: only 1.4 s of speech",
                "The reference: noise, so the result is less sure",
            ],
        ),
        ([{"kind": "moments", "pairs": [[3661, None], [70, None]]}], ["to be seen at 1:01:01, 1:10"]),
        ([{"kind": "voices", "best": [[0.5, 3.5, 6, 9, 0.7]]}], [
            "0:00–0:03 of the reported file sounds most like 0:06–0:09 of the reference"
        ]),
    ],
)  # fmt: skip
def test_what_was_heard_is_told_in_sentences(
    app: APIFlask, findings: list[dict[str, object]], facts: list[str]
) -> None:
    with app.test_request_context("/?lang=en"), speaking("en"):
        assert heard.facts(findings) == facts


def test_what_cannot_be_told_says_how_little_there_was(app: APIFlask) -> None:
    """Never "no match": 1.4 s are too few to say either."""
    findings = [
        {"kind": "speech", "of": "query", "seconds": 1.4, "segments": [[0, 1.4]]},
        {"kind": "hearing", "of": "query", "warnings": ["short"]},
    ]
    with app.test_request_context("/?lang=en"), speaking("en"):
        assert seen.headline([("too_short", findings)]) == "Cannot tell: 1.4 s of speech in the reported file."
        assert seen.headline([("too_short", [])]) == "Could not be compared: it is too short to tell."


def test_chords_alone_are_told_as_such(app: APIFlask) -> None:
    with app.test_request_context("/?lang=en"), speaking("en"):
        tune, chords = (heard.facts([{"kind": "agreement", "lead": lead, "harmony": 0.9}]) for lead in (0.93, 0.6))
    assert "the leading voice goes the same way" in tune[0] and "many songs share harmonies" in chords[0]


def test_no_answer_of_a_voice_or_a_melody_claims_what_cannot_be_heard(app: APIFlask) -> None:
    with app.test_request_context("/?lang=en"), speaking("en"):
        assert "may still sound otherwise" in " ".join(seen.seen("other_voice", ()))
        assert "listen" in " ".join(seen.seen("similar_melody", ()))


def test_the_queue_says_where_in_the_recording_the_match_lies(at_desk: Enter) -> None:
    sung()
    rows = text_of(at_desk("rui").get("/desk/").text)
    assert "0:01–0:05 of the report is 0:03–0:07 of the work, and 1 more place agrees" in rows


def test_whoever_comes_next_reads_instead_of_listening(at_desk: Enter, cast: Cast) -> None:
    case = held(sung(), cast)
    address, item = f"/desk/case/{case.reference}", recording_of(case)
    rui, mei = at_desk("rui"), at_desk("mei")
    empty = rui.post(f"{address}/heard", data={"item": item, "text": " "})
    assert (empty.status_code, "Please write what is to be heard." in empty.text) == (422, True)
    assert (
        rui.post(f"{address}/heard", data={"item": item, "text": "A woman sings the refrain twice."}).status_code == 302
    )
    # A colleague listens too, whoever holds the case.
    theirs = mei.post(f"{address}/heard", data={"item": item, "text": "No words before 0:04 <b>."})
    assert theirs.status_code == 302
    page = mei.get(address).text
    assert (
        page.index("A woman sings the refrain")
        < page.index("No words before 0:04 &lt;b&gt;.")
        < page.index("data-player")
    )
    db.session.rollback()  # the requests wrote meanwhile
    notes = {n.staff_id: n.id for n in db.session.query(ListeningNote)}
    assert mei.post(f"/desk/heard/{notes[cast.rui.id]}/back").status_code == 409  # somebody else's
    assert mei.post(f"/desk/heard/{notes[cast.mei.id]}/back").status_code == 302
    assert "No words before" not in rui.get(address).text
    assert rui.post("/desk/heard/none/back").status_code == 404
    wrong = rui.post(f"{address}/heard", data={"item": "none", "text": "Something"})
    assert wrong.status_code == 409 and "There is no such recording in this case" in wrong.text
    db.session.rollback()
    assert {"hearing.file", "hearing.take_back"} <= {e.verb for e in db.session.query(AuditEntry)}
    # What somebody wrote of a person is sealed.
    raw = db.session.connection().exec_driver_sql("SELECT text FROM listening_note").scalars().all()
    assert raw and not any("refrain" in str(one) for one in raw)


def test_the_test_of_a_voice_is_answered_by_people_and_fills_the_reason(at_desk: Enter, cast: Cast) -> None:
    case = held(sung(kind="VOICE"), cast)
    address = f"/desk/case/{case.reference}"
    rui = at_desk("rui")
    page = text_of(rui.get(address).text)
    assert "Can the voice be recognised?" in page and "PRC Civil Code art 1023(2)" in page
    answers = {"timbre": "yes", "intonation": "no", "style": "yes"}
    lacking = rui.post(f"{address}/voice-test", data=answers | {"text": "The way she says r."})
    assert lacking.status_code == 422 and "The way she says r." in lacking.text
    rui.post(f"{address}/voice-test", data=answers | {"listener": "cannot_tell"})
    reason = f"/desk/reasons/VOICE_CLONED?in=en&case={case.reference}"
    assert "{{how it can be recognised}}" in rui.get(reason).json["text"]  # type: ignore[index]  # it is JSON
    rui.post(f"{address}/voice-test", data=answers | {"listener": "yes"})
    text = rui.get(reason).json["text"]  # type: ignore[index]  # it is JSON
    assert "timbre and style of pronunciation are the person's own" in text and "{{where or when it appears}}" in text
    # Only one's own answers: a colleague reads them and answers alone.
    assert "{{how" in at_desk("mei").get(reason).json["text"]  # type: ignore[index]  # it is JSON
    assert "sound of voice? Yes" in text_of(at_desk("mei").get(address).text)
    # Without script the same.
    form = {"version": str(fresh(case).version), "template": "VOICE_NOT_RECOGNISED", "template_in": "zh"}
    assert "有哪些不同" in rui.post(f"{address}/edit", data=form).text


def test_a_picture_of_the_dead_asks_nothing_about_a_voice(at_desk: Enter, cast: Cast) -> None:
    case = held(
        case_of_files(image(1), image(2), {"phash": said("none", "no_agreement")}, kind="DECEASED", basis="NR1"), cast
    )
    assert "Can the voice be recognised?" not in at_desk("rui").get(f"/desk/case/{case.reference}").text


def test_a_cover_shows_three_rights_and_notes_what_nobody_reported(at_desk: Enter, cast: Cast) -> None:
    case = held(sung(kind="NEIGHBOUR_PERF"), cast)
    address = f"/desk/case/{case.reference}"
    rui = at_desk("rui")
    page = rui.get(address).text
    panel = text_of(page[page.index('id="cover"') : page.index('id="looks"')])
    assert panel.count("no report about it") == 2 and "It would be reported as “Infringement of voice" in panel
    assert "The melody is alike; please listen." in panel
    assert rui.post(f"{address}/missing-right", data={"right": "composition"}).status_code == 302
    twice = rui.post(f"{address}/missing-right", data={"right": "composition"})
    assert twice.status_code == 409 and "Somebody has noted this already." in twice.text
    assert rui.post(f"{address}/missing-right", data={"right": "hats"}).status_code == 409
    assert "no report, noted" in rui.get(address).text


def test_a_spoken_clone_is_no_cover_nor_is_a_film_put_up_again(at_desk: Enter) -> None:
    voice = said("possible", "similar_voice", [{"kind": "voices", "best": [[0, 3, 1, 4, 0.7]]}])
    files = [(wav(4), "audio/wav", 4.0), (wav(6), "audio/wav", 6.0)]
    case = case_of_recordings(files, {"voice": voice}, kind="VOICE")
    assert 'id="cover"' not in at_desk("rui").get(f"/desk/case/{case.reference}").text
    again = {"recording": said("strong", "same_recording", SUNG[2:3])}
    copied = [(film(2), "video/mp4", 8.0), (film(3), "video/mp4", 16.0)]
    case = case_of_recordings(copied, again, kind="COPY_VIDEO", content_ref="p3")
    assert 'id="cover"' not in at_desk("rui").get(f"/desk/case/{case.reference}").text


def test_without_consent_people_compare_by_ear(at_desk: Enter) -> None:
    files = [(wav(4), "audio/wav", 4.0), (wav(6), "audio/wav", 6.0)]
    answers = {"recording": said("none", "no_recording")}
    case = case_of_recordings(files, answers, unlooked={"voice": ("not_applicable", "no_consent")}, kind="VOICE")
    page = text_of(at_desk("rui").get(f"/desk/case/{case.reference}").text)
    assert "Compare by ear: no voice is measured here." in page and "Please compare by ear." in page
    assert "Likeness of voices: no consent" in page


def test_detectors_of_sound_look_at_films_and_say_when_there_is_none(at_desk: Enter) -> None:
    """A film is among what detectors of sound look at: not having looked never looks like having found nothing."""
    files = [(film(2), "video/mp4", 2.0), (film(3), "video/mp4", 3.0)]
    answers = {"film": said("weak", "weak_film")}
    case = case_of_recordings(files, answers, unlooked={"voice": ("not_applicable", "no_speech")}, kind="COPY_VIDEO")
    page = text_of(at_desk("rui").get(f"/desk/case/{case.reference}").text)
    assert "Likeness of voices (no speech was found)" in page
    assert "In the reported file: no speech was found." in page


def test_a_picture_found_in_a_film_stands_beside_its_frame(at_desk: Enter) -> None:
    findings = [{"kind": "moments", "pairs": [[1.0, None]]}, {"kind": "ticks", "at": [1.0, 1.5]}]
    files = [(film(4), "video/mp4", 4.0), (picture_of(1.0), "image/png", 0.0)]
    answers = {"film_pictures": said("strong", "picture_in_film", findings)}
    case = case_of_recordings(files, answers, moments=((1.0,), ()), kind="COPY_VIDEO")
    page = at_desk("rui").get(f"/desk/case/{case.reference}").text
    assert "The picture is in the film; to be seen at 0:01." in text_of(page)
    assert "/at-1000" in page and page.count('data-axis="query"') == 1 and 'data-axis="reference"' not in page


def test_the_book_names_only_detectors_that_exist() -> None:
    named = {name for right in book().hearing.cover.rights for name in right.detectors}
    assert named <= chapter()["detectors"].keys()


def test_moments_and_frames_of_a_film(at_desk: Enter) -> None:
    case = filmed()
    page = at_desk("rui").get(f"/desk/case/{case.reference}").text
    assert "0:00–0:06 of the report is 0:04–0:10 of the work" in page
    assert "This frame is still being drawn out." in page and "/at-6500" in page
    assert page.count('class="line__tick"') == 12


def test_a_face_in_a_film_is_shown_upright_from_the_frame_of_its_second(at_desk: Enter) -> None:
    align = [0.2, 0, 0.1, 0, 0.2, 0.1]
    face = {"kind": "face", "box": [0.2, 0.2, 0.3, 0.5], "align": align, "pixels": 80, "warnings": []}
    findings = [face | {"of": "query", "at": 1.0}, face | {"of": "reference"}, {"kind": "faces", "found": 1}]
    files = [(film(4), "video/mp4", 4.0), (picture_of(1.0), "image/png", 0.0)]
    answers = {"face": said("possible", "similar_face", findings)}
    case = case_of_recordings(files, answers, moments=((1.0,), ()), kind="LIKENESS")
    page = at_desk("rui").get(f"/desk/case/{case.reference}").text
    faces = page[page.index('class="faces"') :]
    assert "/at-1000" in faces and "<strong>0:01</strong>" in faces and faces.count('<figure class="face">') == 2
    assert 'class="marks"' not in page  # a box of that frame is not drawn on any other picture


def test_who_may_decide_the_appeal_reads_no_note_of_who_decided_first(at_desk: Enter, cast: Cast) -> None:
    """Notes tell what the first one thought. Whoever wrote them still reads them."""
    case = held(sung(kind="VOICE"), cast)
    address, item = f"/desk/case/{case.reference}", recording_of(case)
    at_desk("rui").post(f"{address}/heard", data={"item": item, "text": "Her own voice, no doubt."})
    assert "no doubt" in at_desk("mei").get(address).text
    decision = decided(fresh(case), cast.rui)
    with transaction():
        appeals.file(decision.case_id, RESPONDENT, "It is my own voice.")
    assert "no doubt" not in at_desk("mei").get(address).text
    assert "no doubt" in at_desk("rui").get(address).text


def test_a_face_found_in_a_film_stands_beside_the_frame_it_was_found_in(at_desk: Enter) -> None:
    """A face is of one second, the frames of a pair are of two: both lie in one answer."""
    looks = {"kind": "face", "box": [0.2, 0.2, 0.3, 0.4], "align": [1, 0, 0, 0, 1, 0], "pixels": 90, "score": 0.9}
    findings: list[dict[str, object]] = [
        looks | {"of": "query", "warnings": [], "at": 1.0},
        looks | {"of": "reference", "warnings": [], "at": 5.0},
        {"kind": "faces", "found": 2},
        {"kind": "moments", "pairs": [[1.0, 5.0]]},
        {"kind": "ticks", "at": [1.0, 2.0]},
    ]
    answers = {"face": said("strong", "same_face", findings, 0.2)}
    files = [(film(2, 4), "video/mp4", 2.0), (film(6), "video/mp4", 6.0)]
    case = case_of_recordings(files, answers, kind="LIKENESS", moments=((1.0,), (5.0,)))
    page = at_desk("rui").get(f"/desk/case/{case.reference}")
    assert page.status_code == 200
    assert "at-1000" in page.text and "at-5000" in page.text
