"""The strip over a case: which case, what is next due and why a clock stands still, on what basis each side speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.core.i18n import pick
from webapp.desk import words
from webapp.desk.clocks import Shown
from webapp.desk.dossier import Dossier
from webapp.domain.policy.queries import book

BESIDE = 2  # clocks told beside the leading one; the rest is one press away
BADGES = 3  # badges told in the strip; each report has all of its own


@dataclass(frozen=True)
class Strip:
    """`leading` is the clock the case is sorted by, None when none of the desk's runs; `still`: those that stand still,
    as (what, why). `badges`: standings and consents of the reports, (text, tone), each once; `more_badges`: how many
    are left out."""

    kind: str
    priority: str
    urgent: bool
    leading: Shown | None
    beside: Sequence[Shown]
    still: Sequence[tuple[str, str]]
    badges: Sequence[tuple[str, str]]
    more_badges: int


def strip(d: Dossier) -> Strip:
    """The strip of a case that was read. Needs no query."""
    case = d.case
    badges = list(dict.fromkeys(badge for report in d.active for badge in (*report.standing.badges, *report.chips)))
    # What wants attention first; of equal ones those that came first.
    badges.sort(key=lambda badge: ("danger", "warn", "ok", "accent", "plain").index(badge[1]))
    return Strip(
        kind=words.kind(case.kind),
        priority=pick(book().priorities[case.priority].words),
        urgent=case.priority == "P0",
        leading=next((clock for clock in d.clocks if clock.leads), None),
        beside=_beside(d.clocks),
        still=_still(d.clocks),
        badges=badges[:BADGES],
        more_badges=max(0, len(badges) - BADGES),
    )


def _beside(clocks: Sequence[Shown]) -> list[Shown]:
    """The next clocks that run, each text once: of ten reports ten clocks say the same."""
    once = {(c.text, c.clock.text): c for c in reversed(clocks) if c.live and not c.leads and not c.still}
    return list(reversed(once.values()))[:BESIDE]


def _still(clocks: Sequence[Shown]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((c.text, c.still) for c in clocks if c.still))[:BESIDE]
