"""Charts as SVG pictures with our own colours, light and dark; no scripts in them. A table beside each says the same.

Colours have at least 3:1 against the page in both schemes, and neighbours are parted by a line of the page's colour, so
that nothing hangs on telling hues apart.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any, cast

import pygal
from pygal.style import Style

from webapp.desk.tabled import Drawing, Figure, Series

# For plug-ins we have none of, pygal leaves an importer behind that Python asks at every later import, and warns of.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

WIDTH, NARROW, HEIGHT = 700, 560, 290  # as wide as they are shown, so that their letters are as large as the page's
ROW = 34  # height of one bar with its name
FRAME = 84  # what the line of colours and the axis take in a chart of bars
TOP = 36  # the line of colours
WIDE = 0x2E80  # from here on signs are as wide as they are high
LETTER = 13  # pixels
LONGEST = 34  # signs of a bar's name
LABELS = 8  # about so many dates fit below a chart
INK = {"accent": 0, "other": 1, "ok": 2, "warn": 3, "danger": 4, "plain": 5}
# The same hues as tokens.css, a step lighter or darker where an area needs it.
LIGHT = ("#0e6a74", "#b7791f", "#2f7d4f", "#d08a1d", "#b3363a", "#84939a")
DARK = ("#5fbcbb", "#e9b863", "#7ccb95", "#f1c56d", "#f2837c", "#7f9098")
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'  # noqa: E501  # one list, as in tokens.css


def _palette(colours: Sequence[str], page: str, ink: str, soft: str, line: str) -> str:
    hues = "".join(f"--c{n}:{colour};" for n, colour in enumerate(colours))
    return f":root{{{hues}--page:{page};--ink:{ink};--soft:{soft};--line:{line}}}"


CSS = (
    _palette(LIGHT, "#ffffff", "#1c2b31", "#50606a", "#e4e1d9")
    + "@media(prefers-color-scheme:dark){"
    + _palette(DARK, "#182125", "#e6ecee", "#a7b5bb", "#2c383d")
    + "}"
    "text{fill:var(--soft)!important;font-variant-numeric:tabular-nums}"
    ".key text{fill:var(--ink)!important;font-size:14px}"
    ".bar rect{stroke:var(--page)!important;stroke-width:1.5px;fill-opacity:1}"
    ".series .line{stroke-width:2.5px!important;stroke-linejoin:round;stroke-linecap:round;stroke-opacity:1!important}"
    ".subtle-fill{fill-opacity:.12!important}"
    ".text-overlay text{fill:var(--ink)!important}"
    ".axis .line{stroke:var(--line)!important;stroke-width:1px!important;stroke-dasharray:none!important}"
    ".tooltip{display:none}"
)


class Bars(pygal.HorizontalStackedBar):
    """Bars with air between them."""

    _series_margin = 0.16


def draw(drawing: Drawing, across: int = WIDTH) -> bytes:
    """The chart as an SVG document in UTF-8, `across` pixels wide."""
    chart = {"lines": _lines, "columns": _columns, "bars": _bars}[drawing.form](drawing, across)
    for series in drawing.series:
        # Bars are drawn from below; people read from above.
        values = list(reversed(series.values)) if drawing.form == "bars" else list(series.values)
        chart.add(series.words, values)
    root = chart.render_tree()
    _legend(root, drawing)
    for parent in root.iter():
        for child in list(parent):
            if child.tag in ("script", "title", "desc") or not isinstance(child.tag, str):
                parent.remove(child)
    return cast(bytes, pygal.etree.etree.tostring(root, encoding="utf-8"))


def _legend(root: Any, drawing: Drawing) -> None:
    """Which colour is what, in one line at the top: pygal's own legend has only the room beside the names of bars."""
    if len(drawing.series) < 2:
        return
    make = pygal.etree.etree.SubElement
    line, x = make(root, "g", {"class": "key"}), 8
    for one in drawing.series:
        box = {"x": str(x), "y": "8", "width": "14", "height": "14", "rx": "3"}
        make(line, "rect", box | {"style": f"fill:var(--c{INK[one.tone]})"})
        make(line, "text", {"x": str(x + 21), "y": "20"}).text = one.words
        x += 48 + 8 * len(one.words) + 7 * _wide(one.words)


def width(figure: Figure) -> int:
    """How wide a figure's picture is."""
    return NARROW if figure.crowded else WIDTH


def height(drawing: Drawing) -> int:
    """How high a picture is."""
    return max(150, FRAME + ROW * len(drawing.labels)) if drawing.form == "bars" else HEIGHT


def _wide(text: str) -> int:
    """How many signs are as wide as they are high."""
    return sum(1 for sign in text if ord(sign) > WIDE)


def _short(names: Sequence[str]) -> list[str]:
    """Names of bars without what stands in brackets, where they stay apart; the table has them whole."""
    bare = [re.split(r"\s*[(（]", name)[0] for name in names]
    apart = [short if bare.count(short) == 1 else name for short, name in zip(bare, names, strict=True)]
    return [name if len(name) <= LONGEST else name[: LONGEST - 1] + "…" for name in apart]


def _style(series: Sequence[Series]) -> Style:
    hues = tuple(f"var(--c{INK[one.tone]})" for one in series)
    return Style(
        background="transparent",
        plot_background="transparent",
        foreground="var(--soft)",
        foreground_strong="var(--ink)",
        foreground_subtle="var(--line)",
        font_family=FONT,
        label_font_size=LETTER,
        major_label_font_size=LETTER,
        value_font_size=LETTER,
        guide_stroke_color="var(--line)",
        major_guide_stroke_color="var(--line)",
        opacity="1",
        colors=hues,
        value_colors=hues,
    )


def _common(drawing: Drawing, across: int) -> dict[str, Any]:
    return {
        "style": _style(drawing.series),
        "css": ["file://style.css", "file://graph.css", f"inline:{CSS}"],
        "js": (),
        "no_prefix": True,
        "disable_xml_declaration": True,
        "explicit_size": True,
        "width": across,
        "height": height(drawing),
        "margin": 6,
        "margin_top": TOP if len(drawing.series) > 1 else 8,
        "spacing": 12,
        "show_legend": False,
        "truncate_label": -1,
        "value_formatter": lambda value: f"{value:,.0f}" if value is not None else "",
        "x_labels": list(drawing.labels),
        "min_scale": 2,
        "max_scale": 6,
        "no_data_text": "",  # the page says it, in its language
        "range": None if drawing.anything else (0, 1),
    }


def _over_time(drawing: Drawing, across: int) -> dict[str, Any]:
    every = max(1, round(len(drawing.labels) / LABELS))
    shown = [label for n, label in enumerate(drawing.labels) if n % every == 0]
    return _common(drawing, across) | {
        "x_labels_major": shown,
        "show_minor_x_labels": False,
        "show_x_guides": False,
        "include_x_axis": True,
    }


def _lines(drawing: Drawing, across: int) -> Any:
    return pygal.Line(**_over_time(drawing, across), show_dots=False, fill=False, interpolate=None)


def _columns(drawing: Drawing, across: int) -> Any:
    return pygal.StackedBar(**_over_time(drawing, across), rounded_bars=2)


def _bars(drawing: Drawing, across: int) -> Any:
    return Bars(
        **_common(drawing, across)
        | {
            "x_labels": list(reversed(_short(drawing.labels))),
            "rounded_bars": 3,
            # pygal makes room for Latin letters only.
            "margin_left": 6 + round(LETTER * 0.45 * max(map(_wide, _short(drawing.labels)), default=0)),
        }
    )
