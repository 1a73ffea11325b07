"""What in the rule book names what: every code named exists, and the parts agree with one another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from webapp.domain.policy.queue_references import queue_wrongs
from webapp.domain.policy.reason_references import reason_wrongs
from webapp.domain.policy.shape import Book, ClockKind, Cure, Kind

Place = tuple[str | int, ...]
Wrong = tuple[Place, str]


def wrongs(book: Book) -> Iterator[Wrong]:
    """Everything the shape alone cannot see: (place, one sentence without its full stop), in the order of the files."""
    if book.version not in book.editions:
        yield ("version",), f"version {book.version!r} is not described in editions.toml"
    yield from _bases(book)
    yield from _regimes(book)
    yield from _clocks(book)
    yield from _standing(book)
    yield from _actions(book)
    for code, kind in book.kinds.items():
        yield from _kind(book, code, kind)
    yield from _orders(book)
    yield from _ladder(book)
    yield from _conduct(book)
    yield from _harms(book)
    yield from _hearing(book)
    yield from queue_wrongs(book)
    yield from reason_wrongs(book)
    yield from _named(("quality", "sample", "rates"), book.quality.sample.rates, book.queues.queue, "queues")
    for number, duty in enumerate(book.labels.duties):
        place = ("labels", "duties", number, "measure")
        yield from _named(place, filter(None, [duty.measure]), book.actions, "actions")
    for number, step in enumerate(book.published.steps):
        yield from _named(("published", "steps", number, "clocks"), step.clocks, book.clocks, "clocks")


def _named(place: Place, names: Iterable[str], known: Collection[str], where: str) -> Iterator[Wrong]:
    spot = ".".join(str(step) for step in place[1:])
    for name in names:
        if name not in known:
            yield place, f"{spot} names {name!r}, which is not in {where}"


def _bases(book: Book) -> Iterator[Wrong]:
    for code, basis in book.bases.items():
        yield from _named(("bases", code, "regime"), [basis.regime], book.regimes, "regimes.toml")


def _regimes(book: Book) -> Iterator[Wrong]:
    if "HOUSE" not in book.regimes or not book.regimes["HOUSE"].enabled:
        yield ("regimes", "HOUSE"), "HOUSE must be there and enabled: its clocks run in every case"
    for code, regime in book.regimes.items():
        here = ("regimes", code)
        yield from _named((*here, "bases"), regime.bases, book.bases, "bases.toml")
        yield from _named((*here, "notice"), regime.notice, book.evidence, "evidence.toml")
        yield from _named((*here, "counter"), regime.counter, book.fields, "fields.toml")
        if regime.counter and not regime.counter_allowed:
            yield (*here, "counter"), f"{code}.counter asks for fields although counter_allowed is not set"
        if regime.counter_allowed and not regime.counter:
            yield (*here, "counter_allowed"), f"{code} allows a counter-notice but says nothing of what it must carry"
        if regime.wait:
            yield from _named((*here, "wait"), [regime.wait], book.clocks, "clocks")
            clock = book.clocks.get(regime.wait)
            if clock and (not clock.serves([code]) or clock.on != "counter"):
                yield (*here, "wait"), f"{code}.wait names {regime.wait}, which does not run on its counter-notices"


def _clocks(book: Book) -> Iterator[Wrong]:
    for code, clock in book.clocks.items():
        here = ("clocks", code)
        yield from _named((*here, "regime"), [clock.regime], book.regimes, "regimes.toml")
        yield from _named((*here, "also"), clock.also, book.regimes, "regimes.toml")
        yield from _named((*here, "bases"), clock.bases, book.bases, "bases.toml")
        yield from _named((*here, "kinds"), clock.kinds, book.kinds, "kinds")
        yield from _named((*here, "by_priority"), clock.by_priority, book.priorities, "priorities.toml")
        yield from _length(here, code, clock)
        if clock.hard and clock.mark == "D":
            yield (*here, "hard"), f"{code} is marked D, a default of ours, and so cannot be a number of the law"
        if clock.hard and not clock.bases:
            yield (*here, "hard"), f"{code} is said to be a number of the law but names no basis"
    open_days = book.clocks["APPEAL_OPEN_HOUSE"].span if "APPEAL_OPEN_HOUSE" in book.clocks else None
    if open_days is None or open_days.days != book.numbers.appeal_days:
        yield ("numbers", "appeal_days"), "numbers.appeal_days must be the days of APPEAL_OPEN_HOUSE in clocks"
    decision = book.clocks.get("DECISION")
    if decision is None or decision.regime != "HOUSE":
        yield ("clocks",), "DECISION must be there, as a clock of HOUSE: every case is decided in time"
        return
    for code, priority in book.priorities.items():
        span = decision.by_priority.get(code)
        if span is None or span.hours != priority.decision_hours:
            yield (
                ("clocks", "DECISION", "by_priority"),
                f"DECISION.by_priority.{code} must be {priority.decision_hours} hours, as in priorities.toml",
            )


def _length(here: Place, code: str, clock: ClockKind) -> Iterator[Wrong]:
    if clock.starts in clock.ends:
        yield (*here, "ends"), f"{code} ends with what starts it"
    if not clock.earliest:
        return
    if clock.span is None or clock.span.calendar != clock.earliest.calendar:
        yield (*here, "earliest"), f"{code}.earliest and {code}.span run in different calendars"
    elif clock.span.days is None or clock.earliest.days is None or clock.earliest.days > clock.span.days:
        yield (*here, "earliest"), f"{code}.earliest is later than {code}.span"


def _standing(book: Book) -> Iterator[Wrong]:
    for code, basis in book.standing.items():
        yield from _named(("standing", code, "requires"), basis.requires, book.evidence, "evidence.toml")
        yield from _named(("standing", code, "optional"), basis.optional, book.evidence, "evidence.toml")
    for group, row in book.matrix.items():
        for basis_code in row:
            yield from _named(("matrix", group, basis_code), [basis_code], book.standing, "standing.toml")
        if not row:
            yield ("matrix", group), f"{group}: nobody may file this group"


def _actions(book: Book) -> Iterator[Wrong]:
    for code, action in book.actions.items():
        here = ("actions", code)
        if action.undoes:
            if action.inverse or action.days or action.dsa or action.rung:
                yield here, f"{code} takes a measure back and so has no inverse, days, rung or dsa of its own"
            continue
        if action.target == "none":
            continue
        if not (action.inverse and action.reads and action.shows and action.effect):
            yield here, f"{code} needs inverse, reads, shows and effect: what cannot be undone is not offered"
            continue
        yield from _named((*here, "inverse"), [action.inverse], book.actions, "actions")
        back = book.actions.get(action.inverse)
        if back and not back.undoes:
            yield (*here, "inverse"), f"{code}.inverse names {action.inverse!r}, which is not marked undoes"
        if back and back.target != action.target:
            yield (*here, "inverse"), f"{code} and its inverse {action.inverse!r} have different targets"
        yield from _second(here, code, book)


def _second(here: Place, code: str, book: Book) -> Iterator[Wrong]:
    """Suspensions of 7 days or more and closures need a second person (law.md §4.4)."""
    action = book.actions[code]
    if action.rung == "close" and action.second_person_days != 0:
        yield here, f"{code} closes for good and so needs second_person_days = 0"
    if action.rung in ("limit", "suspend") and (action.second_person_days is None or action.second_person_days > 7):
        yield here, f"{code} needs second_person_days of 7 or less"
    if action.default_days is not None and action.default_days not in action.days:
        yield (*here, "default_days"), f"{code}.default_days is not one of {code}.days"
    if list(action.days) != sorted(set(action.days)) or any(days <= 0 for days in action.days):
        yield (*here, "days"), f"{code}.days must rise"


def _kind(book: Book, code: str, kind: Kind) -> Iterator[Wrong]:
    here = ("kinds", code)
    penal = {name for name, action in book.actions.items() if not action.undoes}
    for field, names, known, where in (
        ("group", (kind.group,), book.matrix, "matrix.toml"),
        ("bases", kind.bases, book.bases, "bases.toml"),
        ("regimes", kind.regimes, book.regimes, "regimes.toml"),
        ("priority", (kind.priority,), book.priorities, "priorities.toml"),
        ("required", kind.required, book.evidence, "evidence.toml"),
        ("optional", kind.optional, book.evidence, "evidence.toml"),
        ("actions", kind.actions, penal, "actions"),
        ("default_actions", kind.default_actions, kind.actions, f"{code}.actions"),
        ("interim", kind.interim, penal, "actions"),
    ):
        yield from _named((*here, field), names, known, where)
    row = book.matrix.get(kind.group, {})
    if kind.public_interest != (row.get("ANY") == "notice"):
        yield (*here, "public_interest"), f"{code}.public_interest does not fit what matrix.toml lets ANY do"
    for name, circumstance in kind.raises.items():
        yield from _named((*here, "raises", name), [circumstance.priority], book.priorities, "priorities.toml")
    if "HOUSE" not in kind.regimes:
        yield (*here, "regimes"), f"{code}.regimes lacks HOUSE, so that its house clocks would not be shown"
    if kind.cure:
        yield from _cure((*here, "cure"), code, kind.cure, penal, book)
    if kind.again:
        yield from _named((*here, "again"), [kind.again.action], kind.actions, f"{code}.actions")
        if kind.again.action in book.actions and kind.again.days not in book.actions[kind.again.action].days:
            yield (*here, "again"), f"{code}.again has {kind.again.days} days, which {kind.again.action} does not offer"
    if doubled := set(kind.required) & set(kind.optional):
        yield (*here, "optional"), f"{code} both requires and merely welcomes {', '.join(sorted(doubled))}"
    if kind.anonymous and "ID" in kind.required:
        yield (*here, "anonymous"), f"{code} is open to nameless reports and so cannot require ID"
    if book.priorities.get(kind.priority) and book.urgent(kind.priority) and {"ID", "IDDOC"} & set(kind.required):
        yield (*here, "required"), f"{code} is urgent and so must not wait for ID"
    if kind.sealed and (files := [e for e in kind.required if e in book.evidence and book.evidence[e].form == "file"]):
        yield (*here, "required"), f"{code} is sealed and so must not ask for a file ({', '.join(files)})"


def _cure(here: Place, code: str, cure: Cure, penal: Collection[str], book: Book) -> Iterator[Wrong]:
    """What the tap does and what the lapse leads to are measures; the clock the offer starts runs the same days."""
    yield from _named(here, [cure.action, *filter(None, [cure.lapse])], penal, "actions")
    spans = [
        clock.span.days
        for clock in book.clocks.values()
        if clock.enabled and clock.starts == "cure_offered" and clock.span and (not clock.kinds or code in clock.kinds)
    ]
    if spans != [cure.days]:
        yield here, f"{code}.cure.days is {cure.days}; exactly one clock that starts with cure_offered must run as long"


def _orders(book: Book) -> Iterator[Wrong]:
    seen: dict[int, str] = {}
    for code, kind in book.kinds.items():
        if kind.order in seen:
            yield ("kinds", code, "order"), f"{code}.order is the same as that of {seen[kind.order]}"
        seen[kind.order] = code


def _ladder(book: Book) -> Iterator[Wrong]:
    points = [rung.points for rung in book.ladder.rungs]
    if not points or points[0] != 0:
        yield ("ladder",), "ladder: the first rung must start at 0 points"
    for number, rung in enumerate(book.ladder.rungs):
        if number and rung.points <= points[number - 1]:
            yield ("ladder", "rungs", number, "points"), f"{rung.code}: rungs must rise in points"
        yield from _named(("ladder", "rungs", number, "actions"), rung.actions, book.actions, "actions")
        for name in rung.actions:
            offered = book.actions[name].days if name in book.actions else ()
            if missing := [days for days in rung.days if days not in offered]:
                yield (
                    ("ladder", "rungs", number, "days"),
                    f"{rung.code}.days has {missing[0]}, which {name} does not offer",
                )


def _conduct(book: Book) -> Iterator[Wrong]:
    yield from _named(("conduct", "exempt"), book.conduct.exempt, book.kinds, "kinds")
    steps = [step.code for step in book.conduct.steps]
    yield from _named(("conduct", "at_once"), book.conduct.at_once, book.conduct.grades, "the grades of conduct.toml")
    yield from _named(("conduct", "at_once"), book.conduct.at_once.values(), steps, "the steps of conduct.toml")
    if "suspended" in steps and "warning" not in steps[: steps.index("suspended")]:
        at = steps.index("suspended")
        yield ("conduct", "steps", at), "steps: a written warning comes before any suspension (DSA art 23)"


def _harms(book: Book) -> Iterator[Wrong]:
    """Classes of harm name kinds that exist; what is shown only with a reason is heavy."""
    for code, harm in book.desk.harms.items():
        yield from _named(("desk", "harms", code, "kinds"), harm.kinds, book.kinds, "kinds")
    for kind in (code for code, kind in book.kinds.items() if kind.sealed):
        of = book.desk.harm_of(kind)
        if not book.desk.harms[of].heavy:
            yield ("desk", "harms", of), f"{kind} is sealed and so belongs to a class of harms that is heavy"


def _hearing(book: Book) -> Iterator[Wrong]:
    """What is decided by ear names kinds and bases that exist."""
    test, cover = book.hearing.test, book.hearing.cover
    yield from _named(("hearing", "test", "kinds"), test.kinds, book.kinds, "kinds")
    yield from _named(("hearing", "test", "bases"), test.bases, book.bases, "bases.toml")
    yield from _named(("hearing", "cover", "kinds"), cover.kinds, book.kinds, "kinds")
    for number, right in enumerate(cover.rights):
        here = ("hearing", "cover", "rights", number)
        yield from _named((*here, "kinds"), right.kinds, book.kinds, "kinds")
        yield from _named((*here, "bases"), right.bases, book.bases, "bases.toml")
