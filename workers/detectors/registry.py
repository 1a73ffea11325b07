"""Turns the configured lists of dotted names into detectors and readers, and says of each absent one why.

An operator adds one by adding a name to the list; a missing optional package, a missing model or a
mistake in a name makes that one absent, never the start fail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, TypeVar

from webapp.domain.matching.detector import Detector, Reader, thresholds_of

# Cheap before dear; within that, what decides most often first.
DEFAULT = (
    "workers.detectors.phash.PerceptualHash",
    "workers.detectors.dct.DctHash",
    "workers.detectors.features.LocalFeatures",
    "workers.detectors.embedding.CopyEmbedding",
    "workers.detectors.face.FaceLikeness",
    "workers.detectors.text.CopiedText",
    "workers.detectors.picture_text.TextInPictures",
    "workers.detectors.recording.SameRecording",
    "workers.detectors.melody.SameMelody",
    "workers.detectors.voice.VoiceLikeness",
    "workers.detectors.film_frames.SameFilm",
    "workers.detectors.film_pictures.PicturesInFilm",
)
READERS = (
    "workers.detectors.metadata.EmbeddedLabels",
    "workers.detectors.provenance.SignedProvenance",
    "workers.detectors.marks.VisibleMark",
)

Made = TypeVar("Made", Detector, Reader)


@dataclass(frozen=True)
class Roster:
    """The detectors and readers that can look here, and for each absent one (by dotted name) the reason."""

    present: tuple[Detector, ...]
    absent: Mapping[str, str]
    readers: tuple[Reader, ...] = ()
    readers_absent: Mapping[str, str] = field(default_factory=dict)

    def named(self, name: str) -> Detector | None:
        return next((detector for detector in self.present if detector.name == name), None)

    def reader(self, name: str) -> Reader | None:
        return next((reader for reader in self.readers if reader.name == name), None)


def assemble(
    book: Mapping[str, Any],
    names: Sequence[str] = DEFAULT,
    readers: Sequence[str] = READERS,
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> Roster:
    """Loaded detectors for these dotted names, with thresholds from the matching chapter `book`, and loaded readers.

    `given`: what a reader is made with (by its name), such as an operator's trust anchors; nothing by default.
    """
    settings = given or {}
    present, absent = _loaded(names, lambda factory: _measured(book, factory))
    reading, not_reading = _loaded(readers, lambda factory: factory(**settings.get(factory.name, {})))
    return Roster(present, absent, reading, not_reading)


def _measured(book: Mapping[str, Any], factory: Any) -> Detector:
    """A detector with its thresholds. Raises LookupError with a sentence if the book has none."""
    try:
        thresholds = thresholds_of(book, factory.name)
    except KeyError as error:
        raise LookupError(f"the rule book has no thresholds for it: {error}") from error
    detector: Detector = factory(thresholds)
    return detector


def _loaded(names: Sequence[str], make: Callable[[Any], Made]) -> tuple[tuple[Made, ...], dict[str, str]]:
    present: list[Made] = []
    absent: dict[str, str] = {}
    for dotted in names:
        try:
            module, _, attribute = dotted.rpartition(".")
            made = make(getattr(import_module(module), attribute))
            made.load()
        except Exception as error:  # a plug-in may fail in any way, and the others must still look
            absent[dotted] = f"{type(error).__name__}: {error}"
        else:
            present.append(made)
    return tuple(present), absent
