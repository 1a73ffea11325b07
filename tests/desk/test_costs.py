"""What a page of the desk asks the database: everything through an index, and no more for more rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import event

from tests.desk.conftest import Browser, choice, matched_case
from webapp.core.db import Base, db

# What stays small however long a desk has worked: people, connections, what waits for a person now.
SMALL = {
    "staff",
    "staff_session",
    "platform",
    "claim",
    "rescan",
    "tally",
    "block",
    "threshold_change",
    "queue_count",
    "saved_search",
}
PAGES = (
    "/desk/",
    "/desk/?kind=COPY_IMAGE",
    "/desk/?queue=works",
    "/desk/queue/rows",
    "/desk/queues",
    "/desk/second",
    "/desk/counters",
    "/desk/messages",
    "/desk/actions",
    "/desk/actions?state=failed",
    "/desk/eyes",
    "/desk/basket",
    "/desk/search?q=painting",
    "/desk/search?q=%E7%BB%98%E7%94%BB&kind=COPY_IMAGE",
    "/desk/jump?q=chenmo",
    "/desk/interests",
    "/desk/settings",
    "/desk/quality",
    "/desk/pulse",
)
OF_A_CASE = ("", "/beside", "/looks", "/similar")


@pytest.fixture
def asked(app: APIFlask) -> Iterator[list[tuple[str, Any]]]:
    """Every SELECT with its values, while the test runs."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def scans(asked: list[tuple[str, Any]]) -> list[str]:
    """Steps of SQLite's plans that read a whole growing table, with the question they belong to."""
    found = []
    with db.engine.connect() as connection:
        for statement, parameters in dict(asked).items():
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
                step = row[3].split()
                table = re.sub(r"_\d+$", "", step[1] if len(step) > 1 else "")
                whole = step[0] == "SCAN" and "INDEX" not in step and table in Base.metadata.tables.keys() - SMALL
                # The newest row by its number is read from the end.
                if whole and "ORDER BY audit_entry.id DESC" not in statement:
                    found.append(f"{row[3]}: {statement}")
    return found


def test_no_page_of_a_reviewer_reads_a_whole_table(
    app: APIFlask, at_desk: Callable[[str], Browser], asked: list[tuple[str, Any]]
) -> None:
    if db.engine.dialect.name != "sqlite":
        return  # PostgreSQL plans by what it counted; on a table of three rows it always reads the whole
    case = matched_case(1)
    matched_case(2)
    mei = at_desk("mei")
    asked.clear()
    of_case = [f"/desk/case/{case.reference}{rest}" for rest in OF_A_CASE]
    for path in (*PAGES, *of_case, f"/desk/pulse?case={case.reference}"):
        assert mei.get(path).status_code == 200, path
    mei.post("/desk/next")
    mei.post(f"/desk/case/{case.reference}/decide", data=choice(case))
    mei.get(f"/desk/case/{case.reference}")
    found = scans(asked)
    print(*found, sep="\n\n")
    assert found == []


def test_the_queue_asks_as_much_for_many_cases_as_for_one(
    at_desk: Callable[[str], Browser], count_queries: list[str]
) -> None:
    mei = at_desk("mei")
    matched_case(1)
    count_queries.clear()
    mei.get("/desk/")
    one = len(count_queries)
    for number in range(2, 6):
        matched_case(number)
    count_queries.clear()
    mei.get("/desk/")
    assert len(count_queries) == one
