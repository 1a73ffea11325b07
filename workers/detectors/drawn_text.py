"""Writes the texts a text detector brings to prove itself, and draws them as pictures; nothing is stored."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from webapp.domain.matching.detector import Example

CHINESE = """旧城的茶馆在河边，门口挂一块褪色的木牌。老掌柜每天清早自己去井边挑水，说自来水泡出来的茶少一味。
客人大多是对岸船厂退下来的工人，他们不谈船，只谈昨夜的雨和院子里那棵总不结果的石榴。
有一年夏天涨水，茶馆淹到第二级台阶，掌柜把桌子搬上阁楼，照样开张，大家坐在梁下喝了七天的茶。
"""
ENGLISH = """The lighthouse keeper counted ships the way other people count sheep, and he never reached the end of them.
On foggy nights he rang a cracked bell that his grandmother had bought from a bankrupt circus in Antwerp.
When the lamp was finally made electric, he asked the engineers to leave the bell, and nobody had the heart to refuse.
"""
# Faces that Debian and Ubuntu put there (fonts-noto-cjk, fonts-wqy); Pillow's own has Latin letters only.
_FACES = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
)


def texts() -> list[Example]:
    return [
        Example("a Chinese text", "text/plain", CHINESE.encode()),
        Example("an English text", "text/plain", ENGLISH.encode()),
    ]


def pictures() -> list[Example]:
    """Two pages of English, and one of Chinese where a font for it is installed."""
    other = " ".join(reversed(ENGLISH.split()))
    drawn = [("an English page", ENGLISH), ("another English page", other)]
    if chinese_face() is not None:
        drawn.append(("a Chinese page", CHINESE))
    return [Example(name, "image/png", as_png(page(text))) for name, text in drawn]


def chinese_face() -> Path | None:
    """A font file with Chinese signs, or None."""
    return next((Path(face) for face in _FACES if Path(face).is_file()), None)


def page(text: str, ink: str = "black", paper: str = "white", size: int = 26, columns: int = 780) -> Image.Image:
    """The text drawn in lines as wide as `columns` pixels allow."""
    face = chinese_face()
    font = ImageFont.truetype(str(face), size) if face else ImageFont.load_default(size)
    lines = [line for paragraph in text.splitlines() for line in _wrapped(paragraph, font, columns)]
    image = Image.new("RGB", (columns + 40, 40 + len(lines) * size * 3 // 2), paper)
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        draw.text((20, 20 + row * size * 3 // 2), line, fill=ink, font=font)
    return image


def _wrapped(paragraph: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, columns: int) -> list[str]:
    lines, line = [], ""
    for part in paragraph.split(" ") if paragraph.isascii() else list(paragraph):
        longer = f"{line} {part}" if line and paragraph.isascii() else line + part
        if line and font.getlength(longer) > columns:
            lines.append(line)
            longer = part
        line = longer
    return [*lines, line]


def as_png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
