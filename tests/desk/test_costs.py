"""What a page of the desk asks the database: everything through an index, and no more for more rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import event

from tests.desk.conftest import Browser, choice, fresh, known_account, matched_case
from tests.desk.test_undo import undo_token
from tests.public.conftest import said
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
    "golden_case",
}
UNDO = "what one can take back now"
CHOSEN = {"ground": "COPY_IMAGE", "action": "remove", "reason": "Her picture, put up mirrored."}
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
    "/desk/pulse?idle=1",
    "/desk/search?account=acc",
    "/desk/search?state=live&queue=works&since=2020-01-01",
    "/desk/jump?q=C-4EE4-S59",
    "/desk/jump?q=http://127.0.0.1:8001/posts/p1",
    "/desk/pause",
)
OF_A_CASE = ("", "/beside", "/looks", "/similar")
# What a reviewer does all day, in an order in which each can be done: path, form.
VERBS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/desk/case/{case}/take", {}),
    ("/desk/case/{case}/heartbeat", {}),
    ("/desk/case/{case}/draft", {"reason": "Half a sentence"}),
    ("/desk/case/{case}/what-if", CHOSEN),
    ("/desk/case/{case}/preview", CHOSEN),
    ("/desk/case/{case}/eyes", {"question": "Is it the same hand?"}),
    ("/desk/case/{case}/merge", {"other": "{other}"}),
    ("/desk/case/{case}/merge", {"other": "{other}", "across": "yes", "do": "merge"}),
    ("/desk/undo", {"token": UNDO}),
    ("/desk/case/{other}/take", {}),
    ("/desk/case/{other}/move", {"queue": "labels", "why": "It is about the label."}),
    ("/desk/case/{other}/skip", {"why": "waits"}),
    ("/desk/basket/put", {"case": "{other_id}"}),
    ("/desk/basket/look", {"verb": "take"}),
    ("/desk/basket/look", {"verb": "reject", "reason": "Two different pictures."}),
    ("/desk/basket/do", {"verb": "take", "seen": "{other_id}:1"}),
    ("/desk/search/reporter", {"email": "zhou.yun@example.org"}),
    ("/desk/interests", {"kind": "content", "what": "{other}", "reason": "My brother"}),
    ("/desk/quality/begin", {}),
    ("/desk/next", {}),
)


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
    case = known_account(matched_case(1))
    other = matched_case(2)
    mei = at_desk("mei")
    asked.clear()
    of_case = [f"/desk/case/{case.reference}{rest}" for rest in OF_A_CASE]
    for path in (*PAGES, *of_case, f"/desk/pulse?case={case.reference}"):
        assert mei.get(path).status_code == 200, path
    names = {"case": case.reference, "other": other.reference, "other_id": other.id}
    for path, form in VERBS:
        data = {name: str(value).format_map(names) for name, value in form.items()}
        if form is CHOSEN:
            data = choice(fresh(case))
        if data.get("token") == UNDO:
            data["token"] = undo_token(mei.get("/desk/"))
        done = mei.post(path.format_map(names), data=data)
        assert done.status_code in (200, 302), (path, said(done))
    mei.post(f"/desk/case/{case.reference}/decide", data=choice(fresh(case)))
    mei.get(f"/desk/case/{case.reference}")
    found = scans(asked)
    print(*found, sep="\n\n")
    assert found == []


def test_no_page_of_a_lead_reads_all_that_was_ever_looked_at_twice(
    app: APIFlask, at_desk: Callable[[str], Browser], asked: list[tuple[str, Any]]
) -> None:
    """Figures come from counted days; agreement from the looks of its window."""
    if db.engine.dialect.name != "sqlite":
        return  # as above
    matched_case(1)
    lan = at_desk("lan")
    asked.clear()
    for path in ("/desk/figures", "/desk/quality", "/desk/quality/agreement", "/desk/quality/notes", "/desk/deadlines"):
        assert lan.get(path).status_code == 200, path
    small = ("SCAN day_figure", "SCAN counted_day", "SCAN rule_note")
    found = [one for one in scans(asked) if not one.startswith(small)]
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
