"""The figures of decisions and of people: by kind, by reviewer, what appeals and second persons made of them.

What somebody looked at is nobody's business: exposure is here only as averages of groups, as the wellbeing room gives.
"""

from __future__ import annotations

from collections import Counter

from webapp.core.i18n import _, pick
from webapp.desk import words
from webapp.desk.counted import MOST
from webapp.desk.tabled import ENOUGH, Cell, Drawing, Figure, Series, Sort, Table, cell_words, few, share
from webapp.domain.figures.queries import Figures
from webapp.domain.policy.queries import book
from webapp.domain.staff import queries as staff
from webapp.domain.wellbeing import queries as wellbeing

CHANGED = ("varied", "reversed")  # outcomes of an appeal that did not leave the first decision as it was
OUTCOMES = ("upheld", *CHANGED)
ANSWERS = ("agreed", "refused", "outdated")


def kinds(f: Figures) -> Figure:
    """First decisions by kind of violation, found or not."""
    found = f.by_first("decided")
    codes = sorted(found, key=lambda code: (-found[code].total(), code))
    rows = [_verdicts(words.kind(code), found[code]) for code in codes]
    all_of_them = sum(found.values(), Counter())
    return Figure(
        "kinds",
        _("Decisions by kind"),
        _(
            "%(n)s cases were decided; in %(share)s a violation was found.",
            n=cell_words(all_of_them.total()),
            share=cell_words(share(all_of_them["upheld"], all_of_them.total()), "share"),
        )
        if all_of_them
        else _("Nothing was decided."),
        Table(_verdict_columns(_("Kind")), rows),
        _verdict_bars([words.kind(code) for code in codes[:MOST]], [found[code] for code in codes[:MOST]]),
    )


def reviewers(f: Figures) -> Figure:
    """First decisions by reviewer, and what appeals made of them."""
    found, appeals = f.by_first("reviewer"), f.by_first("appeal_of")
    names = staff.names({*found, *appeals})
    codes = sorted({*found, *appeals} & names.keys(), key=lambda code: names[code])
    rows: list[tuple[Cell, ...]] = []
    for code in codes:
        made, heard = found.get(code, Counter()), appeals.get(code, Counter())
        changed = sum(heard[outcome] for outcome in CHANGED)
        rows.append((*_verdicts(names[code], made), heard.total(), share(changed, heard.total(), ENOUGH)))
    return Figure(
        "reviewers",
        _("Decisions by reviewer"),
        _("How much somebody decides says how the work is spread, not how good it is."),
        Table(
            (*_verdict_columns(_("Reviewer")), (_("Appeals heard"), "count"), (_("Changed on appeal"), "share")), rows
        ),
        _verdict_bars([names[code] for code in codes], [found.get(code, Counter()) for code in codes]),
        notes=(few(),),
    )


def appeals(f: Figures) -> Figure:
    """What appeals made of first decisions, by kind."""
    found = f.by_first("appeal")
    codes = sorted(found, key=lambda code: (-found[code].total(), code))
    rows: list[tuple[Cell, ...]] = []
    for code in codes:
        changed = sum(found[code][outcome] for outcome in CHANGED)
        counts = [found[code][outcome] for outcome in OUTCOMES]
        rows.append((words.kind(code), *counts, share(changed, found[code].total(), ENOUGH)))
    heard, changed = f.total("appeal"), sum(f.total("appeal", two=outcome) for outcome in CHANGED)
    said = _("No appeal was decided.")
    if heard:
        said = _(
            "%(n)s appeals were decided; %(changed)s changed the first decision.",
            n=cell_words(heard),
            changed=cell_words(changed),
        )
    names = {"upheld": _("Left as it was"), "varied": _("Changed"), "reversed": _("Reversed")}
    return Figure(
        "appeals",
        _("Appeals"),
        said,
        Table(
            ((_("Kind"), "words"), *((names[o], "count") for o in OUTCOMES), (_("Changed, share"), "share")),
            rows,
        ),
        Drawing(
            "bars",
            [words.kind(code) for code in codes[:MOST]],
            [
                Series(names["upheld"], "accent", [found[code]["upheld"] for code in codes[:MOST]]),
                Series(names["varied"], "other", [found[code]["varied"] for code in codes[:MOST]]),
                Series(names["reversed"], "danger", [found[code]["reversed"] for code in codes[:MOST]]),
            ],
        ),
        notes=(few(),),
    )


def second(f: Figures) -> Figure:
    """What second persons answered to proposed decisions."""
    names = {"agreed": _("Agreed"), "refused": _("Sent back"), "outdated": _("Fell away: the case had changed")}
    counts = {code: f.total("second", code) for code in ANSWERS}
    answered = counts["agreed"] + counts["refused"]
    said = _("No second person answered in this period.")
    if answered:
        said = _(
            "Second persons agreed to %(share)s of %(n)s proposed decisions.",
            share=cell_words(share(counts["agreed"], answered), "share"),
            n=cell_words(answered),
        )
    return Figure(
        "second",
        _("Second persons"),
        said,
        Table(((_("Answer"), "words"), (_("Decisions"), "count")), [(names[code], counts[code]) for code in ANSWERS]),
        Drawing("bars", list(names.values()), [Series(_("Decisions"), "accent", list(counts.values()))]),
    )


def exposure(f: Figures) -> Figure:
    """What looking cost, week by week: averages over people, groups that are too small left out."""
    harms = book().desk.harms
    rows: list[tuple[Cell, ...]] = [
        (
            one.week,
            pick(harms[one.harm].words),
            one.people,
            one.items,
            (one.seconds or 0) / 60,
        )
        for one in reversed(wellbeing.aggregates())
        if one.people is not None and one.harm in harms and harms[one.harm].heavy
    ]
    return Figure(
        "exposure",
        _("Looking at heavy content"),
        _(
            "Averages over everybody who looked at any, per shift. Weeks in which fewer than %(n)s people did are left "
            "out, and nobody's own numbers are shown to others.",
            n=book().desk.smallest_group,
        ),
        Table(
            (
                (_("Week from"), "words"),
                (_("Class"), "words"),
                (_("People"), "count"),
                (_("Files a shift"), "decimal"),
                (_("Minutes a shift"), "decimal"),
            ),
            rows,
        ),
    )


def _verdicts(name: str, found: Counter[str]) -> tuple[Cell, ...]:
    total = found.total()
    return (name, total, found["upheld"], found["rejected"], share(found["upheld"], total, ENOUGH))


def _verdict_columns(first: str) -> tuple[tuple[str, Sort], ...]:
    return (
        (first, "words"),
        (_("Decided"), "count"),
        (str(words.VERDICTS["upheld"]), "count"),
        (str(words.VERDICTS["rejected"]), "count"),
        (_("Found, share"), "share"),
    )


def _verdict_bars(labels: list[str], found: list[Counter[str]]) -> Drawing:
    return Drawing(
        "bars",
        labels,
        [
            Series(str(words.VERDICTS["upheld"]), "accent", [one["upheld"] for one in found]),
            Series(str(words.VERDICTS["rejected"]), "plain", [one["rejected"] for one in found]),
        ],
    )
