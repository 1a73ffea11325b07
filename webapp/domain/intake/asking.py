"""What the form asks: exactly what kind, regimes and standing need, each with its reason, read from the book."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from webapp.domain.intake.form import GOOD_FAITH
from webapp.domain.policy.shape import Book, EvidenceKind, Kind, StandingBasis, Words
from webapp.domain.reports.rules import priority

STEPS = ("kind", "who", "content", "files", "contact", "review")
# Where the form asks for a field; the rest belongs to the person ('contact').
ASKED_ON = {
    "kind": "kind",
    "circumstances": "kind",
    "elected": "kind",
    **dict.fromkeys(("basis", "claimant_name", "matters", "scope", "valid_from", "valid_to"), "who"),
    **dict.fromkeys(("prior_arrangement", "registry_ref"), "who"),
    **dict.fromkeys(("address", "wrong", "work_title", "time_position", "source", "loss"), "content"),
    **dict.fromkeys(("alleged", "reference", "proof"), "files"),
}
# What says who somebody is, beyond an e-mail address: never asked before an urgent kind, nor of a tip (law.md §2, §3).
IDENTIFYING = ("name", "postal_address", "reference")
RUNNING = {"audio", "video"}  # media in which a thing has a place in time


@dataclass(frozen=True)
class Ask:
    """One thing the form asks for, in the book's words. `required`: a valid notice needs it; without what `blocks`
    the report cannot be sent at all. `form` and `name` say how (evidence.toml); `step` is one of STEPS."""

    code: str
    required: bool
    why: Words
    words: Words
    form: str
    name: str
    step: str
    blocks: bool


def regimes_of(kind: str, elected: Collection[str], book: Book) -> tuple[str, ...]:
    """The regimes a claimant's report of this kind runs under: those served here, and of those a claimant elects the
    elected ones. Never guessed from where somebody seems to be (law.md §4.7)."""
    return tuple(r for r in book.enabled_regimes(kind) if not book.regimes[r].elected or r in elected)


def runs_under(kind: str, basis: str, elected: Collection[str], book: Book) -> tuple[str, ...]:
    """The regimes of a report on this basis. Of a tip only those that take anyone's notice (DSA art 16)."""
    regimes = regimes_of(kind, elected, book)
    if book.leaves(kind).get(basis) == "tip":
        return tuple(r for r in regimes if book.regimes[r].open_to_all)
    return regimes


def mode(kind: str, basis: str, regimes: Collection[str], book: Book) -> str:
    """'tip' for somebody without standing, unless a regime takes anyone's notice; else 'notice' (law.md §2)."""
    tip = book.leaves(kind).get(basis) == "tip"
    return "tip" if tip and not any(book.regimes[r].open_to_all for r in regimes) else "notice"


def asks(kind: str, basis: str, elected: Collection[str], book: Book, circumstances: Collection[str] = ()) -> list[Ask]:
    """What the form asks, in the order of its steps: what kind, regimes and standing need, and nothing besides.

    Never who somebody is before an urgent kind, never what all regimes of the report forbid to demand ('-'), never
    media of a sealed kind. A wish of a regime ('R') is asked only where the kind or the standing names it too.
    """
    entry, standing = book.kinds[kind], papers_from(kind, basis, book)
    regimes = runs_under(kind, basis, elected, book)
    tip = mode(kind, basis, regimes, book) == "tip"
    urgent = book.urgent(priority(kind, circumstances, book))
    law = {code for r in regimes for code, need in book.regimes[r].notice.items() if need == "M"}
    # Somebody who saw it knows neither the consent nor the face behind it; the law may still want a name (DSA art 16).
    spared = law if book.leaves(kind).get(basis) == "tip" else None
    must = _must(entry, standing, law, tip, urgent)
    may = {*entry.required, *entry.optional, *(() if tip or standing is None else _named(standing))}
    wanted = {"URL", "CONTACT", *must, *may}
    found: dict[tuple[str, str, str], Ask] = {}
    for code, evidence in book.evidence.items():
        if code not in wanted or _kept_back(code, evidence, entry, regimes, spared, urgent, book):
            continue
        required = code in must
        blocks = _blocks(code, evidence, required, entry, standing, urgent)
        # Two codes that one field answers (what is wrong is the first evidence too) are one question.
        one = (evidence.form, evidence.name, "" if evidence.form == "field" else code)
        if one in found:
            before = found[one]
            found[one] = _ask(before.code, book, standing, before.required or required, before.blocks or blocks)
        else:
            found[one] = _ask(code, book, standing, required, blocks)
    return sorted(found.values(), key=lambda ask: STEPS.index(ask.step))


def papers_from(kind: str, basis: str, book: Book) -> StandingBasis | None:
    """The basis whose papers count for this kind; None where anyone may give notice, and so nobody need prove why."""
    return None if book.leaves(kind).get("ANY") == "notice" else book.standing.get(basis)


def names_term(asked: Iterable[Ask], basis: str, book: Book) -> bool:
    """Whether the form asks for matters and term too: an authority that expires is among what it asks for."""
    standing = book.standing.get(basis)
    return standing is not None and standing.expires and any(ask.code in standing.requires for ask in asked)


def _ask(code: str, book: Book, standing: StandingBasis | None, required: bool, blocks: bool) -> Ask:
    entry = book.evidence[code]
    of_standing = standing is not None and code in standing.requires
    step = "who" if entry.form == "statement" and of_standing else step_of(entry.name)
    return Ask(code, required or blocks, entry.why, entry.words, entry.form, entry.name, step, blocks)


def _named(standing: StandingBasis) -> tuple[str, ...]:
    return (*standing.requires, *standing.optional)


def _must(kind: Kind, standing: StandingBasis | None, law: set[str], tip: bool, urgent: bool) -> set[str]:
    """Codes without which the notice is not valid. Of an urgent kind its own list and the law's, no papers."""
    if tip:
        return {"URL"} | ({"REASON"} & set(kind.required))
    papers = set() if urgent or standing is None else set(standing.requires)
    return {"URL", *kind.required, *law, *papers}


def _kept_back(
    code: str,
    entry: EvidenceKind,
    kind: Kind,
    regimes: Iterable[str],
    spared: set[str] | None,
    urgent: bool,
    book: Book,
) -> bool:
    """Whether something must not be asked, though kind, regime or standing names it. `spared`: of an onlooker nothing
    personal is asked but these codes; None for everybody else."""
    if code in ("URL", "CONTACT"):
        return False
    says_who = entry.name in IDENTIFYING or entry.level in ("V1", "V2", "V3")
    if urgent and says_who:
        return True
    if spared is not None and code not in spared and (says_who or entry.form in ("statement", "choice")):
        return True
    if kind.sealed and entry.name in ("alleged", "reference"):
        return True
    if code == "TS" and code not in kind.required and not RUNNING & set(kind.media):
        return True
    said = [book.regimes[r].notice[code] for r in (regimes or ("HOUSE",)) if code in book.regimes[r].notice]
    return bool(said) and all(need == "-" for need in said)


def _blocks(
    code: str, entry: EvidenceKind, required: bool, kind: Kind, standing: StandingBasis | None, urgent: bool
) -> bool:
    """Whether nothing can be done with a report that lacks this."""
    if code == "CONTACT":
        return not kind.anonymous
    if code in ("URL", GOOD_FAITH):
        return True
    declared = standing is not None and entry.form == "statement" and code in standing.requires
    return (declared and not urgent) or (required and entry.name == "wrong")


def asks_for(codes: Iterable[str], kind: str, basis: str, book: Book) -> list[Ask]:
    """The same for codes a notice was returned for, whatever the desk asked; what is no code of evidence.toml is left
    out."""
    standing = book.standing.get(basis)
    found = [_ask(code, book, standing, True, False) for code in codes if code in book.evidence]
    return sorted(found, key=lambda ask: STEPS.index(ask.step))


def step_of(field: str) -> str:
    """The step of the form on which a field, or a file's role, is asked."""
    return ASKED_ON.get(field, "contact")
