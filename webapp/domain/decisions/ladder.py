"""The ladder: points earned, the rung they lead to, and what the account gets for it. Pure arithmetic (law.md §5.2).

Points = the book's base × the heaviest factor a reviewer ticked × each factor the software found, rounded half up
(1 × 1.5 = 2: a repeat always weighs more), plus what is added or taken off, never below 0. Ticked factors do not
multiply each other: law.md says "×2 commercial use *or* more than 100,000 views". An accepted defence makes it 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from webapp.core.errors import Refused
from webapp.domain.decisions.rules import WEIGHTS, Choice, Forecast
from webapp.domain.decisions.statements import weighed
from webapp.domain.policy.shape import Book, Rung

# What may weigh besides the modifiers of the book; words in statement.toml under "why_…".
WHY = ("first_is_free", "batch", "zero_tolerance", "no_warning_yet", "no_account", "set_aside")
FOREVER = datetime.max.replace(tzinfo=UTC)
Measures = tuple[tuple[str, int | None], ...]


@dataclass(frozen=True)
class StrikeFact:
    """A strike of the account that still counts."""

    kind: str
    points: int
    rung: str
    issued_at: datetime
    expires_at: datetime | None  # None = never


@dataclass(frozen=True)
class Record:
    """What is known of an account before a decision.

    `strikes` are those that count now, of other cases; `upheld` how often this ground was found before; `warned`
    whether an account measure was ever recorded (and not taken back); `batch` the points that other items of the same
    batch earned (see `queries.record_of`), None when this is no part of a batch.
    """

    strikes: Sequence[StrikeFact] = ()
    upheld: int = 0
    warned: bool = False
    batch: int | None = None
    known: bool = True


def forecast(choice: Choice, record: Record, moment: datetime, book: Book) -> Forecast:
    """What `choice` would do to the account at `moment`.

    Raises Refused: 'set_aside_reason_missing' (lighter than the ladder), 'warning_first' (suspension or closure without
    a warning before); with `choice.set_aside` either is possible and the reason is kept.
    """
    before = sum(strike.points for strike in record.strikes)
    ends = _ends(record.strikes)
    if choice.verdict != "upheld":
        return Forecast(before, 0, 0, before, "", (), (), ends)
    chosen = tuple((kind, days) for kind, days in choice.actions if _weighs(kind, book))
    if not record.known:
        return Forecast(0, 0, 0, 0, "", (), chosen, (), ("no_account",))
    base = book.kinds[choice.ground].points
    earned, why = _earned(choice, record, base, book)
    after = before + earned
    rung, because = _rung(choice, record, earned, after, book)
    asked = _asked(rung, record.strikes, book)
    taken, aside = _taken(asked, chosen, choice, record, book)
    expires = moment + timedelta(days=rung.points_days) if earned and rung.points_days is not None else None
    new = [StrikeFact(choice.ground, earned, rung.code, moment, expires)] if earned else []
    return Forecast(
        before,
        base,
        earned,
        after,
        rung.code,
        asked,
        taken,
        _ends([*record.strikes, *new]),
        tuple(dict.fromkeys((*why, *because, *aside))),
        expires,
        defence=choice.defence,
        set_aside=choice.set_aside.strip() if aside else "",
    )


def _earned(choice: Choice, record: Record, base: int, book: Book) -> tuple[int, tuple[str, ...]]:
    """(points, what weighed)."""
    kind, known = book.kinds[choice.ground], book.ladder.modifiers
    zero = [code for code, m in known.items() if m.zero and (choice.defence or code in choice.modifiers)]
    if zero:
        return 0, tuple(zero[:1])
    if kind.first_is_free and record.upheld == 0:
        return 0, ("first_is_free",)
    ticked = [code for code in known if code in choice.modifiers]
    found = [code for code, m in known.items() if m.automatic and _again(choice.ground, record)]
    factor = max((Decimal(str(known[code].factor)) for code in ticked), default=Decimal(1))
    for code in found:
        factor *= Decimal(str(known[code].factor))
    weighed = int((base * factor).quantize(Decimal(1), ROUND_HALF_UP))
    points = max(0, weighed + sum(known[code].plus for code in ticked))
    if record.batch is not None:
        # Several items of one batch are one violation: only what this one weighs more than the others counts.
        return max(0, points - record.batch), (*ticked, *found, "batch")
    return points, (*ticked, *found)


def _again(ground: str, record: Record) -> bool:
    """Repeat: the same ground while earlier points for it count. Another item of the same batch is no repeat."""
    return record.batch is None and any(strike.kind == ground for strike in record.strikes)


def _rung(choice: Choice, record: Record, earned: int, after: int, book: Book) -> tuple[Rung, tuple[str, ...]]:
    """(rung, why it is not the one the points say).

    Intent shown in a kind of zero tolerance leads to the last rung at once. Otherwise suspension and closure need a
    warning recorded before (DSA art 23(1)); without one the account gets the heaviest rung below them.
    """
    rungs, known = book.ladder.rungs, book.ladder.modifiers
    if _severe(choice, book) and not choice.defence and any(known[code].intent for code in choice.modifiers):
        return rungs[-1], ("zero_tolerance",)
    if not earned:
        return rungs[0], ()
    place = max(n for n, rung in enumerate(rungs) if rung.points <= after)
    if _severe(choice, book) or record.warned:
        return rungs[place], ()
    lower = place
    while lower and any(_warned_first(a, book) for a in rungs[lower].actions):
        lower -= 1
    return rungs[lower], ("no_warning_yet",) if lower < place else ()


def _severe(choice: Choice, book: Book) -> bool:
    """Whether suspension and closure need no warning before."""
    return book.kinds[choice.ground].zero_tolerance


def _warned_first(kind: str, book: Book) -> bool:
    """Whether a measure is a suspension or a closure, which come after a warning (DSA art 23(1))."""
    return book.actions[kind].rung in WEIGHTS[2:]


def _asked(rung: Rung, strikes: Sequence[StrikeFact], book: Book) -> Measures:
    """The rung's measures, with the days of the n-th time on it; times whose points have ended do not count."""
    times = sum(strike.rung == rung.code for strike in strikes)
    days = rung.days[min(times, len(rung.days) - 1)] if rung.days else None
    return tuple((action, days if book.actions[action].days else None) for action in rung.actions)


def _weighs(kind: str, book: Book) -> bool:
    entry = book.actions[kind]
    return entry.target == "account" and entry.rung != ""


def _weight(action: tuple[str, int | None], book: Book) -> tuple[int, float]:
    kind, days = action
    return WEIGHTS.index(book.actions[kind].rung), float("inf") if days is None else days


def contains(had: tuple[str, int | None], wanted: tuple[str, int | None], book: Book) -> bool:
    """Whether (kind, days) `had` is at least as heavy as `wanted`: the same for as long, or further up the ladder."""
    if _weighs(had[0], book) and _weighs(wanted[0], book):
        return _weight(had, book) >= _weight(wanted, book)
    return had[0] == wanted[0] and (had[1] is None or (wanted[1] is not None and had[1] >= wanted[1]))


def _taken(
    asked: Measures, chosen: Measures, choice: Choice, record: Record, book: Book
) -> tuple[Measures, tuple[str, ...]]:
    """The ladder's measures, unless the reviewer chose one at least as heavy or says why the ladder is set aside.

    Suspending or closing by hand an account that was never warned wants that reason too, as the ladder itself would
    not go there.
    """
    reason = choice.set_aside.strip()
    if not (record.warned or _severe(choice, book)) and any(_warned_first(kind, book) for kind, _days in chosen):
        if not reason:
            raise Refused("warning_first")
        return chosen, ("no_warning_yet", "set_aside")
    heaviest = max((_weight(action, book) for action in asked), default=(0, 0.0))
    if not asked or (chosen and max(_weight(action, book) for action in chosen) >= heaviest):
        return chosen, ()
    if reason:
        return chosen, ("set_aside",)
    if chosen:
        raise Refused("set_aside_reason_missing")
    return asked, ()


def _ends(strikes: Sequence[StrikeFact]) -> tuple[tuple[int, datetime | None], ...]:
    points: Counter[datetime | None] = Counter()
    for strike in strikes:
        points[strike.expires_at] += strike.points
    found = sorted(points.items(), key=lambda item: item[0] or FOREVER)
    return tuple((number, at) for at, number in found if number)


def sentence(of: Forecast, code: str, book: Book, day: Callable[[datetime, str], str]) -> str:
    """The forecast in one sentence of language `code`: "3 points active, +2 makes 5: no posting for 1 day; …".

    `day` writes a date in a language and in the operator's time zone.
    """

    def say(name: str, **values: object) -> str:
        name = f"{name}_one" if values.get("n") == 1 and f"{name}_one" in book.statement else name
        return str(getattr(book.statement[name], code)).format(**values)

    if of.why == ("no_account",):
        return say("ladder_no_account")
    measures = [_measure(kind, days, code, book, say) for kind, days in of.actions]
    says = say("ladder_nothing") if not measures else say("and").join(measures)
    active = say("ladder_active", n=of.before)
    head = (
        say("ladder_none", active=active)
        if not of.earned
        else say("ladder_sum", active=active, earned=of.earned, after=of.after)
    )
    parts = [say("ladder_leads", sum=head, measures=says)]
    by_day: Counter[str] = Counter()
    for points, at in of.ends:
        by_day[day(at, code) if at else ""] += points
    parts += [say("ladder_ends", n=n, date=date) if date else say("ladder_stays", n=n) for date, n in by_day.items()]
    why = weighed(of.why, code, book)
    if why:
        parts.append(say("ladder_why", why=why))
    return say("semicolon").join(parts) + say("full_stop")


def _measure(kind: str, days: int | None, code: str, book: Book, say: Callable[..., str]) -> str:
    words = str(getattr(book.actions[kind].words, code))
    words = words[:1].lower() + words[1:]
    return say("ladder_days", n=days, measure=words) if days else words
