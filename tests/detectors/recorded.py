"""Sound and film made for a test: tones, melodies, moving patterns, encoded as phones and platforms do."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import av
import numpy as np

RATE = 16_000


def melody(notes: Iterable[int], beat: float = 0.4, rate: int = RATE, timbre: tuple[float, ...] = (1, 0.5, 0.3)) -> Any:
    """Notes (MIDI numbers, 0 a rest) one after the other as mono samples; `timbre` the strength of the overtones."""
    parts = []
    for note in notes:
        t = np.arange(int(beat * rate)) / rate
        hertz = 440.0 * 2 ** ((note - 69) / 12) if note else 0.0
        tone = sum(s * np.sin(2 * np.pi * hertz * (n + 1) * t) for n, s in enumerate(timbre))
        shape = np.minimum(1, np.minimum(t, beat - t) / 0.02) * np.exp(-2 * t)
        parts.append(0.25 * tone * shape)
    return np.concatenate(parts).astype(np.float32)


def sound(samples: Any, media_type: str = "audio/mpeg", rate: int = RATE, bits: int = 64_000) -> bytes:
    """Mono samples (−1 to 1) as a file of this type."""
    container, codec = {
        "audio/mpeg": ("mp3", "libmp3lame"),
        "audio/mp4": ("mp4", "aac"),
        "audio/ogg": ("ogg", "libopus"),
        "audio/flac": ("flac", "flac"),
        "audio/wav": ("wav", "pcm_s16le"),
    }[media_type]
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream: Any = file.add_stream(codec, rate=48_000 if codec == "libopus" else rate, layout="mono")
        if codec not in ("flac", "pcm_s16le"):
            stream.bit_rate = bits
        _sing(file, stream, samples, rate)
    return out.getvalue()


def film(frames: Iterable[Any], rate: int = 10, samples: Any = None, media_type: str = "video/mp4") -> bytes:
    """RGB frames (height × width × 3, even sides) as a film, with mono samples at RATE as its sound if given."""
    container, codec, sounds = {
        "video/mp4": ("mp4", "libx264", "aac"),
        "video/quicktime": ("mov", "libx264", "aac"),
        "video/webm": ("webm", "libvpx", "libopus"),
    }[media_type]
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        pictures: Any = file.add_stream(codec, rate=rate)
        pictures.pix_fmt = "yuv420p"
        hearing: Any = None
        if samples is not None:
            hearing = file.add_stream(sounds, rate=48_000 if sounds == "libopus" else RATE, layout="mono")
        for n, picture in enumerate(frames):
            if not n:
                pictures.height, pictures.width = picture.shape[:2]
            for packet in pictures.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")):
                file.mux(packet)
        for packet in pictures.encode():
            file.mux(packet)
        if hearing is not None:
            _sing(file, hearing, samples, RATE)
    return out.getvalue()


def _sing(file: Any, stream: Any, samples: Any, rate: int) -> None:
    resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=stream.rate)
    fifo = av.AudioFifo()
    frame = av.AudioFrame.from_ndarray(np.asarray(samples, np.float32).reshape(1, -1), format="flt", layout="mono")
    frame.sample_rate = rate
    for part in (*resampler.resample(frame), *resampler.resample(None)):
        part.pts = None
        fifo.write(part)
    size = stream.codec_context.frame_size or 1024
    while (part := fifo.read(size, partial=True)) is not None:
        for packet in stream.encode(part):
            file.mux(packet)
    for packet in stream.encode():
        file.mux(packet)
