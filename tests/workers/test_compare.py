"""The compare command: a line in, a line out, in order, whatever the files are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

from tests.detectors.alterations import photograph
from tests.workers.stand_ins import HERE, JPEG
from workers.compare import compare_lines, main
from workers.detectors.drawn_film import film, moving

KEYS = {"id", "verdict", "detector", "distance", "reason", "findings"}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    cat, rocket = photograph("skimage/data/chelsea.png"), photograph("skimage/data/rocket.jpg")
    cat.save(tmp_path / "cat.png")
    ImageOps.mirror(cat).save(tmp_path / "mirrored.jpg", quality=40)
    rocket.save(tmp_path / "rocket.jpg")
    rocket.save(tmp_path / "wrong-name.txt", "PNG")
    Image.new("RGB", (300, 200), "white").save(tmp_path / "blank.png")
    (tmp_path / "empty.png").touch()
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "rocket.jpg").read_bytes()[:9000])
    (tmp_path / "drawing.png").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (tmp_path / "words.jpg").write_text("only words")
    Image.new("1", (9_000, 9_000)).save(tmp_path / "bomb.png")
    return tmp_path


def pair(files: Path, query: str, reference: str) -> str:
    return json.dumps({"id": f"{query} {reference}", "query": str(files / query), "reference": str(files / reference)})


def test_every_line_gets_its_answer_in_order(files: Path) -> None:
    cases = [
        ("mirrored.jpg", "cat.png", "supports", "same_picture"),
        ("cat.png", "rocket.jpg", "does_not_support", "no_agreement"),
        ("wrong-name.txt", "rocket.jpg", "supports", "same_picture"),
        ("blank.png", "blank.png", "cannot_tell", "featureless"),
        ("empty.png", "cat.png", "cannot_tell", "not_an_image"),
        ("cat.png", "cut.jpg", "cannot_tell", "truncated"),
        ("drawing.png", "cat.png", "cannot_tell", "unsupported"),
        ("words.jpg", "cat.png", "cannot_tell", "unsupported"),
        ("bomb.png", "cat.png", "cannot_tell", "too_many_pixels"),
        ("nowhere.png", "cat.png", "cannot_tell", "unreadable"),
        ("", "cat.png", "cannot_tell", "unreadable"),
    ]
    lines = [pair(files, query, reference) for query, reference, _, _ in cases]
    answers = list(compare_lines(lines, ["phash"]))
    assert [(a["verdict"], a["reason"]) for a in answers] == [(verdict, reason) for *_, verdict, reason in cases]
    assert [a["id"] for a in answers] == [f"{query} {reference}" for query, reference, *_ in cases]
    assert all(set(a) == KEYS for a in answers)
    assert all((a["distance"] is None) == (a["findings"][0]["kind"] == "could_not_look") for a in answers)
    assert list(compare_lines(lines, ["phash"], jobs=2)) == answers, "processes change nothing but the time"


def test_a_bad_line_stops_nothing(files: Path) -> None:
    good = pair(files, "cat.png", "cat.png")
    answers = list(
        compare_lines(["rubbish", good, "", "[1]", '{"id": 7}', '{"id": 8, "query": 5, "reference": 6}', good])
    )
    assert [(a["id"], a["verdict"], a["reason"]) for a in answers] == [
        (None, "cannot_tell", "bad_line"),
        ("cat.png cat.png", "supports", "same_picture"),
        (None, "cannot_tell", "bad_line"),
        (7, "cannot_tell", "bad_line"),
        (8, "cannot_tell", "bad_line"),
        ("cat.png cat.png", "supports", "same_picture"),
    ]


def test_a_detector_that_is_absent_cannot_tell(files: Path) -> None:
    (answer,) = compare_lines([pair(files, "cat.png", "cat.png")], names=("workers.detectors.nowhere.Detector",))
    assert (answer["verdict"], answer["reason"]) == ("cannot_tell", "detector_absent")
    assert "nowhere" in answer["findings"][0]["detail"]


def words(folder: Path, name: str, text: str, kind: bytes = JPEG) -> str:
    """A file that passes for a picture and holds words, as the stand-ins read them; its path."""
    (folder / name).write_bytes(kind + text.encode())
    return str(folder / name)


def answer_of(query: str, reference: str, *stand_ins: str, only: Sequence[str] = ()) -> dict[str, Any]:
    line = json.dumps({"id": 1, "query": query, "reference": reference})
    (answer,) = compare_lines([line], only, names=[HERE + name for name in stand_ins])
    return answer


def who(answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(f["name"], f["verdict"], f["band"]) for f in answer["findings"] if f["kind"] == "detector"]


def test_dear_detectors_look_where_the_cheap_ones_leave_it_open(tmp_path: Path) -> None:
    """The same order as the workers': a strong cheap answer stands, else everybody is asked."""
    query, same, tail = (words(tmp_path, *w) for w in (("q", "cat tail"), ("s", "cat x"), ("t", "dog tail")))
    found = answer_of(query, same, "Cheap", "Dear")
    assert (found["verdict"], found["detector"], who(found)) == ("supports", "phash", [("phash", "supports", "strong")])
    found = answer_of(query, tail, "Cheap", "Dear")
    assert (found["verdict"], found["detector"]) == ("supports", "dct256")
    assert who(found) == [("phash", "does_not_support", "none"), ("dct256", "supports", "strong")]
    assert answer_of(query, tail, "Cheap", "Dear", only=["phash"])["verdict"] == "does_not_support"


def test_a_face_that_cannot_be_assessed_is_never_a_no(tmp_path: Path) -> None:
    """That the pictures differ as pictures says nothing of whose face it is; what each detector said is told."""
    query, reference = words(tmp_path, "q", "masked face"), words(tmp_path, "r", "her face")
    found = answer_of(query, reference, "Cheap", "Faces")
    assert (found["verdict"], found["detector"]) == ("cannot_tell", "dct256")
    assert who(found) == [("phash", "does_not_support", "none"), ("dct256", "cannot_tell", "")]
    found = answer_of(query, reference, "Cheap", "Faces", only=["dct256"])
    assert (found["verdict"], found["reason"]) == ("cannot_tell", "cannot_assess")
    assert found["findings"][0] == {
        "kind": "could_not_look",
        "code": "cannot_assess",
        "detail": "a mask covers it",
        "file": "query",
    }


def test_a_picture_beside_a_text(tmp_path: Path) -> None:
    picture, text = words(tmp_path, "q", "cat words"), words(tmp_path, "r.txt", "the words", b"")
    assert answer_of(picture, text, "Cheap", "Beside")["detector"] == "dct256"
    assert answer_of(text, picture, "Cheap", "Beside")["verdict"] == "supports"
    found = answer_of(text, text, "Cheap", "Beside")
    assert (found["verdict"], found["reason"]) == ("cannot_tell", "unsupported")


def test_films_beside_films_and_pictures(tmp_path: Path) -> None:
    """As a person compares a video with her own, and with her photograph."""
    frames = list(moving(1, 2.0, (320, 240)))
    (tmp_path / "work.mp4").write_bytes(film(frames))
    (tmp_path / "mirrored.webm").write_bytes(film([frame[:, ::-1] for frame in frames], media_type="video/webm"))
    (tmp_path / "other.mp4").write_bytes(film(moving(9, 2.0, (320, 240))))
    Image.fromarray(frames[4]).save(tmp_path / "frame.png")
    cases = [
        ("mirrored.webm", "work.mp4", "supports", "film", "same_film"),
        ("other.mp4", "work.mp4", "does_not_support", "film", "no_film"),
        ("work.mp4", "frame.png", "supports", "film_pictures", "picture_in_film"),
        ("frame.png", "other.mp4", "does_not_support", "film_pictures", "no_picture_in_film"),
    ]
    lines = [pair(tmp_path, query, reference) for query, reference, *_ in cases]
    answers = list(compare_lines(lines, ["film", "film_pictures"]))
    assert [(a["verdict"], a["detector"], a["reason"]) for a in answers] == [tuple(said) for _q, _r, *said in cases]
    assert {"kind": "length", "of": "query", "seconds": 2.0} in answers[0]["findings"]


def test_what_is_heard_and_what_is_seen_are_two_questions(tmp_path: Path) -> None:
    """The music being the same does not spare a look at the pictures over it; two dear looks at pictures are spared
    after a strong one."""
    query, same = words(tmp_path, "q", "cat tail"), words(tmp_path, "s", "cat tail")
    assert [name for name, *_ in who(answer_of(query, same, "Heard", "Dear", "Dearest"))] == ["recording", "dct256"]


def test_each_file_is_looked_at_once_however_often_it_occurs(tmp_path: Path) -> None:
    """Three lines over two files are two looks; a file that changed is another file."""
    one, other = words(tmp_path, "one", "1"), words(tmp_path, "other", "2")
    line = json.dumps({"query": one, "reference": other})
    answers = [
        found["at"]
        for answer in compare_lines([line] * 3, names=[HERE + "Timed"])
        for found in answer["findings"]
        if found["kind"] == "looked"
    ]
    assert len(answers) == 3 and all(at == answers[0] for at in answers)
    words(tmp_path, "other", "three")
    again = next(f["at"] for f in answer_of(one, other, "Timed")["findings"] if f["kind"] == "looked")
    assert again[0] == answers[0][0] and again[1] != answers[0][1]


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    good = words(tmp_path, "good", "cat")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(good)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("pipe", "folder", "loop", "/dev/zero", "nul\0"):
        found = answer_of(str(tmp_path / name), good, "Cheap")
        assert (found["verdict"], found["reason"]) == ("cannot_tell", "unreadable"), name
    assert answer_of(str(tmp_path / "link"), good, "Cheap")["verdict"] == "supports"


def test_the_command(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As a person types it; a wrong detector or list of pairs is one sentence and no traceback."""
    (files / "pairs.jsonl").write_text(
        pair(files, "mirrored.jpg", "cat.png") + "\n\n" + pair(files, "cat.png", "rocket.jpg") + "\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "workers.compare", str(files / "pairs.jsonl"), "--detectors", "phash"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=True,
        timeout=60,
    )
    assert [json.loads(line)["verdict"] for line in done.stdout.splitlines()] == ["supports", "does_not_support"]
    assert main([str(files / "pairs.jsonl"), "--detectors", "sixth-sense"]) == 2
    assert main([str(files / "missing.jsonl")]) == 2
    said = capsys.readouterr().err.splitlines()
    assert "sixth-sense" in said[0]
    assert "missing.jsonl" in said[1]


def test_no_id_and_no_mark_stops_the_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A byte-order mark, half a surrogate, an endless number, a byte that is no letter."""
    rest = b'"query": "nowhere", "reference": "nowhere"}\n'
    ids = (
        b"\xef\xbb\xbf" + b'{"id": "one", ',
        b'{"id": "\\ud800", ',
        b'{"id": 1e999, ',
        b'{"id": "\xff", ',
        b'{"id": "last", ',
    )
    (tmp_path / "pairs.jsonl").write_bytes(b"".join(one + rest for one in ids))
    assert main([str(tmp_path / "pairs.jsonl"), "--detectors", "phash"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.encode().splitlines()]
    assert [answer["id"] for answer in answers] == ["one", "\ud800", None, "\ufffd", "last"]
    assert {answer["reason"] for answer in answers} == {"unreadable"}
