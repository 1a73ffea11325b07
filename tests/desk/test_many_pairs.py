"""The page of a case asks the database as often for forty pairs as for one."""

from __future__ import annotations

from collections.abc import Callable

from tests.builders import file_report, picture
from tests.conftest import Cast
from tests.desk.conftest import Browser
from tests.desk.drawn import said
from tests.domain.decisions.story import choice, decided, opened
from webapp.core.db import transaction
from webapp.domain.cases import queries as cases
from webapp.domain.index import service as index
from webapp.domain.index.looking import Answer, Candidate
from webapp.domain.labels import service as labels
from webapp.domain.matching import service as matching
from webapp.domain.staydown import queries as staydown
from webapp.domain.staydown import service as staydown_verbs

PLATFORM = "http://127.0.0.1:8001/posts/"


def earlier(cast: Cast, ref: str) -> str:
    """A file that was found to violate and is kept out."""
    old = opened(cast.rui, alleged=[picture(9)], content_ref=ref, address=PLATFORM + ref)
    decided(old, cast.rui, choice(old, ("remove", None), ("block_hash", 90)))
    with transaction():
        staydown_verbs.follow(old.id)
    return staydown.alleged(old.id)[0]


def reported(ref: str, side: int, detectors: tuple[str, ...], found: list[str]) -> str:
    """A case of `side` files beside `side` references, each pair with an answer of each detector, each reported
    file with a label and with what the index found. Its reference."""
    alleged, references = ([picture(n + start) for n in range(side)] for start in (1, 30))
    report = file_report(alleged, references, content_ref=ref, address=PLATFORM + ref).report
    ids = {role: [i.evidence.id for i in report.items if i.evidence.role == role] for role in ("alleged", "reference")}
    assert len(ids["alleged"]) == len(ids["reference"]) == side
    with transaction():
        for one in ids["alleged"]:
            hits = [Candidate(other, "decided", 3) for other in found]
            index.record_lookup(one, Answer("done", 7, 0.0, 0, hits))
            labels.record(one, "metadata", "1", [])
        for name in detectors:
            for one in (*ids["alleged"], *ids["reference"]):
                matching.record_scan(one, name, "1", state="done", data=b"signal")
            for query in ids["alleged"]:
                for reference in (*ids["reference"], *found):
                    matching.record_match(query, reference, name, "1", said("possible"))
    return cases.case_of(report.id).reference


def test_many_pairs_detectors_and_hits_need_no_query_each(
    at_desk: Callable[[str], Browser], cast: Cast, count_queries: list[str]
) -> None:
    old = [earlier(cast, f"old-{n}") for n in range(2)]
    one = reported("one", 1, ("phash",), old[:1])
    many = reported("many", 4, ("phash", "dct256", "features"), old)
    desk = at_desk("mei")
    asked = []
    for reference in (one, many):
        desk.get(f"/desk/case/{reference}")  # what is asked once a session is asked
        count_queries.clear()
        assert desk.get(f"/desk/case/{reference}").status_code == 200
        asked.append(len(count_queries))
    assert asked[0] == asked[1], asked
