"""The desk in figures, for leads: a period, a few large numbers, then a panel a figure with chart, table and file.

Everything comes from the daily figures (domain/figures): the page costs the same whatever number of cases there are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Response, render_template, request, url_for
from werkzeug.exceptions import NotFound

from webapp.core.i18n import _, lazy, when
from webapp.desk import charts, counted, counted_people
from webapp.desk.access import need
from webapp.desk.blueprint import bp
from webapp.desk.tabled import ENOUGH, Figure, cell_words, share
from webapp.domain.figures import queries, rules
from webapp.domain.figures.queries import Figures
from webapp.domain.figures.rules import Period

FIGURES: dict[str, Callable[[Figures], Figure]] = {
    "flow": counted.flow,
    "queues": counted.queues,
    "ages": counted.ages,
    "deadlines": counted.deadlines,
    "speed": counted.speed,
    "kinds": counted_people.kinds,
    "reviewers": counted_people.reviewers,
    "appeals": counted_people.appeals,
    "second": counted_people.second,
    "exposure": counted_people.exposure,
}
GROUPS = (
    (lazy("Workload"), ("flow", "queues", "ages")),
    (lazy("Time"), ("deadlines", "speed")),
    (lazy("Decisions"), ("kinds", "reviewers", "appeals", "second")),
    (lazy("People"), ("exposure",)),
)


@bp.get("/figures")
@need("see_figures")
def figures() -> Any:
    """The whole page for a period: the last days, or from one day to another."""
    period, wrong = _period()
    found = queries.figures(period)
    groups = [(str(title), [FIGURES[code](found) for code in codes]) for title, codes in GROUPS]
    return render_template(
        "desk/figures/show.html",
        section="figures",
        period=period,
        wrong=wrong,
        chosen=request.args.get("days", 30, type=int) if not _named() else 0,
        periods=rules.PERIODS,
        link=_link(period),
        tiles=_tiles(found, queries.figures(period.before)),
        groups=groups,
        height=charts.height,
        width=charts.width,
        counted_at=when(found.counted_at),
        missing=queries.missing(period),
    )


@bp.get("/figures/<code>.svg")
@need("see_figures")
def figure_picture(code: str) -> Response:
    """One figure as a picture."""
    found = _figure(code)
    if found.drawing is None:
        raise NotFound
    answer = Response(charts.draw(found.drawing, charts.width(found)), mimetype="image/svg+xml")
    # The picture brings its own colours. Opened by itself it still may load and run nothing.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return answer


@bp.get("/figures/<code>.csv")
@need("see_figures")
def figure_table(code: str) -> Response:
    """One figure for a spreadsheet."""
    period, _wrong = _period()
    name = f"{code}-{period.first.isoformat()}-{period.last.isoformat()}.csv"
    answer = Response(_figure(code).table.csv(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _figure(code: str) -> Figure:
    if code not in FIGURES:
        raise NotFound
    return FIGURES[code](queries.figures(_period()[0]))


def _named() -> bool:
    return bool(request.args.get("from") or request.args.get("to"))


def _period() -> tuple[Period, bool]:
    """The period of the address, and whether something in it was no day."""
    first, last = _day("from"), _day("to")
    wrong = any(request.args.get(name) and _day(name) is None for name in ("from", "to"))
    return rules.period(queries.today(), request.args.get("days", 30, type=int), first, last), wrong


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _link(period: Period) -> Callable[[str, str], str]:
    """The address of a figure of this period, as picture or table."""
    asked = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    return lambda endpoint, code: url_for(endpoint, code=code, **asked)  # type: ignore[arg-type]  # names of the query


def _tiles(now: Figures, before: Figures) -> list[dict[str, str]]:
    """The numbers at the top: (name, number, beside it what it was before)."""
    missed = now.total("clock", two="late")
    return [
        _tile(_("New cases"), now.total("opened"), before.total("opened")),
        _tile(_("Finished cases"), now.finished, before.finished),
        {"name": _("Waiting now"), "number": cell_words(now.total("waiting")), "beside": _late(now), "tone": ""},
        _tile(_("Missed deadlines"), missed, before.total("clock", two="late"), "danger" if missed else ""),
        _rate(_("Decided within a day"), _quick(now), _quick(before), now.total("decided")),
        _rate(_("Changed on appeal"), _changed(now), _changed(before), now.total("appeal")),
    ]


def _tile(name: str, number: int, was: int, tone: str = "") -> dict[str, str]:
    beside = _("before: %(was)s", was=cell_words(was))
    return {"name": name, "number": cell_words(number), "beside": beside, "tone": tone}


def _rate(name: str, rate: float | None, was: float | None, of: int) -> dict[str, str]:
    beside = _("of %(n)s; before %(was)s", n=cell_words(of), was=cell_words(was, "share"))
    return {"name": name, "number": cell_words(rate, "share"), "beside": beside, "tone": ""}


def _late(f: Figures) -> str:
    late, risk = f.total("risk", two="late"), f.total("risk", two="risk")
    return _("%(late)s deadlines late, %(risk)s at risk", late=cell_words(late), risk=cell_words(risk))


def _quick(f: Figures) -> float | None:
    return share(sum(f.total("speed", code) for code in ("h1", "h8", "h24")), f.total("speed"))


def _changed(f: Figures) -> float | None:
    heard = f.total("appeal")
    return share(heard - f.total("appeal", two="upheld"), heard, ENOUGH)
