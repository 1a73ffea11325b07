"""What the index found for a case: registered works, content decided before, blocks with their counters, how fresh.

Similarity informs and decides nothing. What was decided in a case whose outcome this person must not see yet is not
told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import url_for

from webapp.core.i18n import _, lazy, n_, when
from webapp.desk import blindness, exhibits, words
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.decisions.models import Decision
from webapp.domain.evidence.models import Evidence
from webapp.domain.index import queries as index
from webapp.domain.index.models import Hit, Lookup
from webapp.domain.matching.queries import matches_of
from webapp.domain.registry import queries as registry
from webapp.domain.staff.models import Staff
from webapp.domain.staydown import queries as staydown
from webapp.domain.staydown.models import Block, Sighting

KINDS = {"work": lazy("Registered work"), "virtual_human": lazy("Registered virtual human")}
WHY_ENDED = {"time": lazy("its time was over"), "taken_back": lazy("it was taken back")}
LONG = timedelta(seconds=90)


@dataclass(frozen=True)
class Found:
    """One listed item found for one reported file. `thumb` is empty where the picture stays sealed."""

    what: str
    name: str
    address: str
    detail: list[str]
    how: str
    tone: str
    thumb: str
    query: str


@dataclass(frozen=True)
class BlockShown:
    """A block of this case: how long, how often seen, where."""

    text: str
    tone: str
    seen: list[tuple[str, str, str, str]]


@dataclass(frozen=True)
class Sightings:
    """The panel. `lookups`: (file, sentence, tone); `again`: blocked content seen in this case."""

    lookups: list[tuple[str, str, str]]
    registered: list[Found]
    decided: list[Found]
    blocks: list[BlockShown]
    again: list[tuple[str, str, str]]

    @property
    def any(self) -> bool:
        """Whether there is anything to show at all."""
        return bool(self.lookups or self.blocks or self.again)


def sightings(case: Case, staff: Staff) -> Sightings:
    """Everything the index knows of a case's reported files, in a fixed number of queries."""
    reported = [e for e in cases.evidence_of(case.id) if e.role == "alleged"]
    ids = [e.id for e in reported]
    lookups = index.lookup_of(ids)
    hits = index.hits_of(ids)
    names = {e.id: e.name or e.sha256[:12] for e in reported}
    bands = _bands(ids)
    hidden = set(blindness.hidden_cases(staff))
    found = {e.id: e for e in exhibits.evidence_by_ids({h.found_id for h in hits})}
    sealed = exhibits.sealed_among(found)
    return Sightings(
        lookups=[(names[e.id], *_lookup(lookups.get(e.id))) for e in reported],
        registered=_registered([h for h in hits if h.origin == "registered"], found, bands, names),
        decided=_decided([h for h in hits if h.origin == "decided"], case, found, sealed, bands, names, hidden),
        blocks=[] if case.id in hidden else _blocks(case),
        again=[_again(s) for s in staydown.seen_in(case.id)],
    )


def _lookup(lookup: Lookup | None) -> tuple[str, str]:
    if lookup is None:
        return _("not looked up yet"), "warn"
    if lookup.state == "stale":
        return n_(
            "looked up in a stale index: %(num)s reference was missing. It is looked up again soon.",
            "looked up in a stale index: %(num)s references were missing. It is looked up again soon.",
            lookup.lacking,
        ), "warn"
    if lookup.state == "bytes":
        text = n_(
            "compared byte for byte with %(num)s reference; there is no picture hash of this file",
            "compared byte for byte with %(num)s references; there is no picture hash of this file",
            lookup.among,
        )
        return text, "plain"
    age = timedelta(seconds=lookup.age)
    old = _("%(s)s s", s=round(lookup.age)) if age < LONG else words.span(age)
    text = n_(
        "looked up among %(num)s reference, index %(age)s old",
        "looked up among %(num)s references, index %(age)s old",
        lookup.among,
        age=old,
    )
    more = _("; only the nearest are shown") if lookup.cut else ""
    return text + more, "ok"


def _bands(ids: Sequence[str]) -> dict[tuple[str, str], str]:
    """The best band the detectors gave each found pair."""
    best: dict[tuple[str, str], str] = {}
    for match in matches_of(ids):
        pair = (match.query_id, match.reference_id)
        if match.origin != "report" and (pair not in best or _rank(match.band) < _rank(best[pair])):
            best[pair] = match.band
    return best


def _rank(band: str) -> int:
    return ("strong", "possible", "weak", "none").index(band)


def _how(hit: Hit, bands: dict[tuple[str, str], str]) -> tuple[str, str]:
    """What comparing the pair said, in words; a mere candidate is not called a match."""
    if hit.identical:
        return _("the same file, byte for byte"), "accent"
    band = bands.get((hit.query_id, hit.found_id))
    if band is None:
        return _("near by its hash, not compared yet"), "plain"
    return words.band(band)


def _thumb(item: Evidence | None, sealed: Collection[str]) -> str:
    if item is None or item.id in sealed or not any(p.kind == "thumb" for p in item.previews):
        return ""
    return url_for("desk.media", evidence_id=item.id, kind="thumb")


def _registered(
    hits: Sequence[Hit], found: dict[str, Evidence], bands: dict[tuple[str, str], str], names: dict[str, str]
) -> list[Found]:
    holders = registry.holders_of({h.found_id for h in hits})
    shown = []
    for hit in hits:
        one = holders.get(hit.found_id)
        if one is None:
            continue
        how, tone = _how(hit, bands)
        detail = [one.number, _("registered %(when)s", when=when(one.registered_at)), one.holder]
        address = url_for("desk.registry", search=one.number)
        thumb = _thumb(found.get(hit.found_id), ())
        shown.append(Found(str(KINDS[one.kind]), one.title, address, detail, how, tone, thumb, names[hit.query_id]))
    return shown


def _decided(
    hits: Sequence[Hit],
    case: Case,
    found: dict[str, Evidence],
    sealed: Collection[str],
    bands: dict[tuple[str, str], str],
    names: dict[str, str],
    hidden: Collection[str],
) -> list[Found]:
    """Earlier cases, each with its outcome in words; of those under an appeal only that they are there."""
    owners = staydown.cases_with({h.found_id for h in hits})
    ids = {old.id for old in owners.values()} - {case.id}
    verdicts, blocks = staydown.standing_verdicts(ids), staydown.open_blocks_among(ids)
    shown = []
    for hit in hits:
        old = owners.get(hit.found_id)
        if old is None or old.id == case.id:
            continue
        how, tone = _how(hit, bands)
        thumb = _thumb(found.get(hit.found_id), sealed)
        address = url_for("desk.case", reference=old.reference)
        detail = (
            [_("hidden while you could decide its appeal")]
            if old.id in hidden
            else _outcome(verdicts.get(old.id), blocks.get(old.id, ()))
        )
        shown.append(Found(_("Decided before"), old.reference, address, detail, how, tone, thumb, names[hit.query_id]))
    return shown


def _outcome(decision: Decision | None, blocks: Sequence[Block]) -> list[str]:
    """What an earlier case came to: verdict, rule, when, and whether an appeal confirmed it; its block, if any."""
    if decision is None:
        return []
    lines = [str(words.VERDICTS[decision.verdict])]
    if decision.ground:
        lines.append(words.kind(decision.ground))
    lines.append(when(decision.decided_at))
    if decision.stage == "appeal":
        lines.append(_("confirmed on appeal"))
    return lines + [_block_words(block) for block in blocks]


def _block_words(block: Block) -> str:
    if block.ended_at is not None:
        return _(
            "Copies were kept out until %(when)s (%(why)s)", when=when(block.ended_at), why=WHY_ENDED[block.ended_why]
        )
    if block.ends_at is None:
        return _("Copies are kept out until the measure is taken back")
    return _("Copies are kept out until %(when)s", when=when(block.ends_at))


def _blocks(case: Case) -> list[BlockShown]:
    seen: dict[str, list[Sighting]] = {}
    for one in staydown.sightings_of(case.id):
        seen.setdefault(one.block_id, []).append(one)
    return [
        BlockShown(
            text=_(
                "%(block)s; %(times)s.",
                block=_block_words(block),
                times=n_("seen again %(num)s time", "seen again %(num)s times", block.sightings)
                if block.sightings
                else _("not seen again so far"),
            ),
            tone="plain" if block.ended_at else "warn",
            seen=[
                (str(s.number), s.case.reference, url_for("desk.case", reference=s.case.reference), when(s.seen_at))
                for s in seen.get(block.id, ())
            ],
        )
        for block in staydown.blocks_of(case.id)
    ]


def _again(seen: Sighting) -> tuple[str, str, str]:
    """(sentence, reference of the old case, its address) of one sighting in this case."""
    old = seen.block.case.reference
    end = when(seen.block.ends_at) if seen.block.ends_at else ""
    text = (
        _("Sighting number %(n)s of content blocked until %(when)s:", n=seen.number, when=end)
        if end
        else _("Sighting number %(n)s of content blocked:", n=seen.number)
    )
    return text, old, url_for("desk.case", reference=old)
