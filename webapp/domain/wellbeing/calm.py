"""How one person's screen treats pictures and sound: the house's defaults, and over them what the person chose.

What somebody chose says something about them: it is on their own settings page only, and in no audit log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp.core.db import require_transaction
from webapp.core.errors import Refused
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape.desk import BLURS, COVERS, REVEALS, Desk, Harm
from webapp.domain.staff.models import Staff

DENSITIES = ("comfortable", "compact")


@dataclass(frozen=True)
class Veil:
    """How pictures of one class are covered ('none', 'blur', 'grey') and uncovered ('hold', 'click', 'hover')."""

    harm: str
    cover: str
    reveal: str


@dataclass(frozen=True)
class Calm:
    """One person's screen. `volume` and `speed` in per cent; `muted`: recordings start without sound;
    `speeds`: those the house offers."""

    veils: Mapping[str, Veil]
    otherwise: str
    blur: str
    parts_only: bool
    muted: bool
    volume: int
    speed: int
    speeds: tuple[int, ...]
    density: str

    def veil(self, harm: str = "") -> Veil:
        """How a picture of this class is covered; of no known class, as kinds that no class names."""
        return self.veils.get(harm) or self.veils[self.otherwise]


def calm_of(staff: Staff | None) -> Calm:
    """The screen of `staff`, or of the house where nobody is signed in. What they chose and the book no longer allows
    falls back to the house's default."""
    desk = book().desk
    kept = staff.settings if staff is not None else {}
    chosen = kept.get("calm") or {}
    veils = {code: _veil(code, harm, chosen.get("veils", {}).get(code, {})) for code, harm in desk.harms.items()}
    return Calm(
        veils=veils,
        otherwise=desk.harm_of(""),
        blur=_one_of(chosen.get("blur"), BLURS, desk.blur),
        parts_only=bool(chosen.get("parts_only", desk.parts_only)),
        muted=bool(chosen.get("muted", True)),
        volume=_one_of(chosen.get("volume"), range(101), desk.sound.volume),
        speed=_one_of(chosen.get("speed"), desk.sound.speeds, desk.sound.speed),
        speeds=desk.sound.speeds,
        density=_one_of(kept.get("density"), DENSITIES, DENSITIES[0]),
    )


def allowed(harm: Harm) -> tuple[str, ...]:
    """How far a class may be covered: nobody sets it below what the house calls the least."""
    return COVERS[COVERS.index(harm.least) :]


def set_calm(staff: Staff, chosen: Mapping[str, Any], density: str) -> None:
    """Keep what somebody chose for their own screen; as `calm` of their settings. Raises Refused('setting_unknown')."""
    require_transaction("wellbeing.set_calm")
    if not _sound(chosen, book().desk) or density not in DENSITIES:
        raise Refused("setting_unknown")
    staff.settings = {**staff.settings, "calm": dict(chosen), "density": density}


def reset(staff: Staff) -> None:
    """Back to the house's defaults, as they are now and as they will be."""
    require_transaction("wellbeing.reset")
    staff.settings = {name: value for name, value in staff.settings.items() if name not in ("calm", "density")}


def _sound(chosen: Mapping[str, Any], desk: Desk) -> bool:
    veils = chosen.get("veils", {})
    return (
        set(chosen) <= {"veils", "blur", "parts_only", "muted", "volume", "speed"}
        and set(veils) <= set(desk.harms)
        and all(one["cover"] in allowed(desk.harms[code]) and one["reveal"] in REVEALS for code, one in veils.items())
        and chosen.get("blur") in BLURS
        and chosen.get("volume") in range(101)
        and chosen.get("speed") in desk.sound.speeds
    )


def _veil(code: str, harm: Harm, chosen: Mapping[str, Any]) -> Veil:
    return Veil(
        code,
        _one_of(chosen.get("cover"), allowed(harm), harm.cover),
        _one_of(chosen.get("reveal"), REVEALS, harm.reveal),
    )


def _one_of(value: Any, known: Any, otherwise: Any) -> Any:
    return value if value in known else otherwise
