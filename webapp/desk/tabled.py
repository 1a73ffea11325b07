"""A figure as one table: the page shows it, the chart is drawn from it, the file for a spreadsheet holds the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from flask_babel import format_date, format_decimal, format_percent

from webapp.core.i18n import _, language

Cell = str | int | float | date | None
# What the cells of a column are: words (or days), a count, a share from 0 to 1, or a number with one decimal place.
Sort = Literal["words", "count", "share", "decimal"]
Tone = Literal["accent", "other", "ok", "warn", "danger", "plain"]
# A spreadsheet takes text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# A rate over fewer than this says more about chance than about anybody.
ENOUGH = 5
CROWDED = 4  # columns; with more of them a table takes the larger half


@dataclass(frozen=True)
class Table:
    """Columns as (words, sort), and rows of as many cells; None is “not known”."""

    columns: Sequence[tuple[str, Sort]]
    rows: Sequence[Sequence[Cell]]

    @property
    def shown(self) -> list[list[str]]:
        """Every cell as the page shows it, in the reader's language."""
        return [[cell_words(c, sort) for c, (_n, sort) in zip(row, self.columns, strict=True)] for row in self.rows]

    def csv(self) -> str:
        """The table for a spreadsheet: with a mark that makes it read the Chinese, numbers and days as they are."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([name for name, _sort in self.columns])
        writer.writerows([[_harmless(cell) for cell in row] for row in self.rows])
        return "\ufeff" + out.getvalue()


@dataclass(frozen=True)
class Series:
    """One colour of a chart. A value None leaves a gap."""

    words: str
    tone: Tone
    values: Sequence[float | None]


@dataclass(frozen=True)
class Drawing:
    """What to draw: `form` lines over time, columns over time, or bars with a name each; stacked where there are
    several series of columns or bars."""

    form: Literal["lines", "columns", "bars"]
    labels: Sequence[str]
    series: Sequence[Series]

    @property
    def anything(self) -> bool:
        """Whether there is a value above nought."""
        return any(value for series in self.series for value in series.values)


@dataclass(frozen=True)
class Figure:
    """One figure of the page. `says` tells in a sentence what is to be seen; it is the picture's text, too."""

    code: str
    title: str
    says: str
    table: Table
    drawing: Drawing | None = None
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def crowded(self) -> bool:
        """Whether the table needs more than half of the page, so that the chart gets less."""
        return len(self.table.columns) > CROWDED


def share(part: int, whole: int, least: int = 1) -> float | None:
    """Part of a whole, 0 to 1; None where the whole is smaller than `least`."""
    return part / whole if whole >= least else None


def cell_words(cell: Cell, sort: Sort = "words") -> str:
    """A cell in words."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, date):
        return day_words(cell)
    if sort == "share":
        return str(format_percent(cell, "#,##0%"))
    return str(format_decimal(cell, "#,##0.0" if sort == "decimal" else "#,##0"))


def day_words(day: date) -> str:
    """A day without its year, as a chart has room for."""
    return str(format_date(day, "M月d日" if language() == "zh" else "d MMM"))


def few() -> str:
    """Why a rate is missing."""
    return _("“–”: fewer than %(n)s, too few for a rate.", n=ENOUGH)


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return round(cell, 4) if isinstance(cell, float) else cell
