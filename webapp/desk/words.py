"""The desk's own words: clocks, states, bands, kinds, measures. Reads the book only (what detectors saw: seen.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.core.i18n import _, lazy, n_, pick, when
from webapp.domain.matching.book import band_words
from webapp.domain.policy.queries import book

SOON = timedelta(hours=6)  # a due time this near is marked; half a shift

STATES = {
    "open": (lazy("Waiting for a decision"), "accent"),
    "asked": (lazy("Waiting for an answer"), "warn"),
    # For a second person, or for its minute in which it can be undone; a case's own page says which.
    "proposed": (lazy("A decision waits"), "warn"),
    "decided": (lazy("Decided"), "ok"),
    "closed": (lazy("Closed"), "plain"),
}
ANSWERS = {
    "supported": lazy("Supported"),
    "not_supported": lazy("Not supported"),
    "cannot_tell": lazy("Cannot tell"),
}
VERDICTS = {
    "upheld": lazy("Violation found"),
    "rejected": lazy("No violation found"),
    "provisional": lazy("Provisional measure"),
    "cured": lazy("Put right by the account"),
    "restored": lazy("Put back"),
}
NOBODY = lazy("By itself")  # decided by time or by the account, not by a person
ROLES = {"reviewer": lazy("Reviewer"), "lead": lazy("Lead"), "admin": lazy("Administrator")}
# What of a person was found in a text, by the codes of decisions.personal.
PERSONAL = {
    "name": lazy("somebody's name"),
    "e_mail": lazy("an e-mail address"),
    "id_number": lazy("an identity number"),
    "phone": lazy("a telephone number"),
    "long_number": lazy("a long number"),
    "ip_address": lazy("an IP address"),
    "profile_url": lazy("the address of a profile"),
    "handle": lazy("the name of an account"),
    "messenger": lazy("an account of a messenger"),
}
BAND_TONES = {"strong": "accent", "possible": "warn", "weak": "plain", "none": "plain", "": "plain"}
EFFECTS = {
    "pending": (lazy("Not sent yet"), "plain"),
    "sent": (lazy("Sent, not read back yet"), "accent"),
    "confirmed": (lazy("Holds: read back"), "ok"),
    "drifted": (lazy("No longer holds"), "danger"),
    "failed": (lazy("Did not take effect"), "danger"),
    "ending": (lazy("Its time is over: being lifted"), "accent"),
    "ended": (lazy("Ended"), "plain"),
    "stuck": (lazy("Over, and the platform still restricts"), "danger"),
    "undone": (lazy("Taken back"), "plain"),
}
LETTER_STATES = {
    "queued": (lazy("Waiting to be sent"), "plain"),
    "sent": (lazy("Sent"), "ok"),
    "failed": (lazy("Could not be sent"), "danger"),
    "no_address": (lazy("No address known"), "warn"),
}


@dataclass(frozen=True)
class Clock:
    """A time limit in words, with the instant for machines and a tone: plain, warn, danger."""

    text: str
    iso: str
    tone: str
    title: str


def span(length: timedelta) -> str:
    """A length of time in one or two units: '2 d 3 h', '5 h', '12 min'."""
    minutes = int(abs(length.total_seconds()) // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return _("%(d)s d %(h)s h", d=days, h=hours) if hours and days < 10 else _("%(d)s d", d=days)
    if hours:
        return (
            _("%(h)s h %(m)s min", h=hours, m=minutes % 60) if hours < SOON.seconds // 3600 else _("%(h)s h", h=hours)
        )
    return _("%(m)s min", m=minutes)


def clock(due_at: datetime, moment: datetime) -> Clock:
    """How long until, or since, a case is due."""
    left = due_at - moment
    if left < timedelta(0):
        return Clock(_("overdue by %(time)s", time=span(left)), due_at.isoformat(), "danger", when(due_at))
    tone = "warn" if left < SOON else "plain"
    return Clock(_("due in %(time)s", time=span(left)), due_at.isoformat(), tone, when(due_at))


def band(code: str) -> tuple[str, str]:
    """A band in words with its tone; the empty band says that nothing was compared yet."""
    if not code:
        return _("Nothing compared"), "plain"
    return pick(band_words(code)), BAND_TONES[code]


def kind(code: str) -> str:
    """A kind of report in words."""
    entry = book().kinds.get(code)
    return pick(entry.name) if entry else code


def deadline(code: str) -> str:
    """A clock in words: what has to happen until it is due."""
    entry = book().clocks.get(code)
    return pick(entry.words) if entry else code


def action(code: str, days: int | None = None) -> str:
    """A measure in words, with its length."""
    entry = book().actions.get(code)
    text = pick(entry.words) if entry else code
    return n_("%(measure)s, %(num)s day", "%(measure)s, %(num)s days", days, measure=text) if days else text


def reports(number: int) -> str:
    """'1 report', '3 reports'."""
    return str(n_("%(num)s report", "%(num)s reports", number))


def points(number: int) -> str:
    """'1 point', '3 points'."""
    return str(n_("%(num)s point", "%(num)s points", number))


def evidence(code: str) -> str:
    """Something a report can carry, in words."""
    entry = book().evidence.get(code)
    return pick(entry.words) if entry else code


def grade(code: str) -> str:
    """A grade of misuse in words."""
    entry = book().conduct.grades.get(code)
    return pick(entry) if entry else code


def second(why: Sequence[str]) -> str:
    """Why a second person must agree, in words: 'urgent', or the measures that ask for one."""
    return _("; ").join(_("the case is urgent") if code == "urgent" else action(code) for code in why)
