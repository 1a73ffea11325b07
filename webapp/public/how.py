"""The published flow, time limits and penalties: drawn from the rule book, so it promises only what the clocks keep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import render_template

from webapp.core.i18n import _, pick
from webapp.domain.policy import wording
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Book, Kind
from webapp.public.blueprint import bp


@dataclass(frozen=True)
class Limit:
    """One published time limit: what for, how long, where the number comes from, and under which law."""

    code: str
    words: str
    length: str
    origin: str
    hard: bool
    grounds: str


@bp.get("/how")
def how() -> str:
    """The whole page; nothing on it is written twice: what has a number takes it from the book."""
    rules = book()
    return render_template(
        "public/how.html",
        book=rules,
        wording=wording,
        text=lambda name, **values: pick(rules.published.texts[name]).format(**values),
        contents=_contents(),
        helps=[kind for _code, kind in rules.ordered_kinds() if kind.support],
        steps=[(step, _limits(rules, step.clocks)) for step in rules.published.steps],
        sections=[(name, title, _kinds(rules, name)) for name, title in wording.SECTIONS.items()],
        anyone={code: rules.leaves(code).get("ANY", "") for code in rules.kinds},
        proofs={code: _evidence(rules, entry.requires) for code, entry in rules.standing.items()},
        regimes=_regimes(rules),
        counters=_counters(rules),
        cures=[(kind, kind.cure) for _code, kind in rules.ordered_kinds() if kind.cure],
        measures=_measures(rules),
    )


def _contents() -> list[tuple[str, str]]:
    return [
        ("flow", _("What happens to a report")),
        ("who", _("Who may report")),
        ("kinds", _("What can be reported, and how soon we decide")),
        ("time", _("Time limits")),
        ("notice", _("What a notice must say")),
        ("measures", _("Measures")),
        ("points", _("Points and steps")),
        ("answer", _("If your content was reported")),
        ("appeal", _("Appeals")),
        ("misuse", _("Misuse of reporting")),
        ("versions", _("Versions of these rules")),
    ]


def _kinds(rules: Book, section: str) -> list[tuple[str, Kind]]:
    return [(code, kind) for code, kind in rules.ordered_kinds() if kind.section == section]


def _published(rules: Book, code: str) -> bool:
    """Whether a clock runs here at all and may be shown: its regime, or one it also serves, is on."""
    clock = rules.clocks[code]
    serves = [clock.regime, *clock.also]
    return clock.enabled and clock.published and any(rules.regimes[regime].enabled for regime in serves)


def _limits(rules: Book, codes: Iterable[str]) -> list[Limit]:
    """Those of the clocks that may be shown here."""
    return [
        Limit(
            code=code,
            words=pick(rules.clocks[code].words),
            length=wording.clock_range(rules.clocks[code], rules),
            origin=wording.origin(rules.clocks[code], rules),
            hard=rules.clocks[code].hard,
            grounds=wording.grounds(rules.clocks[code].bases, rules),
        )
        for code in codes
        if _published(rules, code)
    ]


def _regimes(rules: Book) -> list[tuple[str, str, str, list[Limit], list[str]]]:
    """The frames served here: code, words, citation, their limits, and what their notices must carry."""
    found = []
    for code, regime in rules.regimes.items():
        if regime.enabled:
            clocks = [c for c, clock in rules.clocks.items() if code in (clock.regime, *clock.also)]
            must = [item for item, need in regime.notice.items() if need == "M"]
            limits = _limits(rules, clocks)
            grounds = wording.grounds(regime.bases, rules)
            found.append((code, pick(regime.words), grounds, limits, _evidence(rules, must)))
    return found


def _counters(rules: Book) -> list[tuple[str, str, str, list[str], list[Limit]]]:
    """Counter-notices that can be sent here: code, words, the waiting time in short, what they must say, its limit."""
    found = []
    for code, regime in rules.regimes.items():
        if regime.enabled and regime.counter_allowed:
            at_once = regime.bars_repeat and rules.numbers.cn_copyright_restore == "immediate"
            wait = rules.clocks[regime.wait] if regime.wait and not at_once else None
            must = [pick(rules.fields[field]) for field, need in regime.counter.items() if need == "M"]
            short = wording.window(wait) if wait else _("at once")
            found.append((code, pick(regime.words), short, must, _limits(rules, [regime.wait] if wait else [])))
    return found


def _evidence(rules: Book, codes: list[str] | tuple[str, ...]) -> list[str]:
    return [pick(rules.evidence[code].words) for code in codes]


def _measures(rules: Book) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """What may be done, by whom it touches: (heading, [(name, effect, lengths)])."""
    headings = {
        "content": _("On the content"),
        "account": _("On the account"),
        "live": _("On live streams and virtual humans"),
    }
    return [
        (
            heading,
            [
                (pick(action.words), pick(action.effect), wording.days_of(action.days))
                for action in rules.actions.values()
                if action.target == target and action.effect and not action.undoes
            ],
        )
        for target, heading in headings.items()
    ]
