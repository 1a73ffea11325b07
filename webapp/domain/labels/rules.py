"""Thinking about what files say of themselves: three answers, what contradicts what, which row of art 6 it is.

There is no fourth answer. A file without a label, and a camera's own statement too, is "no evidence": neither shows
that a person made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

Answer = Literal["declared", "suspected", "no_evidence"]
Found = Literal["declared", "admitted", "suspected", "none"]
WEIGHT: Mapping[str, int] = {"no_evidence": 0, "suspected": 1, "declared": 2}
# Source types by which a file says that something other than AI made it: beside an AI claim they contradict it.
CAPTURED = frozenset(
    {"digitalCapture", "computationalCapture", "humanEdits", "digitalCreation", "compositeCapture", "screenCapture",
     "negativeFilm", "positiveFilm", "print", "virtualRecording"}
)  # fmt: skip


def combined(claims: Iterable[Mapping[str, Any]]) -> Answer:
    """Declared beats suspected beats nothing."""
    heaviest = max((str(claim["answer"]) for claim in claims), key=WEIGHT.__getitem__, default="no_evidence")
    return "declared" if heaviest == "declared" else "suspected" if heaviest == "suspected" else "no_evidence"


def source_type(claim: Mapping[str, Any]) -> str:
    """The digital source type a claim names, '' for none."""
    text = str(claim["text"])
    if claim["source"] == "xmp_source_type":
        return text
    for part in text.split(" · "):
        name, _, value = part.partition("=")
        if name == "DigitalSourceType":
            return value
    return ""


def contradicts(claims: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one file says both: made by AI, and captured or made otherwise; or its labels disagree."""
    ai = any(claim["answer"] != "no_evidence" for claim in claims)
    other = any(source_type(claim) in CAPTURED and claim["answer"] == "no_evidence" for claim in claims)
    return (ai and other) or any("FIELDS_DISAGREE" in claim["issues"] for claim in claims)


def found(claims: Iterable[Mapping[str, Any]], admitted: bool = False) -> Found:
    """The row of the decision table (标识办法 art 6) for all claims of the reported copies.

    A declaration in metadata first, the account's own admission next; a visible label is what the platform "detected",
    like a trace.
    """
    kept = list(claims)
    if any(claim["answer"] == "declared" and claim["trust"] != "visible" for claim in kept):
        return "declared"
    if admitted:
        return "admitted"
    return "suspected" if combined(kept) != "no_evidence" else "none"
