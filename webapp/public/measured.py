"""What was measured of her face or voice, as told to her: what is held and until when, and receipts of what is gone."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.core.i18n import _, n_, pick, when
from webapp.domain.biometrics import queries
from webapp.domain.claimants.queries import has_consent
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report


@dataclass(frozen=True)
class Measured:
    """The panel on her page: sentences about what is held, and a line for each receipt."""

    consent: bool  # in force: she can take it back
    agreed: str  # what she allowed, or took back
    held: list[str]
    receipts: list[str]


def panel(report: Report) -> Measured | None:
    """What her page says of comparison by machine; None where she never agreed to any."""
    purposes, consent = queries.consented(report.id), has_consent(report.id)
    if not purposes:
        return None
    held, gone = queries.held(report.id), queries.receipts(report.id)
    return Measured(consent, _agreed(consent, purposes[-1]), [_held(h) for h in held], [_gone(r) for r in gone])


def _agreed(consent: bool, purpose: str) -> str:
    if consent and purpose == "voice":
        return _(
            "You agreed that the voice in your reference is compared by machine. You can take that back; your report "
            "keeps its place."
        )
    if consent:
        return _(
            "You agreed that the face in your reference is compared by machine. You can take that back; your report "
            "keeps its place."
        )
    if purpose == "voice":
        return _("You withdrew your consent. A person compares by ear; your report keeps its place.")
    return _("You withdrew your consent. A person compares by eye; your report keeps its place.")


def _held(held: queries.Held) -> str:
    what = _templates(held.purpose, held.count)
    why = pick(getattr(book().biometrics.purposes, held.purpose))
    return _(
        "Held now, sealed: %(what)s, %(why)s. Deleted %(days)s days after the case is over, at the latest %(until)s.",
        what=what,
        why=why,
        days=book().biometrics.closed_days.number,
        until=when(held.until),
    )


def _gone(receipt: queries.Receipt) -> str:
    what = _templates(receipt.purpose, receipt.count)
    return _(
        "%(what)s deleted %(when)s (%(why)s). Receipt %(number)s.",
        what=what,
        when=when(receipt.deleted_at),
        why=pick(getattr(book().biometrics.why, receipt.why)),
        number=receipt.number,
    )


def _templates(purpose: str, count: int) -> str:
    if purpose == "voice":
        return str(n_("%(num)s voice template", "%(num)s voice templates", count))
    return str(n_("%(num)s face template", "%(num)s face templates", count))
