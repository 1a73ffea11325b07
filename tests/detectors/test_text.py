"""Copied text is found whatever was done to it, in passages a person can check; what strangers share never supports."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.detectors.conftest import the_detector
from tests.detectors.contract import DetectorContract
from webapp.domain.evidence import dangers, kinds
from webapp.domain.matching.detector import CannotLook, Comparison, Detector, Signals, medium_of
from webapp.domain.matching.rules import Item, Kind, pairs
from workers.detectors.drawn_text import CHINESE, ENGLISH
from workers.detectors.text_files import MOST_SIGNS
from workers.sandbox import run_limited

Lay = Callable[[str | bytes, str | bytes], Comparison]
LETTER = """我在码头边长大，记得每一艘船的名字，也记得它们最后一次离开时鸣笛的声音。父亲说船老了会想回到造它的地方。
那年冬天冷得出奇，港口结了薄冰，渡轮停了三天，岛上的人只好把信托给走冰的少年。少年收一毛钱，从不丢信。
后来桥修好了，渡轮卖到了南方，少年成了桥头收费站的班长，仍旧替不会写字的老人念信，念完把信纸叠成小船还给他们。
"""
TRADITIONAL = """舊城的茶館在河邊，門口掛一塊褪色的木牌。老掌櫃每天清早自己去井邊挑水，說自來水泡出來的茶少一味。
客人大多是對岸船廠退下來的工人，他們不談船，只談昨夜的雨和院子裡那棵總不結果的石榴。
有一年夏天漲水，茶館淹到第二級臺階，掌櫃把桌子搬上閣樓，照樣開張，大家坐在梁下喝了七天的茶。"""


WIDE = ENGLISH.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})  # full-width letters


def kept(text: str | bytes, media_type: str = "text/plain", folder: Path | None = None) -> Signals:
    assert folder is not None
    path = folder / "item"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return the_detector("text").signals(path, media_type)


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Two texts side by side: the reported one, the reference."""

    def compared(query: str | bytes, reference: str | bytes) -> Comparison:
        return the_detector("text").compare(kept(query, folder=tmp_path), kept(reference, folder=tmp_path))

    return compared


class TestContract(DetectorContract):
    survives: Mapping[str, Callable[[bytes], tuple[bytes, str]]] = {  # as in the contract
        "as GB 18030": lambda data: (data.decode().encode("gb18030"), "text/plain"),
        "as UTF-16": lambda data: (data.decode().encode("utf-16"), "text/plain"),
        "one line": lambda data: (data.replace(b"\n", b""), "text/plain"),
        "a sentence left out": lambda data: (b"\n".join(data.split(b"\n")[1:]), "text/plain"),
        "loud": lambda data: (data.decode().upper().encode(), "text/plain"),
    }

    @pytest.fixture
    def detector(self) -> Detector:
        return the_detector("text")

    def test_rubbish_is_refused_with_a_reason(self, detector: Detector, tmp_path: Path) -> None:
        """A cut text is still a text; what has no words of its own is refused."""
        for data, media_type, code in (
            (b"", "text/plain", "too_small"),
            (b"rubbish" * 100, "text/plain", "too_small"),
            (b"\xff\xff\x00\x01" * 50, "text/plain", "unreadable"),
            (b"%PDF-1.7 and no more", "application/pdf", "truncated"),
            (CHINESE.encode(), "application/x-unknown", "unsupported"),
        ):
            with pytest.raises(CannotLook) as why:
                self.look(detector, tmp_path, data, media_type)
            assert why.value.code == code, data[:20]
        with pytest.raises(CannotLook, match="unreadable"):
            detector.signals(tmp_path / "nowhere", "text/plain")


def _edited(text: str, share: float) -> str:
    dice = random.Random(3)
    return "".join(dice.choice("的一是在了有和etaoin") if dice.random() < share else sign for sign in text)


def _spaced(text: str) -> str:
    return "\u200b ".join(text.replace("a", "а").replace("e", "е").replace("o", "о"))


@pytest.mark.parametrize(
    ("query", "reference", "reason"),
    [
        (TRADITIONAL, CHINESE, "copied_text"),
        (_spaced(CHINESE), CHINESE, "copied_text"),
        (_spaced(ENGLISH), ENGLISH, "copied_text"),
        (_edited(CHINESE, 0.1), CHINESE, "edited_text"),
        (_edited(ENGLISH, 0.1), ENGLISH, "edited_text"),
        ("".join(reversed(CHINESE.splitlines(keepends=True))), CHINESE, "copied_text"),
        (LETTER + CHINESE + ENGLISH, ENGLISH, "copied_text"),
        (WIDE, ENGLISH, "copied_text"),
    ],
)
def test_a_copy_is_found_whatever_was_done_to_it(lay: Lay, query: str, reference: str, reason: str) -> None:
    found = lay(query, reference)
    assert (found.verdict, found.band, found.reason) == ("supports", "strong", reason)


def test_passages_are_shown_where_they_stand(lay: Lay) -> None:
    """Two sentences moved and set into another text: each is a passage, at the signs of the original files."""
    first, second, third = CHINESE.splitlines()
    found = lay(LETTER[:60] + third + "\r\n" + LETTER[60:] + first, CHINESE)
    spans = next(f for f in found.findings if f["kind"] == "spans")
    query = LETTER[:60] + third + "\r\n" + LETTER[60:] + first
    texts = {link: query[start:end] for start, end, link in spans["query"]}
    assert {link: CHINESE[start:end] for start, end, link in spans["reference"]} == texts
    assert sorted(texts.values(), key=len) == sorted((first.rstrip("。"), third.rstrip("。")), key=len)
    assert second not in query
    assert 0.3 < spans["share"] < 0.6


@pytest.mark.parametrize(
    ("query", "reference"),
    [
        (LETTER, CHINESE),
        # Two essays that quote one poem, two programs under one licence.
        (
            LETTER + "床前明月光，疑是地上霜。举头望明月，低头思故乡。",
            CHINESE + "床前明月光，疑是地上霜，举头望明月，低头思故乡",
        ),
        (
            LETTER + "未经本网书面授权，任何单位及个人不得转载、摘编或以其它方式使用上述作品。",
            CHINESE + "未经本网书面授权，任何单位及个人不得转载、摘编或以其它方式使用上述作品。",
        ),
        (
            "fish = 3 + " + ENGLISH[:120] + "Permission is hereby granted, free of charge, to any person obtaining a "
            "copy of this software and associated documentation files",
            "A poem on rain and tin roofs, by nobody in particular, written on a slow train to the coast in late "
            "November, when the fields are the colour of old rope and the tea is already cold. "
            "Permission is hereby granted, free of charge, to any person obtaining a copy of this software and "
            "associated documentation files",
        ),
    ],
)
def test_what_belongs_to_nobody_does_not_support(lay: Lay, query: str, reference: str) -> None:
    found = lay(query, reference)
    assert (found.verdict, found.findings) == ("does_not_support", [])


@pytest.mark.parametrize(
    "text", ["只做一件事，把它做好。", "陈小满", "Just do it today", "月亮代表我的心，你去想一想，你去看一看"]
)
def test_a_slogan_a_name_a_line_is_too_short_to_tell(tmp_path: Path, text: str) -> None:
    with pytest.raises(CannotLook) as why:
        kept(text, folder=tmp_path)
    assert why.value.code == "too_small"


def test_one_shared_sentence_is_not_enough_to_support(lay: Lay) -> None:
    """A quotation of one sentence is shown, and the reviewer is told that it cannot decide."""
    found = lay(CHINESE.splitlines()[1] + LETTER * 3, CHINESE + ENGLISH * 6)
    assert (found.verdict, found.band, found.reason) == ("cannot_tell", "weak", "weak_overlap")
    assert found.findings[0]["passages"] == 1


def test_subtitles_are_compared_by_their_words(lay: Lay) -> None:
    """Time stamps are alike in every file of subtitles, and fall out of a copy."""
    stamps = [f"{n}\n00:00:{n:02},000 --> 00:00:{n + 3:02},500\n" for n in range(1, 10)]
    own = "\n".join(stamp + line + "\n" for stamp, line in zip(stamps, CHINESE.splitlines(), strict=False))
    other = "\n".join(stamp + line + "\n" for stamp, line in zip(stamps, LETTER.splitlines(), strict=False))
    assert lay(own, CHINESE).band == "strong"
    assert lay(own, other).band == "none"


def test_the_text_of_a_pdf_is_compared_and_shown(tmp_path: Path) -> None:
    detector = the_detector("text")
    reported = kept(_pdf(ENGLISH.splitlines()), "application/pdf", tmp_path)
    found = detector.compare(reported, kept(ENGLISH, folder=tmp_path))
    assert found.band == "strong"
    (shown,) = [f for f in found.findings if f["kind"] == "text"]
    assert shown["of"] == "query" and "lighthouse" in shown["text"]
    with pytest.raises(CannotLook) as why:
        kept(_pdf([]), "application/pdf", tmp_path)
    assert why.value.code == "no_text"


def _pdf(lines: list[str]) -> bytes:
    """One page with a line of Helvetica each."""
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    page = writer.add_blank_page(600, 800)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    stream = DecodedStreamObject()
    drawn = "".join(f"BT /F1 8 Tf 20 {700 - 20 * row} Td ({line}) Tj ET\n" for row, line in enumerate(lines))
    stream.set_data(drawn.encode())
    page[NameObject("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_novel_is_cut_with_a_note_and_costs_no_more_than_its_length(tmp_path: Path) -> None:
    """A million signs are kept; a stolen chapter in them still counts."""
    dice = random.Random(1)
    signs = [chr(dice.randrange(0x4E00, 0x8FFF)) for _ in range(100_000)]
    novel = "".join(signs)
    chapter = CHINESE + LETTER + "".join(dice.sample(signs, 1_500))
    stolen = novel[:50_000] + chapter + novel[50_000:]
    began = time.process_time()
    there, other = kept(stolen, folder=tmp_path), kept("".join(reversed(novel)) + chapter, folder=tmp_path)
    found = the_detector("text").compare(there, other)
    assert time.process_time() - began < 10
    assert found.verdict == "supports"
    long = kept((novel * 11)[: MOST_SIGNS + 10], folder=tmp_path)
    assert long.notes == ("cut",)


def test_it_works_in_the_sandbox(tmp_path: Path) -> None:
    path = tmp_path / "item"
    path.write_text(CHINESE)
    detector = the_detector("text")
    data = run_limited(lambda: detector.signals(path, "text/plain").to_bytes())
    assert Signals.from_bytes(data) == kept(CHINESE, folder=tmp_path)


def test_a_pdf_counts_as_text_and_a_picture_can_lie_beside_one() -> None:
    assert [medium_of(t) for t in ("application/pdf", "text/plain", "image/png", "application/zip")] == [
        "text",
        "text",
        "image",
        "file",
    ]
    items = [
        Item("article", "reference", "text"),
        Item("screenshot", "alleged", "image"),
        Item("paste", "alleged", "text"),
        Item("photo", "reference", "image"),
    ]
    assert pairs(items, Kind("text", "1", "text")) == [("paste", "article")]
    both = Kind("picture_text", "1", "image", frozenset({"text"}))
    assert pairs(items, both) == [("screenshot", "article"), ("screenshot", "photo"), ("paste", "photo")]


def test_what_windows_calls_unicode_is_text_too() -> None:
    """UTF-16 with its mark is recognised and kept; a page of HTML in it is still refused."""
    data = CHINESE.encode("utf-16")
    kind = kinds.recognise(data)
    assert kind is not None and kind.media_type == "text/plain"
    assert kind.walk(io.BytesIO(data), len(data), 0).end == len(data)
    assert dangers.dangerous("<html><script>".encode("utf-16")) is not None
    with pytest.raises(kinds.Broken):
        kind.walk(io.BytesIO(data[:2] + b"\x01\x00" + data[2:]), len(data) + 2, 0)
