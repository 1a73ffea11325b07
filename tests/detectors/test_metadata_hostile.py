"""Hostile metadata: bombs, deep JSON, entities, a million chunks, cut files; each ends early and says so."""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib

import pytest

from tests.detectors import files
from tests.detectors.test_metadata import CONTAINERS, LABEL, read  # noqa: F401  # read is a fixture
from webapp.domain.matching.detector import CannotLook
from workers.detectors.metadata import EmbeddedLabels
from workers.sandbox import run_limited


def _bomb() -> bytes:
    return zlib.compress(bytes(60_000_000), 9)


_DEEP = '{"a":' * 5000 + "1" + "}" * 5000
_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<x xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"><TC260:AIGC>&b;</TC260:AIGC></x>'
)


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        (files.png((b"zTXt", b"AIGC\0\0" + _bomb())), "cannot_assess"),
        (files.png((b"iTXt", b"AIGC\0\x01\0\0\0" + _bomb())), "cannot_assess"),
        (files.png(*[(b"tEXt", b"k\0v")] * 20_000), "cannot_assess"),
        (files.png((b"tEXt", b"AIGC\0" + _DEEP.encode())), ("NOT_READ",)),
        (files.png((b"tEXt", b"AIGC\0" + b'{"Label":"' + b"1" * 70_000 + b'"}')), ("NOT_READ",)),
        (files.jpeg_xmp(_LAUGHS), ("NOT_READ",)),
        (files.jpeg_xmp(b"<a>" * 15_000), []),
        (files.riff(b"WEBP", (b"XMP ", b"<a>" * 300_000 + b"</a>" * 10)), []),
        (files.riff(b"WEBP", (b"XMP ", bytes(2_000_000))), "cannot_assess"),
        (b"GIF89a" + bytes(7) + b"\x21\xfe\x01a\0" * 1_000_000, "cannot_assess"),
        (files.box(b"ftyp", b"isom", bytes(4)) + files.box(b"free") * 1_000_000, "cannot_assess"),
        (files.box(b"ftyp", b"isom", bytes(4)) + struct.pack(">I4s", 4, b"moov"), "truncated"),
        (files.flac(**{f"K{n}": "v" for n in range(10_100)}), "cannot_assess"),
        (files.matroska("AIGC", LABEL)[:40], "truncated"),
        (b"\xff\xd8\xff\xe1\xff", "truncated"),
        (b"RIFF\xff\xff\xff\xffWAVEAIGC\xff\xff\xff\xff", "cannot_assess"),
        (b"II*\0\xff\xff\xff\x7f", "truncated"),
        (b"%PDF-1.7 nothing follows", "truncated"),
        (b"PK\x03\x04 no archive", "truncated"),
        (b"\0\0\0\0\0\0", "unsupported"),
    ],
    ids=range(20),
)  # fmt: skip
def test_hostile_files_end_early_and_say_so(tmp_path, data, outcome):
    path = tmp_path / "file"
    path.write_bytes(data)
    reader = EmbeddedLabels()
    reader.load()
    began = time.monotonic()

    def look() -> list[list[str]]:
        return [list(claim.issues) for claim in reader.read(path, "")]

    if isinstance(outcome, str):
        with pytest.raises(CannotLook, match=outcome):
            run_limited(look, wall=5, cpu=4)
    else:
        assert run_limited(look, wall=5, cpu=4) == ([list(outcome)] if isinstance(outcome, tuple) else outcome)
    assert time.monotonic() - began < 3


def test_an_archive_that_unpacks_without_end_is_not_unpacked(read):  # noqa: F811  # the fixture
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/custom.xml", files.custom(LABEL) + " " * 30_000_000)
    with pytest.raises(CannotLook, match="cannot_assess"):
        read(out.getvalue())


def test_every_cut_of_every_container_ends_in_words(read):  # noqa: F811  # the fixture
    codes = set()
    for data, _source in CONTAINERS.values():
        for share in (0.1, 0.3, 0.5, 0.7, 0.9):
            try:
                read(data[: int(len(data) * share)])
            except CannotLook as why:
                codes.add(why.code)
    assert codes <= {"truncated", "cannot_assess", "unsupported"}
