"""Figures of the rule book in words, in the reader's language: lengths, how sure we are, grounds, measures.

For /how, the desk's copy of the book, letters and pages alike, so that one figure reads the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable

from webapp.core.i18n import _, language, lazy, n_, pick
from webapp.domain.policy.shape import Book, ClockKind, Mark, Span

# The groups of kinds, in the order the form asks for them.
SECTIONS = {
    "person": lazy("About a person"),
    "work": lazy("About a work or another right"),
    "label": lazy("About AI labels"),
    "virtual": lazy("About virtual humans"),
    "public": lazy("Of concern to everyone"),
}


def joined(parts: Iterable[str]) -> str:
    """Several wordings after one another, as the language separates them."""
    return ("；" if language() == "zh" else "; ").join(parts)


def listed(parts: Iterable[str]) -> str:
    """A short list in one line: "a, b and c"."""
    given = list(parts)
    if language() == "zh" or len(given) < 2:
        return "、".join(given)
    return f"{', '.join(given[:-1])} and {given[-1]}"


def length(span: Span) -> str:
    """A span in words: "24 hours", "15 days", "20 working days in China", "14 US business days"."""
    if span.minutes is not None:
        return str(n_("%(num)s minute", "%(num)s minutes", span.minutes))
    if span.hours is not None:
        return str(n_("%(num)s hour", "%(num)s hours", span.hours))
    days = span.days or 0
    if span.calendar == "CN_WORKDAYS":
        return str(n_("%(num)s working day in China", "%(num)s working days in China", days))
    if span.calendar == "US_BUSINESS_DAYS":
        return str(n_("%(num)s US business day", "%(num)s US business days", days))
    return str(n_("%(num)s day", "%(num)s days", days))


def clock_length(clock: ClockKind, book: Book) -> str:
    """How long a clock runs, in words; by priority where that decides."""
    if clock.span is None:
        shares = [
            _("%(priority)s: %(length)s", priority=pick(book.priorities[code].words), length=length(span))
            for code, span in clock.by_priority.items()
        ]
        return joined(shares)
    text = length(clock.span)
    if clock.earliest is not None:
        text = _("not before %(earliest)s, at most %(latest)s", earliest=length(clock.earliest), latest=text)
    if clock.span.rolls:
        text = _("%(length)s; a last day off moves to the next working day", length=text)
    return text


def clock_range(clock: ClockKind, book: Book) -> str:
    """The same in a few words: "24 hours", "1 hour to 72 hours, by urgency"."""
    spans = list(clock.by_priority.values())
    if not spans or spans[0] == spans[-1]:
        return clock_length(clock, book)
    return _("%(shortest)s to %(longest)s, by urgency", shortest=length(spans[0]), longest=length(spans[-1]))


def window(clock: ClockKind) -> str:
    """The same as a mere figure: "15 days", "10–14 US business days"; '' where it depends on the urgency."""
    if clock.span is None:
        return ""
    from_day = f"{clock.earliest.days}–" if clock.earliest else ""
    return from_day + length(clock.span)


def origin(clock: ClockKind, book: Book) -> str:
    """Where a clock's number comes from, for everybody: the law, or us, with or without its asking."""
    if clock.hard:
        return _("Set by law")
    if any(book.bases[code].regime != "HOUSE" for code in clock.bases):
        return _("The law gives no number; our figure")
    return _("Our default")


def mark_words(mark: Mark) -> str:
    """How sure a value is, in words for the desk."""
    return {
        "V": _("read in the primary text"),
        "V2": _("read second-hand"),
        "T": _("tested"),
        "K": _("from knowledge, not read"),
        "D": _("our default"),
        "U": _("not verified"),
    }[mark]


def grounds(codes: Iterable[str], book: Book, of_decision: bool = False) -> str:
    """Citations of legal bases, without drafts; `of_decision` leaves out background no decision may rest on."""
    bases = [book.bases[code] for code in codes]
    return joined(pick(b.citation) for b in bases if b.status == "in_force" and (b.cited or not of_decision))


def measure_names(codes: Iterable[str], book: Book) -> str:
    """Names of measures, as one line."""
    return joined(pick(book.actions[code].words) for code in codes)


def days_of(days: Iterable[int]) -> str:
    """The lengths a measure or rung may have: "1 / 3 days"; '' when it has none."""
    given = list(days)
    if len(given) < 2:
        return str(n_("%(num)s day", "%(num)s days", given[0])) if given else ""
    return _("%(days)s days", days=" / ".join(str(number) for number in given))
