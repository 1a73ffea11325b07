"""Saying why: the statement of reasons for the respondent, the short outcome for a reporter, both from the book."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from webapp.domain.decisions.rules import ActionFact, Outcome
from webapp.domain.policy.shape import Basis, Book

Day = Callable[[datetime, str], str]
HOUSE = "HOUSE"


class _Speaker:
    """Sentences of the book in one language ('zh' or 'en'); `day` writes a date in it."""

    def __init__(self, code: str, book: Book, day: Day) -> None:
        self.code, self.book, self._day = code, book, day

    def say(self, name: str, **values: object) -> str:
        return self.words(self.book.statement[name]).format(**values).strip()

    def words(self, of: Any) -> str:
        return str(getattr(of, self.code))

    def day(self, moment: datetime) -> str:
        return self._day(moment, self.code)

    def has(self, name: str) -> bool:
        return name in self.book.statement

    def listed(self, items: Iterable[str], mark: str = "comma") -> str:
        return self.words(self.book.statement[mark]).join(items)

    def measures(self, facts: Iterable[ActionFact]) -> str:
        return self.listed(self.words(self.book.actions[f.kind].words) for f in facts)


def statement_parts(outcome: Outcome, code: str, book: Book, day: Day) -> list[dict[str, str]]:
    """The statement of reasons in one language, in the order of DSA art 17(3) (law.md §6.1): restrictions with their
    place and time; facts; source and automation; the law or the rules; how to contest; what can be done now.

    Facts come from the reviewer's public reason; the sentences, the law and the redress from the book. No reporter is
    named: where a law demands it, the forwarded notice does (regimes.toml `forwards_name`).
    """
    speaker = _Speaker(code, book, day)
    texts = {
        "measures": _measures(outcome, speaker),
        "facts": _facts(outcome, speaker),
        "source": [
            speaker.say(f"source_{outcome.source}"),
            speaker.say("automation_compared" if outcome.compared else "automation_none"),
        ],
        "ground_law": _law(outcome, speaker),
        "ground_terms": _terms(outcome, speaker),
        "redress": _redress(outcome, speaker),
        "now": [speaker.say(f"now_{book.kinds[outcome.ground].section}")],
    }
    return [{"title": speaker.say(f"{name}_title"), "text": "\n".join(lines)} for name, lines in texts.items() if lines]


def _measures(outcome: Outcome, speaker: _Speaker) -> list[str]:
    lines = [_about(outcome, speaker)]
    lines += [_measure(fact, outcome.decided_at, speaker) for fact in outcome.actions]
    if not outcome.actions:
        lines.append(speaker.say("measures_over"))
    else:
        lines.append(speaker.say("territory"))
    if outcome.undone:
        lines.append(speaker.say("undone", measures=speaker.measures(outcome.undone)))
    return [*lines, *_points(outcome, speaker)]


def _about(outcome: Outcome, speaker: _Speaker) -> str:
    """The ticket and the content as the account knows it: its own title and number, never a picture or an address."""
    what = []
    if outcome.subject_title:
        what.append(speaker.say("what_title", title=outcome.subject_title))
    if outcome.content_ref:
        what.append(speaker.say("what_number", number=outcome.content_ref))
    named = speaker.listed(what) if what else speaker.say("what_unnamed")
    return speaker.say("about", reference=outcome.case_reference, what=named)


def _measure(fact: ActionFact, decided_at: datetime, speaker: _Speaker) -> str:
    entry = speaker.book.actions[fact.kind]
    said: dict[str, object] = {
        "measure": speaker.words(entry.words),
        "effect": speaker.words(entry.effect) if entry.effect else "",
        "start": speaker.day(decided_at),
    }
    if fact.ends_at is None:
        return speaker.say("measure" if entry.rung == "warn" else "measure_open", **said)
    said["end"] = speaker.day(fact.ends_at)
    if fact.days:
        return speaker.say("measure_days_one" if fact.days == 1 else "measure_days", days=fact.days, **said)
    return speaker.say("measure_until", **said)


def _points(outcome: Outcome, speaker: _Speaker) -> list[str]:
    if outcome.verdict == "provisional":
        return [speaker.say("provisional")]
    kept = outcome.forecast
    if not outcome.points or kept is None:
        lines = [speaker.say("no_points")]
    elif outcome.points_expire_at is None:
        lines = [speaker.say("points_for_good", points=outcome.points, after=kept.after)]
    else:
        date = speaker.day(outcome.points_expire_at)
        name = "points_one" if outcome.points == 1 else "points"
        lines = [speaker.say(name, points=outcome.points, date=date, after=kept.after)]
    if kept is not None and kept.why and kept.why != ("no_account",):
        lines.append(speaker.say("points_why", why=weighed(kept.why, speaker.code, speaker.book)))
    rungs = {speaker.book.actions[f.kind].rung for f in outcome.actions if speaker.book.actions[f.kind].rung}
    if rungs and "close" not in rungs:
        lines.append(speaker.say("warning"))  # what DSA art 23(1) calls a prior warning
    return lines


def weighed(why: Iterable[str], code: str, book: Book) -> str:
    """The circumstances that weighed, in words: modifiers of the ladder, and ladder.WHY."""
    known = book.ladder.modifiers
    said = [str(getattr(known[c].words if c in known else book.statement[f"why_{c}"], code)) for c in why]
    return str(getattr(book.statement["comma"], code)).join(text[:1].lower() + text[1:] for text in said)


def _facts(outcome: Outcome, speaker: _Speaker) -> list[str]:
    lines = [outcome.reason]
    if outcome.forecast is not None and outcome.forecast.defence:
        defence = speaker.words(speaker.book.defences[outcome.forecast.defence])
        lines.append(speaker.say("defence", defence=defence))
    kind = speaker.book.kinds[outcome.ground]
    matched = f"matched_{kind.biometric or kind.section}"
    if outcome.verdict == "upheld" and speaker.has(matched):
        lines.append(speaker.say(matched))
    return lines


def law_of(outcome: Outcome, book: Book) -> list[Basis]:
    """The law the ground rests on: in force when it was decided, under a regime served here; drafts are never cited."""
    bases = [book.bases[code] for code in book.kinds[outcome.ground].bases]
    return [b for b in bases if b.regime in _served(outcome, book) and b.regime != HOUSE and _cites(b, outcome)]


def terms_of(outcome: Outcome, book: Book) -> list[Basis]:
    """The clauses of the house the ground rests on."""
    bases = [book.bases[code] for code in book.kinds[outcome.ground].bases]
    return [b for b in bases if b.regime == HOUSE and _cites(b, outcome)]


def _cites(basis: Basis, outcome: Outcome) -> bool:
    begun = not basis.since or basis.since <= outcome.decided_at.date().isoformat()
    return basis.cited and basis.status == "in_force" and begun


def _served(outcome: Outcome, book: Book) -> list[str]:
    """Regimes of the ground that this installation serves; elected ones where a report elected them."""
    return [
        code
        for code in book.enabled_regimes(outcome.ground)
        if not book.regimes[code].elected or code in outcome.regimes
    ]


def _law(outcome: Outcome, speaker: _Speaker) -> list[str]:
    bases = law_of(outcome, speaker.book)
    return _ground("ground_law", outcome, speaker, bases) if bases else []


def _terms(outcome: Outcome, speaker: _Speaker) -> list[str]:
    bases = terms_of(outcome, speaker.book)
    if bases:
        return _ground("ground_terms", outcome, speaker, bases)
    return [] if law_of(outcome, speaker.book) else _ground("ground_terms_only", outcome, speaker, [])


def _ground(name: str, outcome: Outcome, speaker: _Speaker, bases: list[Basis]) -> list[str]:
    kind = speaker.words(speaker.book.kinds[outcome.ground].name)
    cited = speaker.listed((speaker.words(b.citation) for b in bases), "semicolon")
    lines = [speaker.say(name, kind=kind, house=speaker.words(speaker.book.house), bases=cited)]
    return [*lines, speaker.say("claimed")] if outcome.verdict == "provisional" else lines


def _redress(outcome: Outcome, speaker: _Speaker) -> list[str]:
    if outcome.verdict == "provisional":
        return [speaker.say("redress_provisional")]
    lines = [speaker.say("redress", date=speaker.day(outcome.appeal_until))]
    if _countered(outcome, speaker.book):
        lines.append(speaker.say("redress_counter"))
    # Authorities and courts by jurisdiction: the first part of a regime's code.
    places = dict.fromkeys(code.split("_")[0] for code in _served(outcome, speaker.book) if code != HOUSE)
    named = [f"redress_{place}" for place in places if speaker.has(f"redress_{place}")]
    return [*lines, *(speaker.say(name) for name in named or [f"redress_{HOUSE}"])]


def _countered(outcome: Outcome, book: Book) -> bool:
    """Whether a counter-notice can be open at all: the violation found knows one, a report runs under a regime with
    one, and nobody elected a frame without (47 USC 223a). Otherwise the statement would promise a door that is shut.
    """
    known = [book.regimes[code] for code in outcome.regimes if code in book.regimes]
    ground = [book.regimes[code] for code in book.enabled_regimes(outcome.ground)]
    shut = any(regime.elected and not regime.counter_allowed for regime in known)
    return not shut and all(any(r.counter_allowed for r in found) for found in (known, ground))


def reason_words(of: Outcome | Any, code: str, book: Book) -> str:
    """The reason of a decision or outcome in words: a person's own, or the sentence behind a code (put back, cured)."""
    names = {"cured": str(of.reason), "restored": f"restored_{of.reason}"}
    name = names.get(of.verdict, "")
    return str(getattr(book.statement[name], code)) if name in book.statement else str(of.reason)
