"""Detectors that see little and are quick about it: a cheap one, a dear one, and some that misbehave.

They go by names of the rule book, as every detector must, and are put in place by the setting DETECTORS.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from apiflask import APIFlask

from webapp.domain.matching.detector import CannotLook, Comparison, Example, Signals, Thresholds

HERE = "tests.workers.stand_ins."
JPEG = b"\xff\xd8\xff\xe0 "  # what a file must begin with to be taken for a picture


class Cheap:
    """Strong where two files begin with the same word."""

    name = "phash"
    version = "1"
    medium = "image"
    cost: Literal["cheap", "dear", "dearest"] = "cheap"
    consent = ""

    def __init__(self, thresholds: Thresholds) -> None:
        self.thresholds = thresholds

    def load(self) -> None:
        """Nothing heavy."""

    def signals(self, path: Path, media_type: str) -> Signals:
        data = path.read_bytes().removeprefix(JPEG)
        if data.startswith(b"grey"):
            raise CannotLook("featureless", "all grey")
        return Signals(self.name, self.version, 1, 1, data)

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        same = query.payload.split()[0] == reference.payload.split()[0]
        return Comparison(0.0 if same else 9.0, *self.said(same), 5.0, "same_picture" if same else "no_agreement")

    @staticmethod
    def said(same: bool) -> tuple[Literal["supports", "does_not_support"], Literal["strong", "none"]]:
        return ("supports", "strong") if same else ("does_not_support", "none")

    def examples(self) -> Sequence[Example]:
        return ()


class Dear(Cheap):
    """Strong where two files end with the same word."""

    name = "dct256"
    cost: Literal["cheap", "dear", "dearest"] = "dear"

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        same = query.payload.split()[-1] == reference.payload.split()[-1]
        return Comparison(0.0 if same else 9.0, *self.said(same), 5.0, "same_picture" if same else "no_agreement")


class Heard(Cheap):
    """What pictures sound like, if pictures had a sound."""

    name = "recording"
    medium = "audio"
    within = ("image",)


class Dearest(Dear):
    """Looks when even the dear one left it open."""

    name = "picture_text"
    cost = "dearest"


class Present(Cheap):
    """The cheap one, in the version the rule book names."""

    def __init__(self, thresholds: Thresholds) -> None:
        super().__init__(thresholds)
        self.version = thresholds.version


class Beside(Dear):
    """Reads pictures, and texts where a picture lies beside them."""

    also = ("text",)


class Faces(Dear):
    """Needs a consent, and cannot assess what is masked."""

    consent = "face"

    def signals(self, path: Path, media_type: str) -> Signals:
        if b"masked" in path.read_bytes():
            raise CannotLook("cannot_assess", "a mask covers it")
        return super().signals(path, media_type)


class Timed(Cheap):
    """Tells when each file was looked at."""

    def signals(self, path: Path, media_type: str) -> Signals:
        return Signals(self.name, self.version, 1, 1, str(time.monotonic_ns()).encode())

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        looked = [{"kind": "looked", "at": [query.payload.decode(), reference.payload.decode()]}]
        return Comparison(9.0, *self.said(False), 5.0, "no_agreement", looked)


class _Naughty(Cheap):
    """Misbehaves when it looks; the cheap one beside it must not suffer."""

    name = "dct256"
    needs_memory = 256 * 1024 * 1024
    needs_cpu = 1
    needs_wall = 2.0

    def signals(self, path: Path, media_type: str) -> Signals:
        self.act(path)
        return super().signals(path, media_type)

    def act(self, path: Path) -> None:
        raise NotImplementedError


class Hungry(_Naughty):
    def act(self, path: Path) -> None:
        held = []
        while True:
            held.append(bytearray(16 * 1024 * 1024))


class Looping(_Naughty):
    def act(self, path: Path) -> None:
        while True:
            pass


class Sleeping(_Naughty):
    needs_wall = 0.3

    def act(self, path: Path) -> None:
        time.sleep(60)


class Crashing(_Naughty):
    def act(self, path: Path) -> None:
        os.abort()


class Forking(_Naughty):
    def act(self, path: Path) -> None:
        os.fork()


class Calling(_Naughty):
    def act(self, path: Path) -> None:
        socket.create_connection(("127.0.0.1", 9))


class Writing(_Naughty):
    def act(self, path: Path) -> None:
        path.write_bytes(b"overwritten")


class Deleting(_Naughty):
    def act(self, path: Path) -> None:
        path.unlink()


@contextmanager
def looking_with(app: APIFlask, *names: str) -> Iterator[None]:
    """These stand-ins are the detectors of the installation, and nobody reads labels, until the end."""
    before = app.config["SETTINGS"]
    dotted = ",".join(name if "." in name else HERE + name for name in names)
    app.config["SETTINGS"] = before.model_copy(update={"detectors": dotted, "readers": "none"})
    try:
        yield
    finally:
        app.config["SETTINGS"] = before
