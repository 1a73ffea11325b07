"""A counter-notice as its claimant reads it: the redacted copy, the day it turns on, what she can do until then.

Nothing of the account but what its regime lets through (appeals.redaction).
"""

from __future__ import annotations

from dataclasses import dataclass

from webapp.core.db import transaction
from webapp.core.i18n import _, language, pick, when, when_zoned
from webapp.domain.appeals import queries
from webapp.domain.appeals import service as appeals
from webapp.domain.appeals.models import CounterForward, CounterNotice
from webapp.domain.notifications.contexts import words
from webapp.domain.policy.queries import book
from webapp.domain.reports import queries as reports
from webapp.domain.reports.models import Report
from webapp.public import history
from webapp.public.story import Event


@dataclass(frozen=True)
class Copy:
    """The counter-notice on the tracking page. `can_prove`: a proof of suit or complaint still counts."""

    state: str
    says: str
    facts: tuple[tuple[str, str], ...]
    can_prove: bool
    can_give_up: bool
    barred: str


def read(report: Report) -> None:
    """She has the page with the copy before her: it has arrived, now at the latest (law.md §4.2). Writes only the first
    time."""
    sent = queries.forwarded_to(report.id)
    if sent is not None and sent.read_at is None:
        counter_id, report_id = sent.counter_id, report.id
        with transaction():
            appeals.mark_read(counter_id, report_id)


def copy(report: Report) -> Copy | None:
    """The newest counter-notice that was forwarded to her; None when there is none."""
    sent = queries.forwarded_to(report.id)
    if sent is None:
        return None
    counter = sent.counter
    told = queries.redacted(counter)
    pending = counter.state in ("forwarded", "waiting", "held")
    mine = sent.withdrawn_at is None
    return Copy(
        state=counter.state,
        says=_says(counter, sent),
        facts=(
            (_("Law"), words.law(counter.regime, language())),
            (_("From"), told.name),
            (_("Content"), " ".join(part for part in (told.content_title, told.content_address) if part)),
            (_("Ground"), pick(told.defence) if told.defence else ""),
            (_("Statement"), told.statement),
            (_("Postal address"), told.address),
            (_("Passed on to you"), when(counter.forwarded_at)),
            (_("Your proof"), _proof(sent)),
        ),
        can_prove=pending and mine,
        can_give_up=pending and mine,
        barred=_barred(report),
    )


def _proof(sent: CounterForward) -> str:
    if not sent.proof_kind:
        return ""
    did = _("You went to court.") if sent.proof_kind == "suit" else _("You complained to an authority.")
    return _("%(did)s Sent on %(when)s.", did=did, when=when(sent.proved_at))


def _says(counter: CounterNotice, sent: CounterForward) -> str:
    """What follows for her, in a sentence or two."""
    at = history.restoring(counter)
    if sent.withdrawn_at is not None and counter.state != "restored":
        return _("You gave your claim up. For you this is over.")
    if counter.state in ("valid", "forwarded"):
        return _("The content stays as it is for now. The waiting time begins when everybody concerned has this copy.")
    if counter.state == "waiting" and at:
        return _(
            "The content is put back after %(when)s, unless you show by then that you went to court or complained to "
            "the competent authority.",
            when=when_zoned(at),
        )
    if counter.state == "held":
        return _("A court or an authority has it now. Everything stays as it is until that is settled.")
    if counter.state == "refused":
        return _("It was settled elsewhere: what was decided stays.")
    if counter.state == "withdrawn":
        return _("The other side took the counter-notice back. What was decided stays.")
    why = f"restored_{counter.end}"
    ended = pick(book().statement[why]) if why in book().statement else _("The measures were ended.")
    return _("%(why)s You can still go to court; send us its decision here, and we act on it.", why=ended)


def _barred(report: Report) -> str:
    """The law under which the same notice cannot be made again, '' where none bars it (RTCI art 17)."""
    index = report.standing.reporter.email_index
    found = reports.barred(report.subject_id, index, report.regimes)
    return words.law(found[0], language()) if found else ""


def events(report: Report) -> list[Event]:
    """Its moments for her timeline, with the day everything turns on as the next step."""
    sent = queries.forwarded_to(report.id)
    if sent is None:
        return []
    found = history.counter_events(sent.counter, mine=False)
    if sent.proved_at:
        found.append(Event(sent.proved_at, _("You showed that you went to court or to an authority"), tone="ok"))
    if sent.withdrawn_at:
        found.append(Event(sent.withdrawn_at, _("You gave your claim up")))
    at = history.restoring(sent.counter)
    if sent.counter.state == "waiting" and at and sent.withdrawn_at is None:
        found.append(Event(at, _("After this the content is put back"), tone="next"))
    return found
