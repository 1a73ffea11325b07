"""The ground picker: each rule with what it stands on: the house's clause, the law, the EU database's codes.

What it says is what the statement of reasons will cite and the EU database be sent: the same functions find it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from webapp.core.clock import now
from webapp.core.i18n import _, pick
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.decisions.queries import blank
from webapp.domain.decisions.rules import Outcome
from webapp.domain.decisions.statements import law_of, terms_of
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Basis, Kind
from webapp.domain.policy.wording import SECTIONS

LAW, TERMS = "DECISION_GROUND_ILLEGAL_CONTENT", "DECISION_GROUND_INCOMPATIBLE_CONTENT"


@dataclass(frozen=True)
class Ground:
    """One rule to choose: `house` and `law` are citations, `eu` the codes of the EU database without their prefix."""

    code: str
    name: str
    test: str
    house: str
    law: str
    eu: tuple[str, ...]
    actions: tuple[str, ...]
    usual: tuple[str, ...]
    severe: bool


@dataclass(frozen=True)
class GroundGroup:
    """Rules under one heading."""

    title: str
    grounds: list[Ground]


def groups(case: Case) -> list[GroundGroup]:
    """Every rule of the book once: those reported here, those usual in the case's queue, then the rest by section."""
    reports = cases.active_reports(case.id)
    bare = blank(case, now(), reports)
    reported = list(dict.fromkeys([*(r.kind for r in reports), case.kind]))
    queue = book().queues.queue.get(case.queue)
    usual = queue.takes.claims(book().kinds) if queue else ()
    found, placed = [], set[str]()
    for title, codes in _ordered(reported, usual):
        left = [code for code in codes if code not in placed]
        placed |= set(left)
        if left:
            found.append(GroundGroup(title, [_ground(code, bare) for code in left]))
    return found


def _ordered(reported: list[str], usual: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    kinds = book().ordered_kinds()
    yield _("Reported here"), reported
    yield _("Usual in this queue"), [code for code, _kind in kinds if code in usual]
    for section, title in SECTIONS.items():
        yield str(title), [code for code, kind in kinds if kind.section == section]


def _ground(code: str, bare: Outcome) -> Ground:
    kind: Kind = book().kinds[code]
    outcome = replace(bare, ground=code)
    law = law_of(outcome, book())
    return Ground(
        code=code,
        name=pick(kind.name),
        test=pick(kind.test),
        house=_cited(terms_of(outcome, book())),
        law=_cited(law),
        eu=tuple(
            name.removeprefix(prefix)
            for prefix, names in (
                ("DECISION_GROUND_", (LAW if law else TERMS,)),
                ("STATEMENT_CATEGORY_", (kind.dsa.category,)),
                ("KEYWORD_", kind.dsa.keywords),
            )
            for name in names
        ),
        actions=kind.actions,
        usual=kind.default_actions,
        severe=kind.zero_tolerance,
    )


def _cited(bases: list[Basis]) -> str:
    return _("; ").join(pick(basis.citation) for basis in bases)
