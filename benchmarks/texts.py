"""Texts: how many altered copies are found, how many strangers pass for copies, and what two long texts cost.

English comes with Python (its manual's topics); Chinese from two packages of Debian (a manual, classical poems),
fetched into var/ once. Where they cannot be had, the interface's own sentences stand in, and the output says so.
Anchor beside ours: winnowing of hashed pieces (6 signs or 18 letters, windows of 4), share ≥ 0.20.
"""

from __future__ import annotations

import gzip
import itertools
import random
import re
import shutil
import subprocess
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from statistics import median

import opencc

from benchmarks.table import Row
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import Signals, thresholds_of
from workers.detectors.text import CopiedText
from workers.detectors.text_align import shared
from workers.detectors.text_common import pieces
from workers.detectors.text_fold import fold
from workers.detectors.text_judge import LEAST_WORTH, Words, share_distance

KEPT = Path("var/bench/texts")
PACKAGES = ("debian-reference-zh-cn", "fortunes-zh")
DICE = random.Random(7)
COPIES = 60  # texts of each language, each altered in every way
STRANGERS = 50_000  # pairs of each language
MEGABYTE = 1_000_000
ANCHOR = "winnowing ≥ 0.20"
ZH, EN = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]+")
COMMON_ZH = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年"

Alteration = Callable[[str, str], str]


def run() -> list[Row]:
    """Recall, false support and cost, with the anchor in the same run."""
    detector = CopiedText(thresholds_of(chapter(), CopiedText.name))
    detector.load()
    rows: list[Row] = []
    for language, corpus in (("zh", chinese()), ("en", english())):
        texts = [text for text in corpus if fold(text, pieces()).worth >= LEAST_WORTH]
        DICE.shuffle(texts)
        ours, theirs = _recall(detector, texts[: COPIES + 1], language)
        rows.append(
            Row(
                f"altered texts found, {language}",
                f"{len(ALTERATIONS)} × {COPIES}",
                ours,
                ANCHOR,
                theirs,
                ours / theirs,
            )
        )
        rows.append(_strangers(detector, texts, language))
    rows.append(_cost(detector, chinese()))
    return rows


# --- texts ------------------------------------------------------------------------------------------------------------


def chinese() -> list[str]:
    """Paragraphs of a manual joined to about 1,200 signs each, and poems."""
    if not KEPT.is_dir():
        _fetch()
    files = [path for path in KEPT.rglob("*") if path.is_file()]
    manual = [gzip.decompress(p.read_bytes()).decode() for p in files if p.name.endswith("zh-cn.txt.gz")]
    poems = [p.read_text(encoding="utf-8") for p in files if p.name in ("tang300", "song100")]
    if not manual and not poems:
        print("  no Chinese packages to be had here: the interface's own sentences stand in")
        sentences = Path("webapp/translations/zh/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
        manual = ["\n".join(re.findall(r'msgstr "(.+)"', sentences))]
    pieces_of = [re.sub(r"\x1b\[[0-9;]*m", "", poem).strip() for text in poems for poem in text.split("\n%")]
    return [text for text in _cut("\n".join(manual), 1200) + pieces_of if len(ZH.findall(text)) > 30]


def english() -> list[str]:
    """The topics of Python's manual, each once, cut to about 2,000 letters."""
    from pydoc_data.topics import topics

    seen: set[int] = set()
    texts = []
    for topic in sorted(topics.values(), key=len):
        fresh = []
        for part in topic.split("\n\n"):
            kinds = set(fold(part).kinds.tolist())
            if len(kinds & seen) <= 0.2 * len(kinds):  # the manual says much in several places
                fresh.append(part)
            seen |= kinds
        texts += _cut("\n\n".join(fresh), 2000)
    return [text for text in texts if len(text) > 600]


def _cut(text: str, size: int) -> list[str]:
    parts, part = [], ""
    for line in text.splitlines():
        part += line.strip() + "\n"
        if len(part) >= size:
            parts.append(part)
            part = ""
    return [*parts, part]


def _fetch() -> None:
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        return
    KEPT.mkdir(parents=True)
    for package in PACKAGES:
        subprocess.run(["apt-get", "-q", "download", package], cwd=KEPT, capture_output=True, timeout=60, check=False)
    for archive in KEPT.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", archive.name, "."], cwd=KEPT, capture_output=True, timeout=60, check=False)


# --- alterations ------------------------------------------------------------------------------------------------------


def _edited(share: float) -> Alteration:
    """Signs put in, left out and replaced, as many as `share` of all."""

    def alter(text: str, _other: str) -> str:
        common = COMMON_ZH if ZH.search(text) else "etaoinshrdlu "
        out = []
        for sign in text:
            roll = DICE.random()
            if roll < share / 2:
                out.append(DICE.choice(common))
            elif roll < share:
                out.append(sign + DICE.choice(common) if roll < share * 0.75 else "")
            else:
                out.append(sign)
        return "".join(out)

    return alter


def _words(share: float) -> Alteration:
    """Words replaced by words of another text: pairs of signs in Chinese."""

    def alter(text: str, other: str) -> str:
        pattern = re.compile("[\u4e00-\u9fff]{2}") if ZH.search(text) else EN
        others = pattern.findall(other) or ["词语"]
        return pattern.sub(lambda found: DICE.choice(others) if DICE.random() < share else found[0], text)

    return alter


def _shuffled(text: str, _other: str) -> str:
    sentences = re.split(r"(?<=[。！？；\n])|(?<=[.!?])\s+", text)
    DICE.shuffle(sentences)
    return " ".join(sentences)


def _excerpt(text: str, other: str) -> str:
    """A quarter of the text inside another."""
    start = len(text) // 3
    return other[: len(other) // 2] + text[start : start + len(text) // 4] + other[len(other) // 2 :]


def _misread(text: str, _other: str) -> str:
    """What OCR does: lines broken anywhere, punctuation lost, one sign in twenty-five misread."""
    plain = "".join(sign for sign in _edited(0.04)(text, "") if sign.isalnum() or sign == " ")
    return "\n".join(plain[at : at + 30] for at in range(0, len(plain), 30))


def _spaced(text: str, _other: str) -> str:
    """Invisible and visible spaces between all signs, and look-alike letters."""
    return "\u200b ".join(text.replace("a", "а").replace("e", "е").replace("o", "о"))


ALTERATIONS: dict[str, Alteration] = {
    "10 % of signs": _edited(0.10),
    "20 % of signs": _edited(0.20),
    "10 % of words": _words(0.10),
    "30 % of words": _words(0.30),
    "sentences shuffled": _shuffled,
    "shuffled, 10 % of signs": lambda text, other: _edited(0.1)(_shuffled(text, other), other),
    "a quarter in another text": _excerpt,
    "traditional signs": lambda text, _other: str(opencc.OpenCC("s2tw").convert(text)),
    "no punctuation": lambda text, _other: re.sub(r"[\W_]+", "", text),
    "read by OCR": _misread,
    "invisible spaces, look-alikes": _spaced,
}


# --- measuring --------------------------------------------------------------------------------------------------------


def _signals(text: str) -> Signals:
    return Signals(CopiedText.name, CopiedText.version, 0, 0, Words(text, True).to_bytes())


def _recall(detector: CopiedText, texts: list[str], language: str) -> tuple[float, float]:
    ours = theirs = 0
    for name, alter in ALTERATIONS.items():
        found = anchor = 0
        for text, other in itertools.pairwise(texts):
            copy = alter(text, other)
            found += detector.compare(_signals(copy), _signals(text)).verdict == "supports"
            anchor += _overlap(_winnowed(copy), _winnowed(text)) >= 0.2
        print(f"  {language}: {name:32} {found / COPIES:5.2f}   winnowing {anchor / COPIES:5.2f}")
        ours, theirs = ours + found, theirs + anchor
    return ours / COPIES / len(ALTERATIONS), theirs / COPIES / len(ALTERATIONS)


def _strangers(detector: CopiedText, texts: list[str], language: str) -> Row:
    """Pairs of different texts that support; the manuals repeat themselves here and there, and that is counted too."""
    folded = [(fold(text, pieces()), _winnowed(text)) for text in texts[:700]]
    bands = {"strong": 0, "possible": 0, "weak": 0, "none": 0}
    anchor = 0
    for _ in range(STRANGERS):
        (one, set_one), (other, set_other) = DICE.sample(folded, 2)
        distance = share_distance(shared(one, other), one.worth, other.worth, detector.thresholds)
        bands[detector.thresholds.band(distance)] += 1
        anchor += _overlap(set_one, set_other) >= 0.2
    print(f"  {language}: {STRANGERS} pairs of different texts: {bands}")
    wrong = bands["possible"] + bands["strong"]
    return Row(
        f"strangers that support, {language}", f"{STRANGERS} pairs", wrong, ANCHOR, anchor, wrong / max(1, anchor)
    )


def _cost(detector: CopiedText, texts: list[str]) -> Row:
    """Two texts of a megabyte that share a tenth, beside a tenth of each: linear is 10. Processor seconds."""
    whole = "".join(texts)
    while len(whole.encode()) < 2 * MEGABYTE:
        whole += "".join(DICE.sample(whole, len(whole)))

    def seconds(size: int) -> float:
        one = whole.encode()[:size].decode("utf-8", "ignore")
        other = whole.encode()[size * 9 // 10 : size * 19 // 10].decode("utf-8", "ignore")
        took = []
        for turn in range(3):  # a text of its own each time, or what was folded is remembered
            sides = _signals(f"{turn}{one}"), _signals(f"{turn}{other}")
            began = time.process_time()
            detector.compare(*sides)
            took.append(time.process_time() - began)
        return median(took)

    large, small = seconds(MEGABYTE), seconds(MEGABYTE // 10)
    return Row("two texts compared (s)", "1 MB each", large, "100 kB each", small, large / small)


# --- the anchor -------------------------------------------------------------------------------------------------------


def _overlap(one: set[int], other: set[int]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


def _winnowed(text: str, window: int = 4) -> set[int]:
    plain = "".join(sign for sign in text.casefold() if sign.isalnum())
    size = 6 if ZH.search(plain) else 18
    hashes = [zlib.crc32(plain[at : at + size].encode()) for at in range(max(1, len(plain) - size + 1))]
    return {min(hashes[at : at + window]) for at in range(max(1, len(hashes) - window + 1))}
