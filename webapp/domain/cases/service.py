"""The verbs of a case, gathered: other rooms and the faces take them from here."""

from __future__ import annotations

from webapp.domain.cases.claims import release, renew, require_claim, take
from webapp.domain.cases.closing import close, close_due, refer
from webapp.domain.cases.handing import decline, hand_over, take_back_handover, want
from webapp.domain.cases.joining import acknowledge, open_or_join, withdraw
from webapp.domain.cases.life import changed, move, tell_case, tell_clocks, tell_report, touch
from webapp.domain.cases.merging import merge, split, unmerge
from webapp.domain.cases.notices import complete, forward, lapse_returns, remind_returns, reopen, return_for_completion
from webapp.domain.cases.talking import answer, answer_respondent, ask, ask_respondent, bring_back, handle
from webapp.domain.cases.weighing import weigh

__all__ = [
    "acknowledge",
    "answer",
    "answer_respondent",
    "ask",
    "ask_respondent",
    "bring_back",
    "changed",
    "close",
    "close_due",
    "complete",
    "decline",
    "forward",
    "hand_over",
    "handle",
    "lapse_returns",
    "merge",
    "move",
    "open_or_join",
    "refer",
    "release",
    "remind_returns",
    "renew",
    "reopen",
    "require_claim",
    "return_for_completion",
    "split",
    "take",
    "take_back_handover",
    "tell_case",
    "tell_clocks",
    "tell_report",
    "touch",
    "unmerge",
    "want",
    "weigh",
    "withdraw",
]
