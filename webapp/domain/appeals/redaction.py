"""The copy of a counter-notice a claimant gets: what her regime needs, and nothing to find the respondent by."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from webapp.domain.policy.shape import Book, Words

MASK = "•••"


@dataclass(frozen=True)
class Redacted:
    """What a claimant may see of a counter-notice. Never a number to call, an identity document, a home.

    `name` is '' unless the regime forwards it; `address` is a mask where the regime asks for an address at all
    (17 USC 512(g)(3)(D): masked by default, released by hand on a statutory ground; law.md §8 N12, §11 no. 10).
    """

    regime: str
    statement: str
    defence: Words | None
    content_title: str
    content_address: str
    name: str
    address: str


def redacted(
    regime: str,
    fields: Mapping[str, str],
    statement: str,
    defence: str,
    content: tuple[str, str],
    book: Book,
) -> Redacted:
    """The copy a claimant gets. `content` is (title, address) of the item.

    Contact data typed into the statement itself is masked, and so is the name where the regime does not forward it.
    """
    shape = book.regimes[regime]
    named = fields.get("real_name", "") if shape.forwards_name else ""
    hidden = [value for code, value in fields.items() if code in PRIVATE or (code in NAMES and not named)]
    return Redacted(
        regime=regime,
        statement=scrubbed(statement, hidden),
        defence=book.defences.get(defence),
        content_title=content[0],
        content_address=content[1],
        name=named,
        address=MASK if fields.get("postal_address") else "",
    )


# Fields nobody but the desk sees, and those the name is in (names of policy/book/fields.toml).
PRIVATE = ("contact", "postal_address")
NAMES = ("real_name", "signature")
_DATE = r"(?!(?:19|20)\d{2}[-./ ]\d{1,2}[-./ ]\d{1,2}\b)"
_PERSONAL = re.compile(
    r"(?P<link>https?://\S+)"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # mail addresses
    r"|(?<!\d)\d{17}[\dXx](?!\d)"  # resident identity numbers
    rf"|(?<![\w-]){_DATE}(?:\+\d[\d ()-]{{6,}}\d|\d[\d ()-]{{8,}}\d)(?![\w-])"  # telephone numbers
)


def scrubbed(text: str, hidden: Collection[str] = ()) -> str:
    """The text without mail addresses, telephone and identity numbers and the words of `hidden`; links stay."""
    for word in sorted((w.strip() for w in hidden), key=len, reverse=True):
        if len(word) > 1:
            text = re.sub(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])", MASK, text, flags=re.IGNORECASE)
    return _PERSONAL.sub(lambda found: found["link"] or MASK, text)
