"""What was measured of her face, as told to her: what is held now and until when, and the receipts of what is gone."""

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
    held: list[str]
    receipts: list[str]


def panel(report: Report) -> Measured | None:
    """What her page says of comparison by machine; None where she never agreed to any."""
    consent, given = has_consent(report.id), queries.consent_of(report.id)
    if not consent and given is None:
        return None
    return Measured(
        consent, [_held(h) for h in queries.held(report.id)], [_gone(r) for r in queries.receipts(report.id)]
    )


def _held(held: queries.Held) -> str:
    what = n_("%(num)s face template", "%(num)s face templates", held.count)
    why = pick(book().biometrics.purposes["face"])
    return _(
        "Held now, sealed: %(what)s, %(why)s. Deleted %(days)s days after the case is over, at the latest %(until)s.",
        what=what,
        why=why,
        days=book().biometrics.closed_days.number,
        until=when(held.until),
    )


def _gone(receipt: queries.Receipt) -> str:
    what = n_("%(num)s face template", "%(num)s face templates", receipt.count)
    return _(
        "%(what)s deleted %(when)s (%(why)s). Receipt %(number)s.",
        what=what,
        when=when(receipt.deleted_at),
        why=pick(getattr(book().biometrics.why, receipt.why)),
        number=receipt.number,
    )
