"""Opens a stranger's sound or film with FFmpeg's libraries (PyAV) and their guards on; call it only inside the sandbox.

The demuxer is chosen by the media type the house found in the bytes, never by content: playlists and other formats
that name further files are not reachable (matching.md §12). One thread, files only, and every way a library can break
turned into a reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import av.error
import av.logging

from webapp.domain.matching.detector import CannotLook

# FFmpeg's name of the demuxer for each media type that is kept. Each is one more decoder a stranger may attack.
FORMATS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/webm": "matroska",
    "audio/mp4": "mov",
    "video/3gpp": "mov",
    "video/x-msvideo": "avi",
    "video/x-ms-wmv": "asf",
    "video/x-flv": "flv",
    "video/mp2t": "mpegts",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/x-ms-wma": "asf",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
}
OPTIONS = {"protocol_whitelist": "file", "enable_drefs": "0", "max_streams": "16"}
MAX_PIXELS = 36_000_000  # of one frame: 8K has 33 million

# What a broken file raises while it is decoded.
BROKEN = (av.error.FFmpegError, ValueError)

av.logging.set_libav_level(av.logging.PANIC)  # what a stranger's file provokes is no news
av.logging.restore_default_callback()  # and must not take a lock of Python's in a fork


@contextmanager
def opened(path: Path, media_type: str) -> Iterator[Any]:
    """The open container. Raises CannotLook: `unsupported`, `truncated`, `unreadable`, `not_a_recording`,
    `too_many_pixels` (whoever decodes calls `checked`)."""
    demuxer = FORMATS.get(media_type)
    if demuxer is None:
        raise CannotLook("unsupported", media_type)
    try:
        with av.open(str(path), format=demuxer, options=OPTIONS, metadata_errors="ignore") as container:
            yield container
    except CannotLook:
        raise
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        raise CannotLook("unreadable", type(error).__name__) from error
    except av.error.InvalidDataError as error:
        raise CannotLook("not_a_recording", "no decoder knows this file") from error
    except (av.error.FFmpegError, EOFError, ValueError, IndexError) as error:
        raise CannotLook("truncated", f"{type(error).__name__}: {error}") from error


def stream_of(container: Any, kind: str) -> Any:
    """The best stream of a kind ("audio", "video"), set to one thread. Raises CannotLook `no_sound`, `no_pictures`.

    A cover picture inside a song is no film.
    """
    missing = "no_sound" if kind == "audio" else "no_pictures"
    found = [s for s in container.streams if s.type == kind and not _attached(s)]
    if not found:
        raise CannotLook(missing, f"there is no {kind} in this file")
    best = container.streams.best(kind)
    stream = best if best in found else found[0]
    if stream.codec_context is None:
        raise CannotLook("unsupported", f"{stream.type} of a kind that no decoder here knows")
    stream.codec_context.thread_count = 1
    if kind == "video":
        checked(stream.codec_context.width, stream.codec_context.height)
    return stream


def checked(width: int, height: int) -> None:
    """Raises CannotLook for a frame with more pixels than anybody films."""
    if width * height > MAX_PIXELS:
        raise CannotLook("too_many_pixels", f"{width} x {height}")


def seconds_of(container: Any, stream: Any) -> float:
    """How long it says it is; 0.0 when it does not say. What is decoded may differ."""
    if stream.duration is not None and stream.time_base:
        return max(0.0, float(stream.duration * stream.time_base))
    return max(0.0, container.duration / av.time_base) if container.duration else 0.0


def _attached(stream: Any) -> bool:
    return bool(stream.type == "video" and "attached_pic" in str(getattr(stream, "disposition", "")))
