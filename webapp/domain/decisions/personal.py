"""Personal data in free text: what must not leave the house in a published statement (DSA art 24(5), law.md §6.2).

The check errs on the side of refusing. It looks for what a pattern or a known name can find; it does not understand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

_NO_DIGIT_BEFORE, _NO_DIGIT_AFTER = r"(?<!\d)", r"(?!\d)"
# Code → pattern. Text is normalised first (full-width digits and letters become plain ones).
PATTERNS: Mapping[str, re.Pattern[str]] = {
    "e_mail": re.compile(r"[\w.+%-]+\s*(?:@|\(at\)|\[at\])\s*[\w-]+(?:\.[\w-]+)+", re.I),
    # China's resident card (18 places, the last may be X), the US social security number.
    "id_number": re.compile(
        rf"{_NO_DIGIT_BEFORE}(?:\d{{6}}(?:18|19|20)\d{{2}}[01]\d[0-3]\d\d{{3}}[\dXx]|\d{{3}}-\d{{2}}-\d{{4}}){_NO_DIGIT_AFTER}"
    ),
    "phone": re.compile(
        rf"{_NO_DIGIT_BEFORE}(?:"
        r"(?:\+|00)\d[\d\s().-]{6,18}\d"  # international
        r"|(?:86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}"  # China, mobile
        r"|0\d{2,3}[-\s]\d{7,8}"  # China, landline
        r"|(?:1[-.\s])?\(?[2-9]\d{2}\)?[-.\s]\d{3}[-.\s]\d{4}"  # US
        rf"){_NO_DIGIT_AFTER}"
    ),
    # Payment cards and other long numbers of a person.
    "long_number": re.compile(rf"{_NO_DIGIT_BEFORE}\d(?:[-\s]?\d){{12,}}{_NO_DIGIT_AFTER}"),
    "ip_address": re.compile(rf"{_NO_DIGIT_BEFORE}(?:\d{{1,3}}\.){{3}}\d{{1,3}}{_NO_DIGIT_AFTER}"),
    "profile_url": re.compile(
        r"(?:https?://|www\.)\S*?(?:/@|/(?:u|user|users|profile|people|channel|c|space|member|in|home)/)\S+", re.I
    ),
    "handle": re.compile(r"(?<![\w.@/])@[\w.-]{2,}"),
    "messenger": re.compile(
        r"(?:微信号?|QQ号?|WeChat|WhatsApp|Telegram|Line\s?ID|VX)\s*(?:ID)?\s*[:：是]\s*[\w-]{4,}"  # as people type it
        r"|QQ\s*\d{5,}",
        re.I,
    ),
}
SHORTEST_PART = 3  # letters of one part of a Latin name that is looked for alone ("Zhou" of "Zhou Yun")
MOST_PARTS = 3  # more parts than this are the name of an organisation, whose words are everyday words


def found(text: str, names: Iterable[str] = ()) -> str:
    """The first kind of personal data in `text`: a code of PATTERNS, 'name', or '' when none was found.

    `names` are people's and accounts' names: found whole in any spelling of case, width and spaces; a Latin name also
    with its parts turned round, and each part of it alone where it is written as a name (with a capital).
    """
    plain = unicodedata.normalize("NFKC", text)
    for code, pattern in PATTERNS.items():
        if pattern.search(plain):
            return code
    return "name" if any(_named(plain, unicodedata.normalize("NFKC", name).strip()) for name in names) else ""


def _named(text: str, name: str) -> bool:
    parts = re.findall(r"\w+", name.removeprefix("@"))
    if not any(len(part) > 1 for part in parts):
        return False  # one letter names nobody
    if not name.isascii():
        return _squeezed(name) in _squeezed(text)
    orders = [parts, parts[::-1]]
    if any(re.search(r"\b" + r"[\W_]*".join(map(re.escape, order)) + r"\b", text, re.I) for order in orders):
        return True
    if not 2 <= len(parts) <= MOST_PARTS:
        return False
    alone = [part.capitalize() for part in parts if len(part) >= SHORTEST_PART]
    return any(re.search(rf"\b{re.escape(part)}\b", text) for part in alone)


def _squeezed(text: str) -> str:
    return "".join(text.casefold().split())
