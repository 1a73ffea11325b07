"""The clocks of a case in words: what has to happen until when, who set it and how surely, why it stands still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from webapp.core.i18n import _, lazy, pick, when, when_zoned
from webapp.desk import words
from webapp.domain.clocks.queries import Reading
from webapp.domain.policy.queries import book

# What the rooms give as reason when they let a clock stand still.
PAUSES = {
    "returned": lazy("the notice waits for what is missing"),
    "cure": lazy("the account may put it right by itself"),
    "asked_reporter": lazy("the reporter was asked something"),
    "asked_respondent": lazy("the account was asked something"),
}
DUTIES = {
    "desk": lazy("the desk"),
    "software": lazy("Redress by itself"),
    "party": lazy("the other side"),
}
ENDED = {
    "met": (lazy("done in time"), "ok"),
    "late": (lazy("done late"), "danger"),
    "cancelled": (lazy("fell away"), "plain"),
}
LIVE = ("running", "paused")


@dataclass(frozen=True)
class Shown:
    """One clock as the strip shows it. `source` says whether the law or the house set the time, and where; `still` why
    it stands still, '' while it runs."""

    text: str
    clock: words.Clock
    leads: bool
    live: bool
    report: str
    regime: str
    source: str
    hard: bool
    citations: str
    who: str
    notes: list[str]
    due: str
    still: str = ""


def shown(readings: Sequence[Reading], leading: str, moment: datetime, reports: Mapping[str, str]) -> list[Shown]:
    """Clocks in words: the one that leads first, then those that run, by due time, then those that ended.

    `leading` is the code of the leading clock, '' for none; `reports` are references by report id, empty where there
    is only one report to speak of.
    """
    found = [_shown(reading, moment, reports) for reading in readings]
    first = next((n for n in _ranked(readings) if readings[n].state == "running" and readings[n].code == leading), None)
    ordered = [found[n] for n in _ranked(readings) if n != first]
    return ordered if first is None else [replace(found[first], leads=True), *ordered]


def _ranked(readings: Sequence[Reading]) -> list[int]:
    return sorted(range(len(readings)), key=lambda n: (readings[n].state not in LIVE, readings[n].due))


def _shown(reading: Reading, moment: datetime, reports: Mapping[str, str]) -> Shown:
    entry, live = book().clocks.get(reading.code), reading.state in LIVE
    regime = book().regimes.get(reading.regime)
    bases = [book().bases[code] for code in reading.citations if code in book().bases]
    on_report = reading.on_id.removeprefix("report:") if reading.on_id.startswith("report:") else ""
    return Shown(
        text=words.deadline(reading.code),
        clock=_chip(reading, moment),
        leads=False,
        live=live,
        report=reports.get(on_report, ""),
        regime=pick(regime.words) if regime else reading.regime,
        source=_source(reading.hard, entry.mark if entry else "D"),
        hard=reading.hard,
        citations=_("; ").join(pick(b.citation) for b in bases),
        who=str(DUTIES[reading.duty]),
        notes=_notes(reading),
        due=when_zoned(reading.due),
        still=_still(reading),
    )


def _chip(reading: Reading, moment: datetime) -> words.Clock:
    if reading.state == "paused":
        return words.Clock(_("stands still"), reading.due.isoformat(), "plain", when(reading.due))
    if reading.state in ENDED:
        text, tone = ENDED[reading.state]
        return words.Clock(str(text), (reading.ended or reading.due).isoformat(), tone, when(reading.ended))
    told = words.clock(reading.due, moment)
    if reading.duty == "party" and reading.due < moment:  # their time is over, nobody of ours is late
        return words.Clock(_("time is over"), told.iso, "plain", told.title)
    return told if reading.duty != "party" else words.Clock(told.text, told.iso, "plain", told.title)


def _source(hard: bool, mark: str) -> str:
    if hard:
        return _("Set by law")
    # D: a default of this project; everything else was read somewhere, but is no number of the law (law.md, marks).
    return _("Our own default") if mark == "D" else _("From the rules, not a fixed number of the law")


def _still(reading: Reading) -> str:
    if reading.state != "paused":
        return ""
    return str(PAUSES.get(reading.paused_for) or _("stands still"))


def _notes(reading: Reading) -> list[str]:
    notes = []
    if reading.paused_since:
        why = PAUSES.get(reading.paused_for)
        text = _("stands still since %(when)s", when=when(reading.paused_since))
        notes.append(_("%(text)s: %(why)s", text=text, why=str(why)) if why else text)
    if reading.late_by:
        late = words.span(reading.late_by)
        notes.append(_("late by %(time)s", time=late))
    if reading.earliest and reading.state in LIVE:
        notes.append(_("not before %(when)s", when=when_zoned(reading.earliest)))
    if reading.assumed:
        notes.append(_("The holidays of that year are not published yet; the day may still move."))
    return notes
