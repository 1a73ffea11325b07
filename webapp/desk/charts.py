"""Charts as SVG pictures with our own colours, light and dark; no scripts in them. A table beside each says the same.

Colours have at least 3:1 against the page in both schemes, and neighbours are parted by a line of the page's colour, so
that nothing hangs on telling hues apart.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, cast

import pygal
from pygal.style import Style

from webapp.desk.tabled import Drawing, Series

# For plug-ins we have none of, pygal leaves an importer behind that Python asks at every later import, and warns of.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

WIDTH, HEIGHT = 760, 300
ROW = 34  # height of one bar with its name
FRAME = 84  # what the legend and the axis take in a chart of bars
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
    ".legends text,.names text{fill:var(--ink)!important}"
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


def draw(drawing: Drawing) -> bytes:
    """The chart as an SVG document in UTF-8."""
    chart = {"lines": _lines, "columns": _columns, "bars": _bars}[drawing.form](drawing)
    for series in drawing.series:
        # Bars are drawn from below; people read from above.
        values = list(reversed(series.values)) if drawing.form == "bars" else list(series.values)
        chart.add(series.words, values)
    root = chart.render_tree()
    for parent in root.iter():
        for child in list(parent):
            if child.tag in ("script", "desc") or not isinstance(child.tag, str):
                parent.remove(child)
    return cast(bytes, pygal.etree.etree.tostring(root, encoding="utf-8"))


def height(drawing: Drawing) -> int:
    """How high the picture is, at a width of WIDTH."""
    return max(150, FRAME + ROW * len(drawing.labels)) if drawing.form == "bars" else HEIGHT


def _style(series: Sequence[Series]) -> Style:
    hues = tuple(f"var(--c{INK[one.tone]})" for one in series)
    return Style(
        background="transparent",
        plot_background="transparent",
        foreground="var(--soft)",
        foreground_strong="var(--ink)",
        foreground_subtle="var(--line)",
        font_family=FONT,
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=14,
        value_font_size=13,
        guide_stroke_color="var(--line)",
        major_guide_stroke_color="var(--line)",
        opacity="1",
        colors=hues,
        value_colors=hues,
    )


def _common(drawing: Drawing) -> dict[str, Any]:
    return {
        "style": _style(drawing.series),
        "css": ["file://style.css", "file://graph.css", f"inline:{CSS}"],
        "js": (),
        "no_prefix": True,
        "disable_xml_declaration": True,
        "width": WIDTH,
        "height": height(drawing),
        "margin": 6,
        "spacing": 12,
        "legend_at_bottom": False,
        "show_legend": len(drawing.series) > 1,
        "legend_box_size": 12,
        "truncate_legend": -1,
        "truncate_label": -1,
        "value_formatter": lambda value: f"{value:,.0f}" if value is not None else "",
        "x_labels": list(drawing.labels),
        "min_scale": 2,
        "max_scale": 6,
        "range": None if drawing.anything else (0, 1),
    }


def _over_time(drawing: Drawing) -> dict[str, Any]:
    every = max(1, round(len(drawing.labels) / LABELS))
    shown = [label for n, label in enumerate(drawing.labels) if n % every == 0]
    return _common(drawing) | {
        "x_labels_major": shown,
        "show_minor_x_labels": False,
        "show_x_guides": False,
        "include_x_axis": True,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": len(drawing.series),
    }


def _lines(drawing: Drawing) -> Any:
    return pygal.Line(**_over_time(drawing), show_dots=False, fill=False, interpolate=None)


def _columns(drawing: Drawing) -> Any:
    return pygal.StackedBar(**_over_time(drawing), rounded_bars=2)


def _bars(drawing: Drawing) -> Any:
    return Bars(
        **_common(drawing)
        | {
            "x_labels": list(reversed(drawing.labels)),
            "legend_at_bottom": True,
            "legend_at_bottom_columns": len(drawing.series),
            "show_y_guides": True,
            "rounded_bars": 3,
        }
    )
