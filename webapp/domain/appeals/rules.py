"""Thinking about counter-notices and appeals: which regime governs, what is missing, what comes next, until when.

Pure: values in, values out; every number is the rule book's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.core.lifecycle import Lifecycle
from webapp.domain.clocks.rules import due
from webapp.domain.policy.shape import Book, Event, Regime

COUNTER = Lifecycle(
    "counter",
    "returned",
    {
        ("returned", "complete"): "valid",
        ("returned", "withdraw"): "withdrawn",
        ("valid", "forward"): "forwarded",
        ("forwarded", "wait"): "waiting",
        ("forwarded", "hold"): "held",
        ("forwarded", "restore"): "restored",
        ("forwarded", "withdraw"): "withdrawn",
        ("waiting", "extend"): "waiting",
        ("waiting", "hold"): "held",
        ("waiting", "restore"): "restored",
        ("waiting", "withdraw"): "withdrawn",
        ("held", "hold"): "held",  # a second claimant proves, too
        ("held", "resume"): "waiting",  # the one who proved gave the claim up, others did not
        ("held", "resume_forwarded"): "forwarded",
        ("held", "restore"): "restored",
        ("held", "refuse"): "refused",
        ("held", "withdraw"): "withdrawn",
    },
)
APPEAL = Lifecycle(
    "appeal",
    "filed",
    {
        ("filed", "take"): "taken",
        ("taken", "release"): "filed",
        ("taken", "find"): "found",
        ("found", "release"): "filed",
        ("found", "decide"): "decided",
    },
)
OPEN_COUNTER = ("returned", "valid", "forwarded", "waiting", "held")  # states in which a counter-notice still runs
OPEN_APPEAL = ("filed", "taken", "found")
PROOFS = ("suit", "complaint")  # what stops the restoring (Civil Code 1196, ECOM 43)
LONGEST = 4000  # characters of a statement and of an appeal, as of a decision's reason


@dataclass(frozen=True)
class Claim:
    """One supported report of a decision, as far as a counter-notice asks: what it runs under and whether it is one's
    own right (a notice) or a signal (a tip)."""

    report_id: str
    mode: str
    regimes: tuple[str, ...]


@dataclass(frozen=True)
class Forward:
    """How one claimant stands towards a counter-notice."""

    report_id: str
    arrived_at: datetime | None = None
    proof_kind: str = ""
    withdrawn_at: datetime | None = None


def counters(regimes: Iterable[str], book: Book) -> tuple[str, ...]:
    """Of these regimes, those served here that know a counter-notice."""
    return tuple(r for r in regimes if book.regimes[r].enabled and book.regimes[r].counter_allowed)


def claimants(claims: Iterable[Claim], book: Book) -> list[Claim]:
    """Those of the supported reports whose claimant could sue or complain: notices under a regime with
    counter-notices. A tip claims no right of its own, so nobody stands behind it."""
    return [claim for claim in claims if claim.mode == "notice" and counters(claim.regimes, book)]


def governing(claims: Sequence[Claim], ground: str, book: Book, moment: datetime, zone: str) -> str:
    """The regime a counter-notice runs under, '' where there is none and only the appeal is open.

    None: when the violation found is of a kind that knows no counter-notice (a public interest nobody can sue for);
    when a claimant elected a frame without one (47 USC 223a: putting the content back would break its 48 hours); when
    no claimant is left who could sue. Of several regimes the one with the longest waiting governs, so that no claimant
    loses the time her regime gives; where the operator restores at once (RTCI art 17, law.md §0 item 5), that needs
    every claimant's notice to run under it. Ties go to the waiting the law itself counts (ECOM 43: 15 days) before one
    of ours, then to the regime that asks for more.
    """
    if ground not in book.kinds or not counters(book.kinds[ground].regimes, book):
        return ""
    everything = {r for claim in claims for r in claim.regimes}
    if any(book.regimes[r].elected and not book.regimes[r].counter_allowed for r in everything):
        return ""
    who = claimants(claims, book)
    found = {r for claim in who for r in counters(claim.regimes, book)}
    at_once = [r for r in found if immediate(book.regimes[r], book) and all(r in claim.regimes for claim in who)]
    if at_once:
        return sorted(at_once)[0]
    order = list(book.regimes)

    def strictness(code: str) -> tuple[datetime, bool, int, int]:
        regime = book.regimes[code]
        wait = book.clocks.get(regime.wait)
        end = due(moment, wait.span, zone) if wait and wait.span else moment
        asked = sum(need == "M" for need in regime.counter.values())
        return end, bool(wait and wait.hard), asked, -order.index(code)

    return max(found, key=strictness, default="")


def immediate(regime: Regime, book: Book) -> bool:
    """Whether content comes back on the counter-notice itself: the operator's switch for the one regime whose text says
    so, which is the one that bars a second notice in exchange (RTCI art 17)."""
    return regime.bars_repeat and book.numbers.cn_copyright_restore == "immediate"


def missing(regime: Regime, fields: Mapping[str, str], statement: str, proofs: int) -> list[str]:
    """Codes of what the regime demands and is not there (law.md §3); the statement itself always is demanded.

    A field that asks for papers is also met by what lies in the proof drawer (`proofs` items).
    """
    gaps = [] if statement.strip() else ["statement"]
    for code, need in regime.counter.items():
        there = fields.get(code, "").strip() or (code in PAPERS and proofs)
        if need == "M" and code not in gaps and not there:
            gaps.append(code)
    return gaps


# Fields a paper can answer (names of policy/book/fields.toml).
PAPERS = ("evidence",)


def kept(regime: Regime, fields: Mapping[str, str]) -> dict[str, str]:
    """Of what was typed, what this regime may ask: nothing it must not demand is kept (law.md §3)."""
    return {code: fields[code].strip() for code, need in regime.counter.items() if need != "-" and fields.get(code)}


def arrival(forwards: Iterable[Forward]) -> datetime | None:
    """When the last claimant who still claims had it for certain; None while one of them may not have it yet."""
    moments = [f.arrived_at for f in forwards if f.withdrawn_at is None]
    known = [moment for moment in moments if moment is not None]
    return max(known) if known and len(known) == len(moments) else None


def after_withdrawal(state: str, forwards: Sequence[Forward], waited: bool) -> str:
    """The step that follows when a claimant gave the claim up: 'restore' when nobody claims any more, 'resume' (or
    'resume_forwarded' when its waiting had not begun) when the only proof went with it, '' when it changes nothing."""
    standing = [f for f in forwards if f.withdrawn_at is None]
    if not standing:
        return "restore"
    if state == "held" and not any(f.proof_kind for f in standing):
        return "resume" if waited else "resume_forwarded"
    return ""


def restore_at(restore_from: datetime | None, restore_by: datetime) -> datetime:
    """When waiting ends: at the first moment the law allows (DMCA: the tenth business day), else at the last."""
    return restore_from or restore_by


def reminder(end: datetime, moment: datetime, days: Sequence[int], sent: Collection[int], since: datetime) -> int:
    """How many days before `end` a reminder is to be sent now, 0 for none: of those whose time has come only the last,
    each once, none whose time was before the waiting began (`since`) and none once it is over."""
    ripe = [d for d in days if since <= end - timedelta(days=d) <= moment < end]
    last = min(ripe, default=0)
    return 0 if last in sent else last


def window(book: Book, regimes: Collection[str], decided_at: datetime, zone: str, ending: Event) -> datetime:
    """Until when a party may answer a decision; `ending` is 'appealed' or 'counter_valid'.

    The house's days, or longer where a regime of the case says so (DSA art 20: at least six months). The clocks that
    say so are the parties' own, begun by the decision and ended by that answer.
    """
    ends = [decided_at + timedelta(days=book.numbers.appeal_days)]
    for clock in book.clocks.values():
        opens = clock.enabled and clock.duty == "party" and clock.starts == "decided" and ending in clock.ends
        if opens and clock.span and clock.serves(regimes):
            ends.append(due(decided_at, clock.span, zone))
    return max(ends)


def verdict(findings: Mapping[str, str]) -> str:
    """What findings amount to: upheld as soon as one allegation is supported."""
    return "upheld" if "supported" in findings.values() else "rejected"
