"""The rule book at the desk: every kind, clock, measure and ground as it stands, with marks and citations.

Read only. `?find=` keeps what has the word in its code or its wording, in either language; it works without script.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from flask import render_template, request
from pydantic import BaseModel

from webapp.core.i18n import _, lazy, pick
from webapp.desk.blueprint import bp
from webapp.domain.policy import wording
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Book

Entry = TypeVar("Entry", bound=BaseModel)

# Starts and ends of clocks, as a reviewer says them.
EVENTS = {
    "submitted": lazy("report sent"),
    "acknowledged": lazy("receipt sent"),
    "triaged": lazy("first look"),
    "valid": lazy("notice complete"),
    "forwarded": lazy("notice forwarded"),
    "measured": lazy("measure in force"),
    "restricted": lazy("restriction imposed"),
    "decided": lazy("decision"),
    "reporter_told": lazy("reporter told"),
    "respondent_told": lazy("account told"),
    "returned": lazy("sent back for completion"),
    "completed": lazy("completed"),
    "interim": lazy("hidden meanwhile"),
    "interim_over": lazy("interim measure over"),
    "counter_valid": lazy("counter-notice complete"),
    "counter_forwarded": lazy("counter-notice forwarded"),
    "arrived": lazy("arrived at the claimant"),
    "wait_over": lazy("waiting time over"),
    "extended": lazy("wait extended"),
    "restored": lazy("content back"),
    "appealed": lazy("appeal filed"),
    "appeal_decided": lazy("appeal decided"),
    "cure_offered": lazy("cure offered"),
    "cured": lazy("put right"),
    "live_challenged": lazy("live challenge sent"),
    "challenge_answered": lazy("challenge answered"),
    "ordered": lazy("order received"),
}
DUTIES = {"desk": lazy("desk"), "software": lazy("software"), "party": lazy("party")}
LEAVES = {"notice": lazy("yes"), "conditional": lazy("conditional"), "tip": lazy("tip")}
RUNGS = {
    "warn": lazy("warning"),
    "limit": lazy("limited functions"),
    "suspend": lazy("suspension"),
    "close": lazy("closure"),
}
TARGETS = {"content": lazy("content"), "account": lazy("account"), "live": lazy("virtual human"), "none": lazy("none")}


@bp.get("/book")
def rule_book() -> Any:
    """The book in force, whole or narrowed to what `find` names."""
    rules = book()
    find = request.args.get("find", "").strip()
    found: dict[str, Mapping[str, BaseModel]] = {
        "kinds": _narrow(dict(rules.ordered_kinds()), find),
        "clocks": _narrow(rules.clocks, find),
        "actions": _narrow(rules.actions, find),
        "evidence": _narrow(rules.evidence, find),
        "bases": _narrow(rules.bases, find),
    }
    return render_template(
        "desk/book.html",
        section="book",
        book=rules,
        wording=wording,
        find=find,
        found=found,
        matches=sum(len(entries) for entries in found.values()),
        contents=_contents() if not find else [part for part in _contents() if found.get(part[0])],
        events=EVENTS,
        duties=DUTIES,
        leaves=LEAVES,
        rungs=RUNGS,
        targets=TARGETS,
        items=_asked(rules),
        uses=_uses(rules),
        evidence=lambda codes: wording.listed(pick(rules.evidence[code].words) for code in codes),
    )


def _contents() -> list[tuple[str, str]]:
    return [
        ("kinds", _("Kinds")),
        ("matrix", _("Who may file")),
        ("standing", _("Standing and proof")),
        ("complete", _("Completeness by law")),
        ("clocks", _("Clocks")),
        ("ladder", _("Ladder")),
        ("actions", _("Measures")),
        ("evidence", _("What is asked")),
        ("conduct", _("Misuse of reporting")),
        ("defences", _("Defences")),
        ("bases", _("Grounds")),
        ("versions", _("Versions and numbers")),
    ]


def _narrow(entries: Mapping[str, Entry], find: str) -> dict[str, Entry]:
    """The entries that have `find` in their code or anywhere in what they say."""
    wanted = find.casefold()
    return {
        code: entry
        for code, entry in entries.items()
        if wanted in code.casefold() or wanted in entry.model_dump_json().casefold()
    }


def _asked(rules: Book) -> list[str]:
    """Everything some regime says something about, in the order of evidence.toml: rows of the completeness table."""
    return [code for code in rules.evidence if any(code in regime.notice for regime in rules.regimes.values())]


def _uses(rules: Book) -> dict[str, list[str]]:
    """Which kinds rest on a ground: base → codes of kinds."""
    return {base: [code for code, kind in rules.ordered_kinds() if base in kind.bases] for base in rules.bases}
