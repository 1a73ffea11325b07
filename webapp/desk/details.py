"""What an entry of the audit log tells beyond its verb, in words, from the facts the verb wrote down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from webapp.core.i18n import _, day, language, lazy, n_
from webapp.core.sealed import unseal_word
from webapp.desk import words
from webapp.desk.standings import LEVELS
from webapp.domain.cases.merging import SPLIT_WHY

WHY = {
    "standing": lazy("to check on what basis they speak"),
    "contact": lazy("to reach them outside Redress"),
    "legal": lazy("a court or an authority asked"),
}
# Why somebody opens content of a sealed kind; most can be decided without looking.
WHY_OPEN = {
    "decide": lazy("the case cannot be decided without looking"),
    "compare": lazy("to see whether a copy is the same"),
    "legal": lazy("a court or an authority asked"),
}


# How a copy of a counter-notice is known to have arrived; else what a person wrote.
ARRIVED = {"read": lazy("read on the tracking page"), "mail": lazy("counted from the mail server's receipt")}
# What the platform's copy said when it was read again.
LABELS = {
    "found": lazy("it says that it is AI-made"),
    "trace": lazy("traces, no plain declaration"),
    "not_found": lazy("no label in the file"),
    "unread": lazy("it could not be read"),
    "missing": lazy("the content is not there"),
    "unreachable": lazy("the platform could not be reached"),
}
OUTCOMES = {"upheld": lazy("Left as it was"), "varied": lazy("Changed"), "reversed": lazy("Reversed")}


def detail(verb: str, facts: Mapping[str, Any]) -> str:
    """What an entry says beyond its verb; '' for nothing."""
    if verb.startswith("clock."):
        # Reports of one case run clocks of the same name: each name once.
        return " · ".join(dict.fromkeys(words.deadline(clock["code"]) for clock in facts.get("clocks", ())))
    known = DETAILS.get(verb)
    return known(facts) if known else ""


def _decision(facts: Mapping[str, Any]) -> str:
    parts = [str(words.VERDICTS.get(facts.get("verdict", ""), ""))]
    parts += [words.action(kind, days) for kind, days in facts.get("actions", [])]
    parts += [words.points(facts["points"])] if facts.get("points") else []
    parts += [_("otherwise than similar cases, with a reason")] if facts.get("apart") else []
    return " · ".join(p for p in parts if p)


def _chain(facts: Mapping[str, Any]) -> str:
    return _("whole") if facts.get("broken_at") is None else _("broken at entry %(n)s", n=facts["broken_at"])


def _roles(facts: Mapping[str, Any]) -> str:
    return _("%(before)s → %(after)s", before=_role(facts.get("before")), after=_role(facts.get("after")))


def _second(facts: Mapping[str, Any]) -> str:
    return words.second(facts.get("why", ()))


def _checked(facts: Mapping[str, Any]) -> str:
    level = facts.get("level", "")
    said = str(LEVELS.get(level, level))
    if not facts.get("until"):
        return said
    last = day(datetime.fromisoformat(facts["until"]) - timedelta(seconds=1), language())  # it runs to that day's end
    until = _("until %(when)s", when=last)
    return f"{said} · {until}"


# What an entry tells beyond its verb, from the facts the verb wrote down.
def _split_why(facts: Mapping[str, Any]) -> str:
    return unseal_word(str(facts.get("why", "")), SPLIT_WHY)


DETAILS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "case.merge": lambda facts: str(facts.get("into", "")),
    "case.take_in": lambda facts: str(facts.get("taken", "")),
    "case.unmerge": lambda facts: str(facts.get("out_of", "")),
    "case.let_out": lambda facts: str(facts.get("let_out", "")),
    "case.split": lambda facts: " · ".join(filter(None, (str(facts.get("new", "")), _split_why(facts)))),
    "eyes.ask": lambda facts: str(facts.get("of", "")),
    "eyes.answer": lambda facts: str(words.ANSWERS.get(facts.get("finding", ""), "")),
    "label.recheck": lambda facts: str(LABELS.get(facts.get("outcome", ""), "")),
    "decision.make": _decision,
    "audit.verify": _chain,
    "staff.role": _roles,
    "staff.add": lambda facts: _role(facts.get("role")),
    "reporter.identify": lambda facts: str(WHY.get(facts.get("why", ""), "")),
    "evidence.open": lambda facts: str(WHY_OPEN.get(facts.get("why", ""), "")),
    "counter.identify": lambda facts: str(WHY.get(facts.get("why", ""), "")),
    "counter.arrive": lambda facts: str(ARRIVED.get(facts.get("how", ""), facts.get("how", ""))),
    "appeal.decide": lambda facts: str(OUTCOMES.get(facts.get("outcome", ""), "")),
    "statements.export": lambda facts: str(n_("%(num)s statement", "%(num)s statements", facts.get("count", 0))),
    "report.receive": lambda facts: words.kind(str(facts.get("kind", ""))),
    "case.propose": _second,
    "proposal.make": _second,
    "case.refer": lambda facts: str(facts.get("authority", "")),
    "notice.return": lambda facts: _("; ").join(words.evidence(code) for code in facts.get("missing", ())),
    "standing.verify": _checked,
    "standing.prove": lambda facts: words.evidence(str(facts.get("code", ""))),
    "conduct.mark": lambda facts: words.grade(str(facts.get("grade", ""))),
    "cure.offer": lambda facts: words.action(str(facts.get("action", ""))),
}


def _role(code: Any) -> str:
    return str(words.ROLES.get(str(code), code))
