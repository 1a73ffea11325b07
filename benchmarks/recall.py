"""Of photographs altered in seventy ways, how many does our chain find, and how often is it wrong? Beside two anchors.

`python -m benchmarks.recall` takes a sample of the copies, `--full` every alteration of every photograph (an hour).
Thresholds were chosen on other photographs than these. Copies and pairs are chosen by a fixed seed.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks.alarms import evidence, false_features, false_hashes, hard_pairs
from benchmarks.copies import Copy, Seen, chosen, look, photographs
from benchmarks.table import Row
from tests.detectors.alterations import FAMILIES

PHASH_AT, PDQ_AT = 10, 31  # what ImageHash's readers and Meta's HMA use


def run(full: bool = False) -> list[Row]:
    """Recall overall and by family, and false alarms counted; about three minutes on two idle cores."""
    photos = photographs()
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        references = dict(zip(photos, pool.map(look, map(Copy, photos), chunksize=4), strict=True))
        seen = pool.starmap(look, [(copy, references[copy.photo]) for copy in chosen(photos, full)], chunksize=8)
        sought = [one for one in seen if one.copy.counts]
        hard = pool.starmap(evidence, hard_pairs(sought, list(references.values())), 8)
    alarms = false_hashes([*references.values(), *seen], PHASH_AT, PDQ_AT)
    return [*_recall(sought, references), *alarms, *false_features(hard)]


def _recall(sought: list[Seen], references: dict[str, Seen]) -> list[Row]:
    """Whether our chain, ImageHash and PDQ find each copy, by family."""
    families: dict[str, list[tuple[bool, ...]]] = defaultdict(list)
    for one in sought:
        copy, reference = one.copy, references[one.copy.photo]
        hits = (
            bool({"strong", "possible"} & set(one.bands)),
            bool((one.phash != reference.phash).sum() <= PHASH_AT),
            bool((one.pdq != reference.pdq).sum() <= PDQ_AT),
        )
        families[copy.family].append(hits)
        families["all families"].append(hits)
        if not hits[0]:
            print(f"  missed: {Path(copy.photo).stem[:12]} {copy.family} / {copy.name}", flush=True)
    rows = []
    for family in ("all families", *FAMILIES):
        ours, phash, pdq = np.mean(families[family], axis=0)
        against = [(f"ImageHash pHash ≤ {PHASH_AT}", phash)] + [(f"PDQ ≤ {PDQ_AT}", pdq)] * (family == "all families")
        rows += [
            Row(f"recall, {family}", f"{len(families[family])} copies", ours, name, anchor, ours / max(anchor, 0.01))
            for name, anchor in against
        ]
    return rows


if __name__ == "__main__":
    from benchmarks.table import show

    show(run("--full" in sys.argv), Path("var/recall.json"))
