"""What can be done in a case besides deciding it, and what was: provisional measures, a cure, a live challenge, the way
to an authority."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.core.i18n import _, lazy, pick, when, when_zoned
from webapp.desk import words
from webapp.desk.words import Clock
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.cures import queries as cures
from webapp.domain.cures import rules
from webapp.domain.cures.models import CureOffer, LiveChallenge
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions.models import Action
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report

OFFERS = {
    "offered": (lazy("waits for the account"), "accent"),
    "cured": (lazy("the account put it right"), "ok"),
    "lapsed": (lazy("the time is over, nothing was put right"), "warn"),
    "withdrawn": (lazy("taken back"), "plain"),
}
CHALLENGES = {
    "asked": (lazy("waits for an answer"), "accent"),
    "passed": (lazy("a person answered"), "ok"),
    "failed": (lazy("nobody answered"), "danger"),
}


@dataclass(frozen=True)
class Challenge:
    """One try at a live challenge."""

    id: str
    number: int
    phrase: str
    state: str
    words: str
    tone: str
    clock: Clock
    asked: str


@dataclass(frozen=True)
class Cure:
    """The offer to put it right, or that it can be made. `state` '' = not offered yet."""

    id: str
    words: str
    days: int
    state: str
    state_words: str
    tone: str
    clock: Clock | None
    offered: str


@dataclass(frozen=True)
class Meanwhile:
    """All of it. `interim` are (code, words, effect) that can be taken; `held` what holds for the time being."""

    interim: list[tuple[str, str, str]]
    held: list[tuple[str, str]]
    cure: Cure | None
    live: bool
    challenges: list[Challenge]
    tries: int
    referrals: list[tuple[str, str, str, str]]

    @property
    def running(self) -> Challenge | None:
        """The challenge that waits for an answer."""
        return next((c for c in self.challenges if c.state == "asked"), None)


def meanwhile(case: Case, reports: Sequence[Report], names: Mapping[str, str], moment: datetime) -> Meanwhile:
    """Read in a fixed number of queries. `names`: staff by id."""
    held = [a for a in decisions.in_force(case.id) if a.decision.stage == "interim"]
    kinds = {a.kind for a in held}
    asked = cures.challenges_of(case.id)
    return Meanwhile(
        interim=[
            (code, words.action(code), _effect(code))
            for code in dict.fromkeys(c for r in reports for c in book().kinds[r.kind].interim)
            if code not in kinds
        ],
        held=[_held(action) for action in held],
        cure=_cure(case, cures.offer_of(case.id), moment),
        live=bool(asked) or bool(rules.clock_of(case.kind, "live_challenged", book())),
        challenges=[_challenge(one, moment) for one in asked],
        tries=rules.tries_left([c.state for c in asked], book()),
        referrals=[
            (r.authority, when(r.referred_at), names.get(r.staff_id, ""), r.note) for r in cases.referrals(case.id)
        ],
    )


def _effect(code: str) -> str:
    effect = book().actions[code].effect
    return pick(effect) if effect else ""


def _held(action: Action) -> tuple[str, str]:
    until = _("until %(when)s", when=when_zoned(action.ends_at)) if action.ends_at else ""
    return words.action(action.kind, action.days), until


def _cure(case: Case, offer: CureOffer | None, moment: datetime) -> Cure | None:
    known = rules.cure_of(case.kind, book())
    if offer is None:
        return Cure("", pick(known.words), known.days, "", "", "plain", None, "") if known else None
    said, tone = OFFERS[offer.state]
    mine = rules.cure_of(offer.kind, book())
    return Cure(
        id=offer.id,
        words=pick(mine.words) if mine else words.action(offer.action),
        days=mine.days if mine else 0,
        state=offer.state,
        state_words=str(said),
        tone=tone,
        clock=words.clock(offer.due_at, moment) if offer.state == "offered" else None,
        offered=when(offer.offered_at),
    )


def _challenge(one: LiveChallenge, moment: datetime) -> Challenge:
    said, tone = CHALLENGES[one.state]
    return Challenge(
        id=one.id,
        number=one.number,
        phrase=one.phrase,
        state=one.state,
        words=str(said),
        tone=tone,
        clock=words.clock(one.due_at, moment),
        asked=when(one.asked_at),
    )
