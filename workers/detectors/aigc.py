"""The AIGC label of GB 45438-2025 Annex E: seven fields read as strictly as the standard and as kindly as the wild.

Every departure from the standard is an issue, none makes a label unread. Sources: law.md §7.2 (fields, character set,
wild types, codes).
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from webapp.domain.matching.detector import Answer, Claim
from workers.detectors.bounded import Fields, NotRead, read

FIELDS = (
    "Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2",
)  # fmt: skip
MANDATORY = FIELDS[:3]
# Seen in the wild: misspellings, and Tencent's own names.
_OTHER_NAMES = {
    "ReserveCode1": "ReservedCode1",
    "ReserveCode2": "ReservedCode2",
    "Producer": "ContentProducer",
    "Propagator": "ContentPropagator",
    "PropatorID": "PropagateID",
    "PropagatorID": "PropagateID",
    "ProducerID": "ProduceID",
    "ServiceProvider": "ContentProducer",
    "ServiceUser": "ContentPropagator",
}
_PRINTABLE = re.compile(r"[\x21-\x7e]*\Z")
_CODE = re.compile(r"001\d([0-9A-Z]{18})[0-9A-Za-z]{5}\Z")  # 001, kind, social credit code (18), product (5)
SHOWN = 80  # letters of a field that are kept


@dataclass(frozen=True)
class Label:
    """One label as it was read: the fields under their right names, and what is wrong with it."""

    source: str
    fields: tuple[tuple[str, str], ...]
    issues: tuple[str, ...]

    @property
    def answer(self) -> Answer:
        """1 says it is generated; 2 (possibly) and 3 (suspected) say no more than that; a broken one is a trace."""
        label = dict(self.fields).get("Label", "")
        return "declared" if label == "1" or label.upper() in ("AIGC", "AI") else "suspected"

    def claim(self) -> Claim:
        shown = [f"{name}={_short(value)}" for name, value in self.fields if value]
        code = _CODE.match(dict(self.fields).get("ContentProducer", ""))
        if code:
            shown.append(f"USCC={code[1]}")
        return Claim(self.source, self.answer, "editable", " · ".join(shown), self.issues)


def _short(value: str) -> str:
    clean = "".join(letter if letter.isprintable() else "�" for letter in value)
    return clean if len(clean) <= SHOWN else clean[: SHOWN - 1] + "…"


def label(source: str, value: str, damaged: bool = False) -> Label:
    """Read one value that stands where a label belongs. Never fails: what cannot be read says NOT_READ."""
    issues = ["CRC_MISMATCH"] if damaged else []
    if not value.strip("\x00 \t\r\n"):
        return Label(source, (), (*issues, "EMPTY_SHELL"))
    try:
        found = _object(value)
    except NotRead:
        return Label(source, (), (*issues, "NOT_READ"))
    fields, wrong = _fields(found)
    return Label(source, fields, tuple(dict.fromkeys([*issues, *wrong])))


def looks_like(value: str) -> bool:
    """Whether a text that could be anything (a comment, a description) holds a label."""
    if not re.search(r"AIGC|ContentProducer|ServiceProvider", value) or "{" not in value:
        return False
    try:
        found = _object(value)
    except NotRead:
        return '"AIGC"' in value
    return bool({"ContentProducer", "ProduceID", "ServiceProvider"} & found.keys() or "Label" in found)


def _object(value: str) -> Fields:
    """The innermost object: out of HTML entities, out of the wrapper {"AIGC": …}, out of JSON inside a string."""
    text = value.strip("\x00 \t\r\n\ufeff")
    found: Any = None
    for _unescaping in range(3):
        try:
            found = read(text)
            break
        except NotRead:
            if (plain := html.unescape(text)) == text:
                raise
            text = plain
    for _wrapper in range(4):
        if isinstance(found, str):
            found = read(found)
        elif isinstance(found, dict) and "AIGC" in found:
            found = found["AIGC"]
        elif isinstance(found, Fields):
            return found
        else:
            break
    raise NotRead("no object")


def _fields(found: Fields) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    values: dict[str, str] = {}
    issues = ["FIELDS_DISAGREE"] if found.twice else []
    for name, value in found.items():
        right = _OTHER_NAMES.get(name, name)
        if name not in FIELDS:
            issues.append("UNKNOWN_FIELD")
        if right not in FIELDS:
            continue
        plain = (
            value if isinstance(value, str) else "" if value is None or isinstance(value, dict | list) else str(value)
        )
        if not isinstance(value, str):
            issues.append("LABEL_ENUM" if right == "Label" else "CHARSET")
        elif not _PRINTABLE.match(value):
            issues.append("CHARSET")
        if values.get(right, plain) != plain:
            issues.append("FIELDS_DISAGREE")
        values.setdefault(right, plain.strip())
    fields = tuple((name, values[name]) for name in FIELDS if name in values)
    if not any(values.values()):
        return fields, [*issues, "EMPTY_SHELL"]
    if any(not values.get(name) for name in MANDATORY):
        issues.append("FIELD_MISSING")
    if values.get("Label") and values["Label"] not in ("1", "2", "3"):
        issues.append("LABEL_ENUM")
    return fields, issues


def one_label(labels: Sequence[Label]) -> list[Label]:
    """All labels of one file. Exactly one is allowed: more are said to be, and to disagree where they do.

    An empty shell beside a full label is a second label too.
    """
    if len(labels) < 2:
        return list(labels)
    told = {tuple(pair for pair in one.fields if pair[1]) for one in labels}
    extra = ("DUPLICATE_LABEL", "FIELDS_DISAGREE") if len(told) > 1 else ("DUPLICATE_LABEL",)
    return [replace(one, issues=tuple(dict.fromkeys([*one.issues, *extra]))) for one in labels]
