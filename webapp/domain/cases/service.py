"""The verbs of a case, gathered: other rooms and the faces take them from here."""

from __future__ import annotations

from webapp.domain.cases.claims import release, renew, require_claim, take
from webapp.domain.cases.closing import close, close_due, refer
from webapp.domain.cases.joining import acknowledge, open_or_join, withdraw
from webapp.domain.cases.life import changed, move, tell_case, tell_clocks, tell_report, touch, weigh
from webapp.domain.cases.notices import complete, forward, lapse_returns, remind_returns, reopen, return_for_completion
from webapp.domain.cases.talking import answer, answer_respondent, ask, handle

__all__ = [
    "acknowledge",
    "answer",
    "answer_respondent",
    "ask",
    "changed",
    "close",
    "close_due",
    "complete",
    "forward",
    "handle",
    "lapse_returns",
    "move",
    "open_or_join",
    "refer",
    "release",
    "remind_returns",
    "renew",
    "reopen",
    "require_claim",
    "return_for_completion",
    "take",
    "tell_case",
    "tell_clocks",
    "tell_report",
    "touch",
    "weigh",
    "withdraw",
]
