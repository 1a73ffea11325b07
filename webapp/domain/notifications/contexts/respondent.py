"""What a letter to the account may say. By its types it holds nothing of any reporter: the outcome's frozen parts, the
content as the platform names it (its address is left out, a reporter typed it), and the few facts the law lets through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.core.db import settings
from webapp.core.i18n import day, pick
from webapp.domain.decisions.rules import ActionFact, Outcome
from webapp.domain.notifications.contexts import words
from webapp.domain.policy.queries import book


@dataclass(frozen=True)
class Content:
    """The content and the case about it, and the account's own way in."""

    case_reference: str
    title: str
    content_ref: str
    answer_url: str
    urgent: bool = False


@dataclass(frozen=True)
class Notice:
    """What the account is told of a notice (law.md §0 item 10): the right, the law, and, for works, what the law names.

    Never words a reporter wrote freely, never who or where a reporter is; made by `redaction.notice` alone.
    """

    kind: str
    regimes: tuple[str, ...]
    work: str = ""
    position: str = ""
    right_holder: str = ""


def base(content: Content) -> dict[str, Any]:
    """What every letter to the account carries; for urgent kinds also what stands alone in the subject line."""
    found: dict[str, Any] = {
        "operator": settings().operator_name,
        "case_reference": content.case_reference,
        "title": content.title,
        "content_ref": content.content_ref,
        "answer_url": content.answer_url,
    }
    if content.urgent:
        found["neutral"] = content.case_reference
    return found


def notice(
    content: Content, facts: Notice, measures: Sequence[ActionFact], code: str, *, regimes: Sequence[str] = ()
) -> dict[str, Any]:
    """For a forwarded notice: item, right, measure so far, the right to answer and what that must contain (N05).

    `regimes`: under which a counter-notice would be open.
    """
    return base(content) | {
        "kind": pick(book().kinds[facts.kind].name, code),
        "work": facts.work,
        "position": facts.position,
        "right_holder": facts.right_holder,
        "laws": words.laws(facts.regimes, code),
        "measures": words.taken(measures, code),
        "counters": words.counters(regimes, code),
        "open_days": book().numbers.appeal_days,
    }


def question(content: Content, text: str, answer_by: datetime, code: str) -> dict[str, Any]:
    """For a question of the desk: what it asks, where and until when to answer. The reviewer's own words, who was told
    to name no reporter; never anything a reporter wrote."""
    return base(content) | {"message": text, "due": words.moment(answer_by, code)}


def statement(
    content: Content, outcome: Outcome, code: str, *, regimes: Sequence[str] = (), old: Sequence[str] = ()
) -> dict[str, Any]:
    """For a decision, an interim measure, a label: the frozen statement of reasons and the ways to answer (N06, N07,
    N10). `regimes`: under which a counter-notice is open; `old`: labels that were on the content before.
    """
    kind = book().kinds[outcome.ground or outcome.kind]
    ends = [a.ends_at for a in outcome.actions if a.ends_at is not None]
    labels = [a for a in outcome.actions if book().actions[a.kind].label]
    return base(content) | {
        "decided": words.moment(outcome.decided_at, code),
        "parts": [dict(part) for part in outcome.statements.get(code, ())],
        "appeal_until": day(outcome.appeal_until, code),
        "until": words.moment(max(ends), code) if ends else "",
        "counters": words.counters(regimes, code),
        "old": [pick(book().actions[kind].words, code) for kind in old],
        "new": [words.measure(a, code)["name"] for a in labels],
        "art6": any(book().bases[b].regime == "CN_LABEL" for b in kind.bases),
        "cured": outcome.verdict == "cured",
    }


def counter_received(
    content: Content, regime: str, filed_at: datetime, missing: Sequence[str], code: str
) -> dict[str, Any]:
    """For the receipt of a counter-notice: what is missing in words, or what comes next (N11)."""
    return base(content) | {
        "law": words.law(regime, code),
        "filed": words.moment(filed_at, code),
        "missing": words.missing(missing, code),
        "wait": words.wait(book().regimes[regime].wait, code),
    }


def held(content: Content, proof: str) -> dict[str, Any]:
    """For the hold: a suit or a complaint was shown; no court papers (N14)."""
    return base(content) | {"proof": proof}


def restored(content: Content, undone: Sequence[ActionFact], at: datetime, end: str, code: str) -> dict[str, Any]:
    """For "the measures are ended": when, why, what is put back (N15)."""
    return base(content) | {
        "decided": words.moment(at, code),
        "end": end,
        "measures": words.put_back(undone, code),
    }


def appeal(content: Content, reference: str, filed_at: datetime, due: datetime | None, code: str) -> dict[str, Any]:
    """For the receipt of the account's appeal (N16)."""
    return base(content) | {
        "appeal": reference,
        "matter": content.case_reference,
        "page_url": content.answer_url,
        "filed": words.moment(filed_at, code),
        "due": words.moment(due, code) if due else "",
    }


def judged(
    content: Content,
    outcome: Outcome,
    result: str,
    reason: str,
    code: str,
    *,
    appeal_reference: str = "",
    may_appeal: bool = False,
) -> dict[str, Any]:
    """For the result of an appeal, the account's or the other side's: result, what changes, what is next (N16)."""
    changed = result != "upheld"
    parts = [dict(part) for part in outcome.statements.get(code, ())] if changed else []
    return base(content) | {
        "appeal": appeal_reference,
        "matter": content.case_reference,
        "page_url": content.answer_url,
        "decided": words.moment(outcome.decided_at, code),
        "outcome": result,
        "reason": "" if parts else reason,
        "measures": words.taken(outcome.actions, code) if changed and not parts else [],
        "undone": words.put_back(outcome.undone, code) if changed else [],
        "parts": parts,
        "eu": book().regimes["EU_DSA"].enabled,
        "may_appeal": may_appeal,
        "appeal_until": day(outcome.appeal_until, code),
    }


def measure(
    content: Content, action: ActionFact, points: int, points_until: datetime | None, code: str
) -> dict[str, Any]:
    """For a measure that ends soon or has ended: which, when, and the points that still count (N17)."""
    return base(content) | {
        "measure": words.measure(action, code),
        "until": words.moment(action.ends_at, code) if action.ends_at else "",
        "points": points,
        "points_until": day(points_until, code) if points_until else "",
    }


def cure(content: Content, kind: str, action: str, due_at: datetime, code: str) -> dict[str, Any]:
    """For the offer to put something right, and its lapse: what to do, until when, what follows otherwise (N19)."""
    entry = book().kinds[kind]
    lapse = entry.cure.lapse if entry.cure else ""
    return base(content) | {
        "kind": pick(entry.name, code),
        "measure": words.measure(ActionFact(action, None, None), code),
        "due": words.moment(due_at, code),
        "lapse": words.measure(ActionFact(lapse, None, None), code) if lapse else None,
    }
