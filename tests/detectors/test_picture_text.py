"""Text in pictures is read and compared: another background, a screenshot beside the article's own file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.detectors.conftest import the_detector
from webapp.domain.matching.detector import CannotLook, Signals
from workers.detectors import ocr
from workers.detectors.drawn_text import CHINESE, ENGLISH, as_png, page
from workers.sandbox import run_limited

NAME = "picture_text"


def looked(data: bytes, folder: Path, media_type: str = "image/png") -> Signals:
    """As the workers look: in the sandbox, with the limits the detector asks for."""
    detector = the_detector(NAME)
    path = folder / "item"
    path.write_bytes(data)
    kept = run_limited(
        lambda: detector.signals(path, media_type).to_bytes(), wall=100, memory=ocr.NEEDS_MEMORY, cpu=ocr.NEEDS_CPU
    )
    return Signals.from_bytes(kept)


def test_a_copied_text_is_found_on_another_background_and_beside_its_file(tmp_path: Path) -> None:
    detector = the_detector(NAME)
    white = looked(as_png(page(CHINESE, size=22, columns=420)), tmp_path)
    other = looked(as_png(page(CHINESE, ink="#fff4d0", paper="#27364a", size=20, columns=360)), tmp_path)
    article = looked(CHINESE.encode(), tmp_path, "text/plain")
    stranger = looked(ENGLISH.encode(), tmp_path, "text/plain")
    for query, reference in ((other, white), (other, article), (article, white)):
        found = detector.compare(query, reference)
        assert (found.verdict, found.band) == ("supports", "strong")
    assert detector.compare(other, stranger).verdict == "does_not_support"
    found = detector.compare(other, article)
    spans, text, lines = found.findings
    assert (spans["kind"], text["kind"], lines["kind"]) == ("spans", "text", "lines")
    assert text["of"] == lines["of"] == "query" and "褪色的木牌" in text["text"].replace("\n", "")
    assert all(left >= 0 and left + wide <= 1.01 and high < 0.2 for left, _top, wide, high in lines["boxes"])
    assert detector.compare(white, white).distance == 0


def test_a_picture_without_words_has_no_text(tmp_path: Path) -> None:
    drawn = Image.new("RGB", (300, 200), "#88aacc")
    ImageDraw.Draw(drawn).ellipse((60, 40, 240, 160), fill="#223355")
    for image in (drawn, page("你好")):
        with pytest.raises(CannotLook) as why:
            looked(as_png(image), tmp_path)
        assert why.value.code == "no_text"


def test_rubbish_is_refused_with_a_reason(tmp_path: Path) -> None:
    detector = the_detector(NAME)
    path = tmp_path / "item"
    path.write_bytes(as_png(page(ENGLISH))[:300])
    for media_type, codes in (("image/png", ("truncated", "not_an_image")), ("audio/mpeg", ("unsupported",))):
        with pytest.raises(CannotLook) as why:
            detector.signals(path, media_type)
        assert why.value.code in codes


def test_lines_carry_their_place_and_a_long_screenshot_is_read_to_its_end(tmp_path: Path) -> None:
    """Screens on end would shrink to nothing if they were squeezed; they are read in tiles, no line twice."""
    image = Image.new("RGB", (600, 2200), "white")
    for top, word in ((40, "开头的一行文字"), (1570, "中间的一行文字"), (2100, "最后的一行文字")):
        image.paste(page(word, columns=300), (20, top))
    (tmp_path / "long.png").write_bytes(as_png(image))
    lines = ocr.read_lines(tmp_path / "long.png", "image/png")
    assert [line.text for line in lines] == ["开头的一行文字", "中间的一行文字", "最后的一行文字"]
    assert [round(line.box[1] * 2200 / 10) for line in lines] == pytest.approx([6, 159, 212], abs=2)
