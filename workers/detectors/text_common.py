"""Words that belong to nobody: licences, notices, greetings, clauses, and what everybody quotes.

They are left out on both sides before anything is counted, so that two texts under one licence, or two essays that
quote one poem, share nothing by it. The list is `text_common.txt`, a paragraph a line; an operator may add to it
(that changes what stored signals mean, not the signals, so no new version is needed).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from workers.detectors.text_fold import Hashes, fold

LIST = Path(__file__).with_name("text_common.txt")


@lru_cache(maxsize=1)
def pieces() -> Hashes:
    """Sorted hashes of the pieces of all these words; read once a process, about 10 ms."""
    return fold(LIST.read_text(encoding="utf-8")).kinds
