"""What an answer is worth, in words: how often different files look this alike, and how often it was upheld here."""

from __future__ import annotations

from webapp.core.i18n import _, pick
from webapp.domain.calibration.queries import Upheld
from webapp.domain.matching.book import chapter


def meaning(name: str, band: str) -> str:
    """What a band of a detector is worth: how often different files look this alike, as its card was measured.

    "" where the book has no measured rate of this band (the band "none" has none by nature).
    """
    entry = chapter()["detectors"].get(name, {})
    card = entry.get("card", {})
    rate, pairs = card.get("rates", {}).get(band), int(card.get("pairs", 0))
    if rate is None:
        return ""
    if name != "face" and entry.get("medium") in ("audio", "video"):
        return _timed(bool(entry.get("consent")), float(rate), pairs)
    if name == "face" and not rate:
        return _("Of %(pairs)s pairs of different people, none looked this alike.", pairs=_grouped(pairs))
    if name == "face":
        return _(
            "Of %(pairs)s pairs of different people, about %(n)s looked this alike.",
            pairs=_grouped(100_000),
            n=_grouped(float(rate) * 100_000),
        )
    if not rate:
        return _("Of %(pairs)s pairs that show different things, none looked this alike.", pairs=_grouped(pairs))
    return _(
        "Of %(pairs)s pairs that show different things, about %(n)s looked this alike.",
        pairs=_grouped(1_000_000),
        n=_grouped(float(rate) * 1_000_000),
    )


def _timed(voices: bool, rate: float, pairs: int) -> str:
    """The same of what is heard and what moves: measured on fewer pairs, so told of fewer."""
    of = 1_000 if rate >= 0.001 else 100_000
    if not rate:
        text = (
            _("Of %(pairs)s pairs of different speakers, none sounded this alike.", pairs=_grouped(pairs)),
            _("Of %(pairs)s pairs that have nothing in common, none came this near.", pairs=_grouped(pairs)),
        )
        return text[not voices]
    told = {"pairs": _grouped(of), "n": _grouped(rate * of)}
    if voices:
        return _("Of %(pairs)s pairs of different speakers, about %(n)s sounded this alike.", **told)
    return _("Of %(pairs)s pairs that have nothing in common, about %(n)s came this near.", **told)


def upheld(counted: Upheld | None) -> str:
    """How often reports with this band were found right at this desk, in one sentence."""
    if counted is None or not counted.all:
        return _("Nothing with this band was decided here yet.")
    return _("Here %(n)s of %(all)s such reports were found right.", n=counted.supported, all=counted.all)


def distance(name: str, value: float, threshold: float) -> str:
    """The number behind an answer, for who asks for it."""
    entry = chapter()["detectors"].get(name)
    if not entry:
        return _(
            "Distance %(distance)s; up to %(threshold)s supports.",
            distance=_number(value),
            threshold=_number(threshold),
        )
    return _(
        "Distance %(distance)s (%(unit)s; 0 is identical). Up to %(strong)s is a strong match, "
        "up to %(threshold)s still supports the report.",
        distance=_number(value),
        unit=pick(entry["unit"]),
        strong=_number(float(entry["bands"]["strong"]["distance"])),
        threshold=_number(threshold),
    )


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}".removesuffix(".0")


def _grouped(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:.2g}"
