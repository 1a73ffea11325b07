"""What the rule book says of the index (`matching/index.toml`), typed."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.domain.matching.book import chapter

DETECTOR = "dct256"  # whose 256 bits the index holds
SOUNDS = "recording"  # whose landmarks it holds


@dataclass(frozen=True)
class IndexBook:
    """`radius`: bits of 256 within which a listed item is a candidate; `most`: candidates kept of one lookup.

    `patience` (seconds) and `at_most` (rows): how much a lookup itself adds to a search file that is behind; beyond,
    it searches what is there, says so, and is repeated. `decided_days`: how long decided content stays listed.
    """

    radius: int
    most: int
    patience: float
    at_most: int
    decided_days: int
    again: int  # seconds after which a lookup in a stale index is repeated
    sound_votes: int  # landmarks that must lie equally far apart in time before a sound is a candidate
    sound_slack: int  # milliseconds that "equally far" allows


def index_book() -> IndexBook:
    """The chapter. Raises KeyError for a book without it."""
    entry = chapter()["index"]
    return IndexBook(
        radius=int(entry["radius"]),
        most=int(entry["most"]),
        patience=float(entry["patience_seconds"]),
        at_most=int(entry["at_most_rows"]),
        decided_days=int(entry["decided_days"]),
        again=int(entry["again_seconds"]),
        sound_votes=int(entry["sound_votes"]),
        sound_slack=int(entry["sound_slack_milliseconds"]),
    )


def version(detector: str = DETECTOR) -> str:
    """The version of the fingerprints that are searched; older ones stay until their items are looked at again."""
    return str(chapter()["detectors"].get(detector, {}).get("version", "1"))
