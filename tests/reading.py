"""Reads a page as a person does who knows no English: what it says, also to a screen reader, that is not Chinese."""

from __future__ import annotations

import re
from html.parser import HTMLParser

READ_OUT = ("alt", "aria-label", "placeholder", "title")
# English that is right on a Chinese page: names, units, codes, keys, formats, the way to the English page.
NAMES = re.compile(
    r"(?<![A-Za-z])(?:Redress|English|Lumo|SHA-256|https?:\S*|\S+@\S+|[RCA]-[0-9A-Z-]+|[0-9a-f]{8,}"
    r"|\S+\.(?:jpe?g|png|pdf|json)|Ctrl|Enter|Esc|Tab|MB|KB|CSV|PDF|PNG|JPE?G|SVG|WebP|RAW|AI|ID|JavaScript|Debian|phash|Krippendorff|Rui|Mei|Lan|Ada"
    # Laws of other countries and standards, which a Chinese text cites by the name they have.
    r"|DMCA|TAKE IT DOWN|NO FAKES|ELVIS|USC|GB \d+-\d+|AB \d+|SB \d+)(?![A-Za-z])"
)
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.silent: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if not self.silent:
            self.said += [value or "" for name, value in attrs if name in READ_OUT or name.startswith("data-say")]
        quiet = tag in ("script", "style", "svg", "textarea", "kbd") or known.get("lang", "")[:2] == "en"
        if tag not in VOID and (self.silent or quiet):
            self.silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.silent and tag not in VOID:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(data)


def english(html: str, *own: str) -> list[str]:
    """What a Chinese page says in English. `own` is what a person typed, which stays as typed."""
    page = _Page()
    page.feed(html)
    found = []
    for text in page.said:
        rest = re.sub(r"\{\w+\}", "", text)
        for typed in own:
            rest = rest.replace(typed, "")
        if re.search(r"[A-Za-z]{2,}", NAMES.sub("", rest)):
            found.append(" ".join(text.split()))
    return found
