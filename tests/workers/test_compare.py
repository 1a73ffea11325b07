"""The compare command: a line in, a line out, in order, whatever the files are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from tests.detectors.alterations import on_phone, photograph
from workers.compare import compare_lines, main

KEYS = {"id", "verdict", "detector", "distance", "reason", "findings"}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    cat, rocket = photograph("skimage/data/chelsea.png"), photograph("skimage/data/rocket.jpg")
    cat.save(tmp_path / "cat.png")
    ImageOps.mirror(cat).save(tmp_path / "mirrored.jpg", quality=40)
    on_phone(cat).save(tmp_path / "screenshot.webp")
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
        ("screenshot.webp", "cat.png", "supports", "reference_inside_the_picture"),
        ("cat.png", "screenshot.webp", "supports", "part_of_the_reference"),
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
    answers = list(compare_lines(lines))
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


def test_the_command(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As a person types it; a wrong detector or list of pairs is one sentence and no traceback."""
    (files / "pairs.jsonl").write_text(
        pair(files, "mirrored.jpg", "cat.png") + "\n\n" + pair(files, "cat.png", "rocket.jpg") + "\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "workers.compare", str(files / "pairs.jsonl")],
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
