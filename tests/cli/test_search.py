"""`flask search rebuild`: whatever became of the index, it is made anew from what people wrote."""

from __future__ import annotations

from apiflask import APIFlask
from sqlalchemy import text

from tests.builders import file_report
from webapp.core.db import db, transaction
from webapp.domain.search.models import SearchDue, SearchEntry
from webapp.domain.search.queries import Question, find


def test_rebuild_reads_everything_anew(app: APIFlask) -> None:
    file_report(wrong="An albatross over the river, copied.")
    with transaction():
        for model in (SearchDue, SearchEntry):
            db.session.query(model).delete()
        db.session.execute(text("DELETE FROM search_words"))
    said = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert (said.exit_code, "1 cases, accounts and registrations" in said.output) == (0, True)
    assert len(find(Question("albatross"))) == 1
