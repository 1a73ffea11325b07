"""The list of detectors is configuration: what is missing is absent with a reason, and the rest still look."""

from __future__ import annotations

import copy

import pytest

from webapp.domain.matching.book import band_words, chapter, detector_words
from webapp.domain.matching.detector import Detector, Thresholds
from workers.detectors import registry

PHASH = "workers.detectors.phash.PerceptualHash"


class NeedsWhatNobodyHas:
    """A detector whose optional package is not installed."""

    name = "phash"  # has thresholds in the book
    version = "2"
    medium = "image"

    def __init__(self, thresholds: Thresholds) -> None:
        self.thresholds = thresholds

    def load(self) -> None:
        raise ModuleNotFoundError("No module named 'cv9'")


class ReadsNothing:
    """A reader as an operator might add one."""

    name = "nothing"
    version = "1"
    media = frozenset({"image/png"})
    cost = "cheap"

    def load(self) -> None:
        pass


def test_what_the_core_brings_is_always_there() -> None:
    """Nothing optional is needed for the whole-picture hashes; whatever is absent says why."""
    roster = registry.assemble(chapter())
    assert [detector.name for detector in roster.present][:2] == ["phash", "dct256"]
    assert all(roster.absent.values())
    assert {*roster.absent, *(f"{type(d).__module__}.{type(d).__name__}" for d in roster.present)} == set(
        registry.DEFAULT
    )
    detector: Detector = roster.present[0]
    assert roster.named("phash") is detector


def test_readers_are_a_list_like_detectors() -> None:
    roster = registry.assemble(chapter(), (PHASH,), (f"{__name__}.ReadsNothing", "workers.detectors.nowhere.Reader"))
    assert [reader.name for reader in roster.readers] == ["nothing"]
    assert roster.reader("nothing") is roster.readers[0]
    assert roster.reader("something") is None
    assert "nowhere" in roster.readers_absent["workers.detectors.nowhere.Reader"]


@pytest.mark.parametrize(
    ("dotted", "reason"),
    [
        (f"{__name__}.NeedsWhatNobodyHas", "cv9"),
        ("workers.detectors.nowhere.Detector", "nowhere"),
        ("workers.detectors.phash.Misspelt", "Misspelt"),
        ("nonsense", "ValueError"),
    ],
)
def test_a_missing_detector_is_absent_with_its_reason(dotted: str, reason: str) -> None:
    roster = registry.assemble(chapter(), (dotted, PHASH), ())
    assert reason in roster.absent[dotted]
    assert [detector.name for detector in roster.present] == ["phash"]


def test_thresholds_of_another_version_make_it_absent() -> None:
    """Figures measured for one version say nothing about the next."""
    book = copy.deepcopy(chapter())
    book["detectors"]["phash"]["version"] = "0"
    assert "not measured" in registry.assemble(book, (PHASH,), ()).absent[PHASH]
    del book["detectors"]["phash"]
    assert "no thresholds" in registry.assemble(book, (PHASH,), ()).absent[PHASH]


def test_every_band_and_detector_has_words_in_both_languages() -> None:
    for band in ("strong", "possible", "weak", "none"):
        assert all(band_words(band)[language] for language in ("zh", "en"))
    for name in chapter()["detectors"]:
        assert all(detector_words(name)[language] != name for language in ("zh", "en"))
    assert detector_words("retired") == {"zh": "retired", "en": "retired"}


@pytest.mark.parametrize(
    ("distance", "band", "verdict"),
    [
        (0, "strong", "supports"),
        (10, "strong", "supports"),
        (10.1, "possible", "supports"),
        (20, "possible", "supports"),
        (20.5, "weak", "cannot_tell"),
        (30, "weak", "cannot_tell"),
        (30.1, "none", "does_not_support"),
    ],
)
def test_bands(distance: float, band: str, verdict: str) -> None:
    thresholds = Thresholds("1", strong=10, possible=20, weak=30)
    found = thresholds.band(distance)
    assert (found, thresholds.verdict(found)) == (band, verdict)


def test_bands_must_widen() -> None:
    with pytest.raises(ValueError, match="widen"):
        Thresholds("1", strong=10, possible=5, weak=30)
