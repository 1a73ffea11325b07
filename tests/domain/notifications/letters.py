"""Every letter there is, whose it is, and values for all a template may ask, to read them without a story."""

from __future__ import annotations

from typing import Any

from webapp.domain.notifications.rendering import render

TO_REPORTERS = (
    "report_received", "message_to_reporter", "report_withdrawn", "notice_returned", "notice_reminder",
    "notice_lapsed", "notice_forwarded", "decision_to_reporter", "cured_to_reporter", "counter_forwarded",
    "restore_reminder", "held_to_reporter", "restored_to_reporter", "conduct_step", "consent_withdrawn", "follow_up",
)  # fmt: skip
TO_RESPONDENTS = (
    "notice_to_respondent", "interim_to_respondent", "decision_to_respondent", "label_to_respondent",
    "counter_received", "held_to_respondent", "restored_to_respondent", "measure_ending", "measure_ended",
    "cure_offered", "cure_lapsed", "question_to_respondent",
)  # fmt: skip
TO_EITHER = ("appeal_received", "appeal_to_party", "appeal_to_other")
TO_STAFF = ("clock_alert", "urgent_arrived")
ALL = (*TO_REPORTERS, *TO_RESPONDENTS, *TO_EITHER, *TO_STAFF)
LANGUAGES = ("zh", "en")

MEASURE = {"name": "MEASURE", "effect": "EFFECT", "until": "UNTIL"}
# One value for each name any template uses; a new name has to be added here, or StrictUndefined speaks.
FULL: dict[str, Any] = {
    "operator": "Lumo", "reference": "R-7K3M-9PQT", "case_reference": "C-7K3M-9PQT", "track_url": "http://x/track",
    "how_url": "http://x/how", "answer_url": "http://x/respond", "report_url": "http://x/report", "page_url": "http://x",
    "desk_url": "http://x/desk", "stop_url": "http://x/stop", "secret": "SECRET", "kind": "KIND", "received": "DAY1",
    "due": "DAY2", "incomplete": True, "tip": True, "support": "SUPPORT", "warnings": ["WARNING"], "name_told": True,
    "message": "MESSAGE", "asks": True, "withdrawn": "DAY3", "missing": [{"name": "MISSING", "why": "BECAUSE"}],
    "text": "TEXT", "paused": True, "laws": ["LAW"], "reopen_days": 90, "reopen_until": "DAY4", "forwarded": "DAY5",
    "answer": "supported", "test": "TEST", "reason": "REASON", "measures": [MEASURE], "undone": [MEASURE],
    "compared": True, "decided": "DAY6", "appeal_until": "DAY7", "follow_up": "DAY8", "law": "LAW", "restore": "DAY9",
    "estimated": True, "copy": [{"label": "LABEL", "text": "COPY"}], "days": 3, "proof": "suit", "end": "elapsed",
    "barred": True, "appeal": "A-1", "matter": "MATTER", "filed": "DAY10", "outcome": "reversed",
    "parts": [{"title": "Title", "text": "PART"}], "eu": True, "may_appeal": True, "step": "STEP", "window": 90,
    "marks": 5, "reports": 6, "share": 83, "grades": "GRADES", "until": "DAY11", "exempt": ["EXEMPT"],
    "purposes": ["PURPOSE"], "holding": True, "title": "TITLE", "content_ref": "p1", "work": "WORK", "position": "0:12",
    "right_holder": "HOLDER", "counters": [{"law": "LAW", "fields": ["FIELD"], "wait": "15"}], "open_days": 180,
    "old": ["OLD"], "new": ["NEW"], "art6": True, "cured": True, "wait": "15", "measure": MEASURE, "points": 5,
    "points_until": "DAY12", "lapse": MEASURE, "clock": "CLOCK", "breach": True, "percent": 75,
    "receipts": [{"number": "F-1", "what": "TEMPLATES", "deleted": "DAY13", "why": "BECAUSE"}],
}  # fmt: skip
# The same with every branch the other way: nothing there, nothing true.
BARE = {
    name: value if isinstance(value, str) and name not in ("support", "reason", "until", "stop_url") else type(value)()
    for name, value in FULL.items()
} | {"measure": MEASURE, "answer": "not_supported", "proof": "complaint", "end": "other", "outcome": "upheld"}


def page(name: str, code: str, context: dict[str, Any]) -> str:
    """The whole letter, subject, text and HTML."""
    letter = render(name, code, context)
    return f"{letter.subject}\n{letter.text}\n{letter.html}"
