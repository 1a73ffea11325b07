"""The figures of work and of time: what came and went, what waits and how old it is, which deadlines were kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from webapp.core.i18n import _, n_, pick
from webapp.desk import words
from webapp.desk.tabled import Cell, Drawing, Figure, Series, Table, cell_words, day_words, share
from webapp.domain.figures import queries
from webapp.domain.figures.queries import Figures
from webapp.domain.figures.rules import AGES, SPEEDS
from webapp.domain.policy.queries import book

MOST = 12  # bars in one chart; the table has them all


def flow(f: Figures) -> Figure:
    """Cases that came and cases that ended, step by step."""
    came, went = queries.by_step(f.period, "opened"), queries.by_step(f.period, "ended")
    rows = [(day, came[day].total(), _finished(went[day])) for day in came]
    opened, ended = f.total("opened"), f.finished
    return Figure(
        "flow",
        _("New and finished cases"),
        _("%(opened)s cases came in, %(ended)s ended.", opened=cell_words(opened), ended=cell_words(ended)),
        Table(
            (
                (_("Week from") if f.period.by_week else _("Day"), "words"),
                (_("New"), "count"),
                (_("Finished"), "count"),
            ),
            rows,
        ),
        Drawing(
            "lines",
            [day_words(day) for day, _came, _went in rows],
            [
                Series(_("New"), "other", [n for _day, n, _went in rows]),
                Series(_("Finished"), "accent", [n for _day, _came, n in rows]),
            ],
        ),
    )


def ages(f: Figures) -> Figure:
    """How old the cases are that wait."""
    found: Counter[str] = sum(f.by_first("waiting").values(), Counter())
    labels = span_words(AGES)
    total = found.total()
    old = found["d30"] + found["more"]
    return Figure(
        "ages",
        _("Age of waiting cases"),
        _("%(n)s cases wait; %(old)s of them are older than two weeks.", n=cell_words(total), old=cell_words(old)),
        Table(
            ((_("Age"), "words"), (_("Cases"), "count"), (_("Share"), "share")),
            [(labels[code], found[code], share(found[code], total)) for code, _hours in AGES],
        ),
        Drawing(
            "bars",
            [labels[code] for code, _hours in AGES],
            [Series(_("Cases"), "accent", [found[code] for code, _hours in AGES])],
        ),
    )


def queues(f: Figures) -> Figure:
    """How each queue is doing: what waits, the oldest, what comes and goes a day."""
    opened, ended = f.by_first("opened"), f.by_first("ended")
    waiting, oldest = f.by_first("waiting"), f.by_first("oldest")
    codes = [code for code in book().queues.queue if code in opened or code in ended or code in waiting]
    days = f.period.length
    rows: list[tuple[Cell, ...]] = [
        (
            pick(book().queues.queue[code].words),
            _sum(waiting, code),
            _age(_sum(oldest, code)) if _sum(waiting, code) else "–",
            _sum(opened, code) / days,
            _finished(ended.get(code, Counter())) / days,
            _met(ended, code, "merged") / days,
        )
        for code in codes
    ]
    growing = sum(1 for code in codes if _sum(opened, code) > _sum(ended, code))
    return Figure(
        "queues",
        _("Queues"),
        n_("%(num)s queue grew.", "%(num)s queues grew.", growing) if growing else _("No queue grew."),
        Table(
            (
                (_("Queue"), "words"),
                (_("Waiting"), "count"),
                (_("Oldest"), "words"),
                (_("New a day"), "decimal"),
                (_("Finished a day"), "decimal"),
                (_("Merged a day"), "decimal"),
            ),
            rows,
        ),
        Drawing("bars", [str(row[0]) for row in rows], [Series(_("Waiting"), "accent", [_n(row[1]) for row in rows])]),
    )


def deadlines(f: Figures) -> Figure:
    """Deadlines of the house that ended, kept or missed; and how many are at risk now."""
    ended, risk = f.by_first("clock"), f.by_first("risk")
    breaches = f.by_first("breach")
    codes = sorted({*ended, *risk, *breaches}, key=lambda code: (-_met(ended, code, "late"), -_sum(ended, code), code))
    rows: list[tuple[Cell, ...]] = []
    for code in codes:
        met, late = _met(ended, code, "met"), _met(ended, code, "late")
        now = (_met(risk, code, "late"), _met(risk, code, "risk"))
        rows.append((words.deadline(code), met, late, share(met, met + late), *now))
    kept, missed = f.total("clock", two="met"), f.total("clock", two="late")
    said = _("Every deadline was kept.") if kept and not missed else _("No deadline ended.")
    if missed:
        said = n_(
            "%(num)s deadline was missed, %(kept)s of all were kept.",
            "%(num)s deadlines were missed, %(kept)s of all were kept.",
            missed,
            kept=cell_words(share(kept, kept + missed), "share"),
        )
    steps = queries.by_step(f.period, "clock")
    return Figure(
        "deadlines",
        _("Deadlines"),
        said,
        Table(
            (
                (_("Deadline"), "words"),
                (_("Kept in time"), "count"),
                (_("Missed"), "count"),
                (_("Kept in time, share"), "share"),
                (_("Late now"), "count"),
                (_("At risk now"), "count"),
            ),
            rows,
        ),
        Drawing(
            "columns",
            [day_words(day) for day in steps],
            [
                Series(_("Kept in time"), "accent", [n["met"] for n in steps.values()]),
                Series(_("Missed"), "danger", [n["late"] for n in steps.values()]),
            ],
        ),
    )


def speed(f: Figures) -> Figure:
    """How long a case was open until its first decision."""
    found = {code: f.total("speed", code) for code, _hours in SPEEDS}
    labels, total, sofar = span_words(SPEEDS), sum(found.values()), 0
    rows: list[tuple[Cell, ...]] = []
    for code, n in found.items():
        sofar += n
        rows.append((labels[code], n, share(sofar, total)))
    quick = sum(found[code] for code in ("h1", "h8", "h24"))
    return Figure(
        "speed",
        _("Time to the first decision"),
        _("%(share)s of the cases were decided within a day.", share=cell_words(share(quick, total), "share"))
        if total
        else _("Nothing was decided."),
        Table(((_("Open for"), "words"), (_("Cases"), "count"), (_("Decided until then"), "share")), rows),
        Drawing("bars", list(labels.values()), [Series(_("Cases"), "accent", list(found.values()))]),
    )


def span_words(steps: tuple[tuple[str, int], ...]) -> dict[str, str]:
    """What each step of time is called: 'up to 3 d', and the last one 'longer'."""
    found = {
        code: n_("up to %(num)s day", "up to %(num)s days", hours // 24)
        if hours >= 24
        else n_("up to %(num)s hour", "up to %(num)s hours", hours)
        for code, hours in steps[:-1]
    }
    return found | {steps[-1][0]: _("longer")}


def _age(hours: int) -> str:
    """How old the oldest case is; it is counted in whole hours."""
    return words.span(timedelta(hours=hours)) if hours else _("under an hour")


def _sum(table: Mapping[str, Counter[str]], code: str) -> int:
    return table[code].total() if code in table else 0


def _finished(ended: Counter[str]) -> int:
    """Without cases that were merged into another: their reports wait on there."""
    return ended.total() - ended["merged"]


def _met(table: Mapping[str, Counter[str]], code: str, state: str) -> int:
    return table[code][state] if code in table else 0


def _n(cell: Cell) -> float:
    return cell if isinstance(cell, int | float) else 0
