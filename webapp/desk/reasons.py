"""Ready reasons at the desk: which fit the case, in which language, with their gaps in words a reviewer fills in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from webapp.core.i18n import LANGUAGES, language, pick
from webapp.domain.cases.models import Case
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape.composing import GAP
from webapp.domain.reports.models import Report

BOTH = "both"
CHOICES = (*LANGUAGES, BOTH)


@dataclass(frozen=True)
class ReasonShown:
    """One text to begin with, by name. `kinds` are the rules it was written for, none for any."""

    code: str
    name: str
    verdict: str
    kinds: tuple[str, ...]


def offered() -> list[ReasonShown]:
    """Every reason of the book; the page's script narrows them to verdict and rule."""
    return [ReasonShown(code, pick(one.words), one.verdict, one.kinds) for code, one in book().reasons.items()]


def text(code: str, in_: str, known: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """The reason in one language, or in both under one another; each gap stands as {{its words}}, or is filled with
    what is `known` (gap → language → words). '' for an unknown code or language."""
    reason = book().reasons.get(code)
    if reason is None or in_ not in CHOICES:
        return ""
    return "\n\n".join(
        _filled(str(getattr(reason.text, one)), one, known or {}) for one in (LANGUAGES if in_ == BOTH else (in_,))
    )


def _filled(words: str, in_: str, known: Mapping[str, Mapping[str, str]]) -> str:
    gaps = book().gaps

    def fill(gap: re.Match[str]) -> str:
        said = known.get(gap[1], {}).get(in_)
        return said or "{{" + pick(gaps[gap[1]], in_) + "}}"

    return GAP.sub(fill, words)


def language_of(case: Case, reports: Iterable[Report]) -> str:
    """The language all who will read the reason read; 'both' where they do not share one."""
    respondent = case.subject.respondent
    read = {report.language for report in reports} | ({respondent.language} if respondent else set())
    known = read & set(LANGUAGES)
    if len(known) > 1:
        return BOTH
    return next(iter(known), language())


def joined(before: str, code: str, in_: str, known: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """What was typed with a reason put after it."""
    return "\n\n".join(part for part in (before.strip(), text(code, in_, known)) if part)
