"""How letters of every side say a date, a length of time, a measure, a law. Knows nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import format_datetime

from webapp.core.i18n import pick, speaking
from webapp.domain.decisions.rules import ActionFact
from webapp.domain.policy import wording
from webapp.domain.policy.queries import book

PATTERN = {"zh": "zzzz y年M月d日 HH:mm", "en": "d MMMM y, HH:mm zzzz"}
# What every counter-notice must carry, whatever its regime (appeals.rules.missing).
ASKED = {"statement": {"zh": "说明为什么不构成侵权", "en": "Your own words on why it does not infringe"}}


def moment(at: datetime, code: str) -> str:
    """An instant in the operator's time zone, with the zone named: letters are read in other places."""
    with speaking(code):
        return str(format_datetime(at, PATTERN[code]))


def measure(action: ActionFact, code: str) -> dict[str, str]:
    """One measure: its name, what it means, and until when ('' = without an end)."""
    entry = book().actions[action.kind]
    return {
        "name": pick(entry.words, code),
        "effect": pick(entry.effect, code) if entry.effect else "",
        "until": moment(action.ends_at, code) if action.ends_at else "",
    }


def taken(actions: Iterable[ActionFact], code: str) -> list[dict[str, str]]:
    """Measures, each as `measure` tells it."""
    return [measure(a, code) for a in actions]


def put_back(undone: Iterable[ActionFact], code: str) -> list[dict[str, str]]:
    """What taking measures back brings about, in the words of their inverses ("The content is back"), each once."""
    kinds = book().actions
    inverses = dict.fromkeys(kinds[a.kind].inverse for a in undone if kinds[a.kind].inverse)
    return [{"name": pick(kinds[kind].words, code)} for kind in inverses]


def wait(clock_code: str, code: str) -> str:
    """How long a regime waits after a counter-notice ('' = not at all)."""
    clock = book().clocks.get(clock_code)
    with speaking(code):
        return wording.window(clock) if clock is not None else ""


def law(regime: str, code: str) -> str:
    """A regime by its name and what it rests on; drafts are never cited as law."""
    entry = book().regimes[regime]
    with speaking(code):
        cited = wording.grounds(entry.bases, book())
    if not cited:
        return pick(entry.words, code)
    return f"{pick(entry.words, code)}{'：' if code == 'zh' else ': '}{cited}"


def laws(regimes: Iterable[str], code: str) -> list[str]:
    """The laws among these regimes that say what a notice is; the house's own rules are none."""
    return [law(regime, code) for regime in regimes if regime != "HOUSE"]


def counters(regimes: Iterable[str], code: str) -> list[dict[str, Any]]:
    """Which of these regimes know a counter-notice: the law, what it must contain, and how long it waits."""
    found = []
    for name in regimes:
        regime = book().regimes[name]
        if regime.enabled and regime.counter_allowed:
            wanted = [words[code] for words in ASKED.values()]
            wanted += [pick(book().fields[f], code) for f, need in regime.counter.items() if need == "M"]
            found.append({"law": pick(regime.words, code), "fields": wanted, "wait": wait(regime.wait, code)})
    return found


def missing(codes: Iterable[str], code: str) -> list[dict[str, str]]:
    """Missing items in the book's words: what, and why it is asked. Fields of a counter-notice have no why."""
    found = []
    for name in codes:
        if name in book().evidence:
            item = book().evidence[name]
            found.append({"name": pick(item.words, code), "why": pick(item.why, code)})
        elif name in book().fields:
            found.append({"name": pick(book().fields[name], code), "why": ""})
        elif name in ASKED:
            found.append({"name": ASKED[name][code], "why": ""})
    return found
