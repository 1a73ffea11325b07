"""Opens a stranger's picture with Pillow's guards on; call it only inside the sandbox.

Formats by allow-list, a pixel limit before anything is unpacked, the first frame only, no patience
with truncated files, and every way a library can break turned into a reason.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Each format's plugin by name: a plugin that is first imported inside a sandbox is imported again in
# every next one, and Pillow's own search for it would bring in all forty.
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from webapp.domain.matching.detector import CannotLook

# What a browser shows and a phone makes. Each format is one more decoder a stranger may attack.
FORMATS = {
    "image/jpeg": (JpegImagePlugin.JpegImageFile.format,),
    "image/png": (PngImagePlugin.PngImageFile.format,),
    "image/webp": (WebPImagePlugin.WebPImageFile.format,),
    "image/gif": (GifImagePlugin.GifImageFile.format,),
    "image/avif": (AvifImagePlugin.AvifImageFile.format,),
    "image/bmp": (BmpImagePlugin.BmpImageFile.format,),
    "image/tiff": (TiffImagePlugin.TiffImageFile.format,),
}
ALL_FORMATS = tuple(sorted({name for names in FORMATS.values() for name in names}))
MAX_PIXELS = 50_000_000  # matching.md §12
MPO = MpoImagePlugin.MpoImageFile.format  # what the JPEG decoder makes of a file with several pictures in it
AT_LEAST = 256  # pixels each side that a hash of the whole picture asks for; detectors that ask alike share a decode

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = False
AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # the sandbox allows no second thread

_DECODED: dict[tuple[str, str, int, bool], Image.Image] = {}
_SHARING: list[bool] = []  # not empty once `share` was called in this process


@contextmanager
def opened(path: Path, media_type: str = "", at_least: int = 0, grey: bool = False) -> Iterator[Image.Image]:
    """The first frame, loaded and as a person sees it (orientation applied), in L or RGB on white.

    `media_type` narrows the decoders to one format when it is known. `at_least` lets JPEG be
    unpacked at an eighth, a quarter or half, so long as both sides stay that many pixels.
    Raises CannotLook with `unsupported`, `not_an_image`, `truncated`, `too_many_pixels`, `unreadable`.
    After `share` the same decode is given to everybody who asks for it: do not draw on it.
    """
    formats = FORMATS.get(media_type) if media_type else ALL_FORMATS
    if formats is None:
        raise CannotLook("unsupported", media_type)
    key = (str(path), media_type, at_least, grey)
    if key in _DECODED:
        yield _DECODED[key]
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=formats) as image:
                seen = _seen(image, at_least, grey)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise CannotLook("too_many_pixels", str(error)) from error
    except UnidentifiedImageError as error:
        raise CannotLook("not_an_image", "no decoder knows this file") from error
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        raise CannotLook("unreadable", type(error).__name__) from error
    except ValueError as error:
        # Texts and colour profiles packed so that they would fill the memory (Pillow's own limit, 64 MB in all).
        bomb = "too large" in str(error)
        raise CannotLook("decoder_memory" if bomb else "truncated", str(error)) from error
    except (OSError, SyntaxError, EOFError, KeyError, IndexError, TypeError) as error:
        raise CannotLook("truncated", str(error)) from error
    if _SHARING:
        _DECODED[key] = seen
    yield seen


def share() -> None:
    """From now on this process decodes a file once for all detectors that look at it at one size.

    For the sandbox child, which looks at one file and ends: what is decoded is kept until then, by path.
    """
    _SHARING.append(True)


def sharing() -> bool:
    """Whether `share` was called in this process: then sound is kept like pictures are."""
    return bool(_SHARING)


def _seen(image: Image.Image, at_least: int, grey: bool) -> Image.Image:
    full = image.size
    if at_least and image.format in (JpegImagePlugin.JpegImageFile.format, MPO):
        image.draft("L" if grey else "RGB", (at_least, at_least))
    image.load()
    turned = ImageOps.exif_transpose(image)
    if turned.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        turned = ImageOps.autocontrast(_eight_bits(turned))
    if turned.has_transparency_data:
        turned = turned.convert("RGBA")
        white = Image.new("RGBA", turned.size, "white")
        turned = Image.alpha_composite(white, turned)
    result = turned.convert("L" if grey else "RGB")
    swapped = (turned.width > turned.height) != (image.width > image.height)
    result.info["full_size"] = (full[1], full[0]) if swapped else full
    # The further pictures of a phone's MPO are previews of the first, not an animation.
    result.info["frames"] = 1 if image.format == MPO else int(getattr(image, "n_frames", 1))
    return result


def _eight_bits(deep: Image.Image) -> Image.Image:
    """Sixteen-bit grey brought to eight; Pillow's own conversion would cut everything above 255 off."""
    values = deep.convert("F")
    scale = 1.0 if deep.mode == "F" else 1 / 256
    return values.point(lambda value: value * scale + 0.0).convert("L")
