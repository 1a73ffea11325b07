"""Evidence items as pages show them: name, size in words, and a re-encoded preview, never the original."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from webapp.core.i18n import _
from webapp.core.sizes import size_words
from webapp.domain.evidence.kinds import BY_TYPE
from webapp.domain.evidence.models import Evidence

ROLES = ("alleged", "reference", "proof")


@dataclass(frozen=True)
class Shown:
    """One file in a list. `preview` is an address or None while there is none (yet)."""

    id: str
    name: str
    size: str
    kind: str
    preview: str | None
    sha256: str

    @property
    def fingerprint(self) -> str:
        """The first digits of the SHA-256, enough to compare by eye."""
        return self.sha256[:12]


@dataclass(frozen=True)
class Group:
    """The files of one role with its title. (Named `rows`, because `items` is a method of every mapping in Jinja.)"""

    title: str
    rows: list[Shown]


def shown(item: Evidence, address: Callable[[str], str]) -> Shown:
    """An item for a list; `address` gives the preview's address for an evidence id."""
    kind = BY_TYPE.get(item.media_type)
    has_preview = any(preview.kind == "thumb" for preview in item.previews)
    return Shown(
        id=item.id,
        name=item.name,
        size=size_words(item.size),
        kind=(kind.extensions[0] if kind else "?").upper(),
        preview=address(item.id) if has_preview else None,
        sha256=item.sha256,
    )


def by_role(items: Iterable[Evidence], address: Callable[[str], str]) -> dict[str, list[Shown]]:
    """Items sorted into their roles; every role is there, perhaps empty."""
    found: dict[str, list[Shown]] = {role: [] for role in ROLES}
    for item in items:
        found[item.role].append(shown(item, address))
    return found


def groups(items: Iterable[Evidence], address: Callable[[str], str]) -> list[Group]:
    """The same as titled groups, empty ones left out."""
    titles = {
        "alleged": _("The reported content"),
        "reference": _("Your own reference"),
        "proof": _("Other proof"),
    }
    found = by_role(items, address)
    return [Group(titles[role], found[role]) for role in ROLES if found[role]]
