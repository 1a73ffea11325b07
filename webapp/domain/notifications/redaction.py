"""What passes from a reporter's notice to the account it speaks of: facts from the book, and for works what the law
names; never words she wrote freely (law.md §0 item 10, §8 N05).
"""

from __future__ import annotations

import re

from webapp.domain.notifications.contexts.respondent import Notice
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report

# A place in a recording is digits and separators; anything else would be prose.
POSITION = re.compile(r"[\d:：.,，、\s~～–—-]+")
# An address, a link, or a number long enough to call or to identify somebody.
CONTACT = re.compile(r"@|://|www\.|(?:\d[\s-]?){7,}", re.IGNORECASE)
LONGEST = 200


def notice(report: Report) -> Notice:
    """The facts of a notice its other side is told.

    The title of a work and the right holder's name are told for works only, where the law needs them to say which
    right is meant; no name where a guardian speaks, since the right holder is then a minor.
    """
    kind = book().kinds[report.kind]
    served = [book().regimes[code] for code in report.regimes]
    standing = report.standing
    minor = "GUARDPROOF" in book().standing[standing.basis].requires
    named = kind.section == "work" and any(regime.forwards_name for regime in served) and not minor
    position = report.time_position.strip()
    return Notice(
        kind=report.kind,
        regimes=tuple(report.regimes),
        work=_title(report) if kind.needs_work_title and not kind.sealed else "",
        position=position if POSITION.fullmatch(position) else "",
        right_holder=standing.claimant.name if named and standing.claimant is not None else "",
    )


def _title(report: Report) -> str:
    """The work's title, '' when it carries a way to reach or find the reporter."""
    title, reporter = report.work_title.strip()[:LONGEST], report.standing.reporter
    private = [reporter.name, reporter.email, reporter.postal_address]
    if CONTACT.search(title) or any(p and p.casefold() in title.casefold() for p in private):
        return ""
    return title
