"""On what basis a reporter speaks, as the desk shows it: what is claimed, what was checked, until when it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from webapp.core.db import settings
from webapp.core.i18n import _, day, language, lazy, pick, when
from webapp.desk.looks import Item
from webapp.domain.claimants import rules
from webapp.domain.claimants.models import Standing
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report

LEVELS = {
    "V0": lazy("E-mail address confirmed"),
    "V1": lazy("Phone or account confirmed"),
    "V2": lazy("Papers checked by a person"),
    "V3": lazy("Checked at a notary, a register or live"),
}
ARRANGED = {"yes": lazy("Yes"), "no": lazy("No"), "unknown": lazy("Not known")}


@dataclass(frozen=True)
class Proof:
    """A paper for the standing: what it is said to show, and the file (None: it is gone)."""

    words: str
    item: Item | None


@dataclass(frozen=True)
class StandingShown:
    """A standing in words. `level`, `scope` and `until` (a day, '' for none) fill the form of whoever checks it."""

    id: str
    badges: list[tuple[str, str]]
    facts: list[tuple[str, str]]
    proofs: list[Proof]
    wanted: str
    level: str
    scope: tuple[str, ...]
    until: str
    checkable: bool


def shown(report: Report, items: Mapping[str, Item], names: Mapping[str, str], moment: datetime) -> StandingShown:
    """The standing of a report. `names`: staff by id. Needs the report's standing and its proofs loaded."""
    held = report.standing
    state = rules.state(held, moment)
    basis = book().standing[held.basis]
    return StandingShown(
        id=held.id,
        badges=_badges(held, report.kind, moment),
        facts=_facts(held, names, state),
        proofs=[
            Proof(
                pick(book().evidence[p.code].words) if p.code in book().evidence else p.code, items.get(p.evidence_id)
            )
            for p in held.proofs
        ],
        wanted=book().kinds[report.kind].level,
        level=held.level if held.state == "verified" else "V2",
        scope=tuple(held.scope),
        until=_last_day(held.valid_to),
        checkable=held.basis != "ANY" and bool(basis.requires or basis.optional or basis.days or basis.expires),
    )


def _badges(held: Standing, kind: str, moment: datetime) -> list[tuple[str, str]]:
    """The state as a chip, amber once expired; and what it does not reach."""
    basis, state = pick(book().standing[held.basis].words), rules.state(held, moment)
    end = day(held.valid_to - timedelta(seconds=1), language()) if held.valid_to else ""
    if state == "expired":
        badge = (_("“%(standing)s”: ran out on %(day)s", standing=basis, day=end), "warn")
    elif state == "refused":
        badge = (_("“%(standing)s”: the papers do not show it", standing=basis), "danger")
    elif state == "verified":
        text = _("“%(standing)s”: checked", standing=basis)
        until = _(", until %(day)s", day=end) if end else ""
        badge = (f"{text}{until}", "ok")
    else:
        badge = (_("Says: “%(standing)s”", standing=basis), "accent")
    found = [badge]
    if held.valid_from is not None and held.valid_from > moment:
        found.append((_("begins only on %(day)s", day=day(held.valid_from, language())), "warn"))
    if not rules.reaches(held, kind):
        found.append((_("does not reach this kind of report"), "warn"))
    return found


def _facts(held: Standing, names: Mapping[str, str], state: str) -> list[tuple[str, str]]:
    known, kinds = book().evidence, book().kinds
    declared = _("; ").join(pick(known[c].words) for c in held.declarations if c in known)
    scope = _("; ").join(pick(kinds[c].name) for c in held.scope if c in kinds)
    checked = ""
    if held.checked_at:
        who = names.get(held.checked_by_id or "", _("Desk"))
        checked = f"{who} · {when(held.checked_at)}"
    return [
        (_("How surely"), str(LEVELS.get(held.level, held.level)) if state in ("verified", "expired") else ""),
        (_("Authority covers"), held.matters),
        (_("Reaches"), scope),
        (_("Runs from"), day(held.valid_from, language()) if held.valid_from else ""),
        (_("Runs until"), day(held.valid_to - timedelta(seconds=1), language()) if held.valid_to else ""),
        (_("Declared"), declared),
        (_("Arranged otherwise before dying"), str(ARRANGED.get(held.prior_arrangement, ""))),
        (_("Register number"), held.registry_ref),
        (_("Checked by"), checked),
        (_("Why it was refused"), held.refusal),
    ]


def _last_day(end: datetime | None) -> str:
    """The last day that still counts, in the legal time zone: a standing ends when that day does."""
    zone = ZoneInfo(settings().timezone)
    return (end - timedelta(seconds=1)).astimezone(zone).date().isoformat() if end else ""
