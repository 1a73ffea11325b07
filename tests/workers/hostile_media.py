"""Sound and film a stranger could send to hurt a decoder, made here: bombs, stumps, masks. None is ever stored."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np

from tests.detectors.recorded import RATE, film, melody, sound

TUNE = melody((60, 64, 67), beat=0.3)
SOUNDS = ("audio/mpeg", "audio/mp4", "audio/ogg", "audio/flac", "audio/wav")
FILMS = ("video/mp4", "video/quicktime", "video/webm")
Files = dict[str, tuple[str, bytes]]


def whole(media_type: str) -> bytes:
    """A second of this type."""
    if media_type in SOUNDS:
        return sound(TUNE, media_type)
    frames = (np.full((48, 64, 3), 20 * n, np.uint8) for n in range(1, 11))
    return film(frames, samples=TUNE, media_type=media_type)


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, name) + body


def stumps() -> Files:
    """Every type cut off in the middle, cut to its first bytes, and nothing but those before noise."""
    noise = bytes((n * 2654435761 >> 13) & 255 for n in range(6000))
    found: Files = {"nothing": ("video/mp4", b""), "nothing heard": ("audio/mpeg", b"")}
    for media_type in (*SOUNDS, *FILMS):
        data = whole(media_type)
        middle = len(data) // 2
        found[f"{media_type} half"] = (media_type, data[:middle])
        found[f"{media_type} stump"] = (media_type, data[:40])
        found[f"{media_type} noise"] = (media_type, data[:64] + noise)
        found[f"{media_type} scratched"] = (
            media_type,
            data[: len(data) // 2] + noise[:200] + data[len(data) // 2 + 200 :],
        )
    return found


def bombs() -> Files:
    """Small files that claim, or become, something huge: pixels, tracks, time, channels, tables."""
    mp4, webm, wav, mp3 = whole("video/mp4"), whole("video/webm"), whole("audio/wav"), whole("audio/mpeg")
    entry = mp4.index(b"avc1", mp4.index(b"stsd")) + 4
    wide = mp4[: entry + 24] + b"\xff\xff\xff\xff" + mp4[entry + 28 :]
    key = webm.index(b"\x9d\x01\x2a") + 3  # of the first VP8 frame: its size follows, 14 bits each
    head = mp4.index(b"mvhd")
    endless = mp4[: head + 20] + b"\xff\xff\xff\xff" + mp4[head + 24 :]
    media = endless.index(b"mdhd")
    endless = endless[: media + 20] + b"\xff\xff\xff\xff" + endless[media + 24 :]
    moov = mp4.index(b"moov") - 4
    track = mp4.index(b"trak") - 4
    (size,) = struct.unpack_from(">I", mp4, track)
    one = mp4[track : track + size]
    tracks = mp4[:moov] + box(b"moov", mp4[moov + 8 : track] + one * 1000)
    table = mp4.index(b"stts")
    times = mp4[: table + 8] + struct.pack(">II", 1, 0x7FFFFFFF) + mp4[table + 16 :]
    slow = mp4.index(b"stts") + 16
    data = wav.index(b"data")
    late = mp4[:slow] + b"\x7f\xff\xff\xff" + mp4[slow + 4 :]
    return {
        "pixels in the head": ("video/mp4", wide),
        "pixels in the frame": ("video/webm", webm[:key] + b"\xff\x3f\xff\x3f" + webm[key + 4 :]),
        "says it has no end": ("video/mp4", endless),
        "a frame a day": ("video/mp4", late),
        "a thousand tracks": ("video/mp4", tracks),
        "a table of billions": ("video/mp4", times),
        "wav of 4 GB": ("audio/wav", wav[: data + 4] + b"\xff\xff\xff\xff" + wav[data + 8 :]),
        "wav of 65535 channels": ("audio/wav", wav[:22] + b"\xff\xff" + wav[24:]),
        "wav at 4 GHz": ("audio/wav", wav[:24] + b"\xff\xff\xff\xff" + wav[28:]),
        "wav at 0 Hz": ("audio/wav", wav[:24] + b"\0\0\0\0" + wav[28:]),
        "mp3 with a tag of 256 MB": ("audio/mpeg", b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + mp3),
        "boxes in boxes": ("video/mp4", mp4[:32] + _nested(400) + mp4[32:]),
    }


def _nested(depth: int) -> bytes:
    body = b""
    for _level in range(depth):
        body = box(b"moov", body)
    return body


def masks() -> Files:
    """What names other files for the decoder to open, and what is not what it says."""
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
    concat = b"ffconcat version 1.0\nfile /etc/passwd\nfile http://127.0.0.1:9/x\n"
    session = b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n"
    dash = b'<?xml version="1.0"?><MPD><BaseURL>http://127.0.0.1:9/</BaseURL></MPD>'
    found: Files = {}
    for media_type in ("video/mp4", "video/webm", "audio/mpeg", "audio/ogg"):
        for name, data in (("hls", playlist), ("concat", concat), ("sdp", session), ("dash", dash)):
            found[f"{name} as {media_type}"] = (media_type, data)
    found["frames that lie in another file"] = ("video/mp4", _elsewhere(whole("video/mp4"), b"file:///etc/passwd\0"))
    found["webm as mp4"] = ("video/mp4", whole("video/webm"))
    found["mp3 as wav"] = ("audio/wav", whole("audio/mpeg"))
    found["picture as film"] = ("video/quicktime", b"\x89PNG\r\n\x1a\n" + bytes(400))
    found["page behind a song"] = ("audio/mpeg", whole("audio/mpeg") + b"<html><script>alert(1)</script>")
    return found


def _elsewhere(mp4: bytes, place: bytes) -> bytes:
    """The film with its frames said to lie in another file: the data reference of its first track names it."""
    at = mp4.index(b"dref") - 4
    (size,) = struct.unpack_from(">I", mp4, at)
    away = box(b"dref", struct.pack(">II", 0, 1) + box(b"url ", b"\0\0\0\0" + place))
    made = bytearray(mp4[:at] + away + mp4[at + size :])
    for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        where = made.index(name) - 4
        struct.pack_into(">I", made, where, struct.unpack_from(">I", made, where)[0] + len(away) - size)
    return bytes(made)


def oddities() -> Files:
    """Sound files in rare dress: each must be shown and played like any other."""
    stereo = np.repeat(TUNE, 2)
    return {
        "a short one": ("audio/mpeg", sound(TUNE[: RATE // 5], "audio/mpeg")),
        "a silent film": ("video/mp4", film(np.full((48, 64, 3), 20 * n, np.uint8) for n in range(1, 11))),
        "a film of one frame": ("video/mp4", film([np.full((48, 64, 3), 90, np.uint8)])),
        "a film all black": ("video/webm", film([np.zeros((48, 64, 3), np.uint8)] * 5, media_type="video/webm")),
        "a spoken note as film": ("video/mp4", sound(stereo, "audio/mp4")),
        "a song at 8 kHz": ("audio/wav", sound(TUNE[::2].copy(), "audio/wav", rate=8000)),
    }


CORPUS: dict[str, Callable[[], Files]] = {"stumps": stumps, "bombs": bombs, "masks": masks, "oddities": oddities}
