"""Files of a report: judged by their bytes, refused with a sentence beside the field, the rest untouched."""

from __future__ import annotations

import io

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from tests.builders import ANSWERS, file_report, picture
from tests.public.conftest import Visitor, said
from webapp.core.blobs import Blob, BlobWriter
from webapp.core.db import db, transaction
from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.service import add_preview, store
from webapp.domain.intake import service as intake
from webapp.domain.reports.models import Report
from webapp.public.files import take
from webapp.public.more import add
from webapp.public.steps import DRAFT_COOKIE

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BAD = [
    # What people send by mistake, and what others send on purpose.
    pytest.param(b"", "a.jpg", "This file is empty", id="empty"),
    pytest.param(picture(3)[:4000], "a.jpg", "is cut off", id="truncated"),
    pytest.param(b"MZ" + b"\0" * 600, "holiday.jpg", "This is a program", id="renamed program"),
    pytest.param(SVG, "a.svg", "SVG pictures can carry programs", id="svg with script"),
    pytest.param(b"PK\x03\x04" + b"\0" * 300, "a.jpg", "archive", id="archive"),
]


@pytest.fixture
def reporter(visitor: Visitor) -> Visitor:
    """A visitor who stands on the step with the files."""
    visitor.fill(until="/report/files")
    return visitor


def kept(app: APIFlask) -> list[tuple[str, str]]:
    """(role, name) of what is in the evidence room and was not taken back."""
    db.session.rollback()
    return [(e.role, e.name) for e in db.session.scalars(select(Evidence).where(Evidence.dropped_at.is_(None)))]


def test_the_script_sends_one_file_and_gets_its_line(app: APIFlask, reporter: Visitor, photo: bytes) -> None:
    answer = reporter.send_file(photo, "painting.jpg", "reference")
    assert answer.status_code == 201
    assert answer.json["name"] == "painting.jpg"
    assert kept(app) == [("reference", "painting.jpg")]
    assert "painting.jpg" in reporter.get("/report/files").text


@pytest.mark.parametrize(("data", "name", "sentence"), BAD)
def test_a_bad_file_gets_a_sentence_by_script(
    app: APIFlask, reporter: Visitor, data: bytes, name: str, sentence: str
) -> None:
    answer = reporter.send_file(data, name)
    assert answer.status_code == 422
    assert sentence in answer.json["error"]
    assert kept(app) == []


@pytest.mark.parametrize(("data", "name", "sentence"), BAD)
def test_a_bad_file_gets_a_sentence_beside_the_field_without_script(
    app: APIFlask, reporter: Visitor, photo: bytes, data: bytes, name: str, sentence: str
) -> None:
    files = [(io.BytesIO(photo), "good.jpg"), (io.BytesIO(data), name)]
    page = reporter.post("/report/files", {"do": "go", "alleged": files})
    assert page.status_code == 422
    assert sentence in said(page)
    assert 'id="alleged-error"' in page.text
    assert 'href="#alleged"' in page.text
    assert kept(app) == [("alleged", "good.jpg")]  # the good one stays
    assert "Evening" in reporter.get("/report/content").text  # and so does what was typed


def test_a_file_past_the_limit_is_named_and_not_kept(app: APIFlask, reporter: Visitor) -> None:
    limit = app.config["SETTINGS"].max_file_bytes
    answer = reporter.send_file(b"\xff\xd8" + b"\0" * limit, "huge.jpg")
    assert answer.status_code == 422
    assert "the most we can take" in answer.json["error"]
    assert kept(app) == []


def test_a_request_past_all_limits_shows_the_step_again(app: APIFlask, reporter: Visitor) -> None:
    page = reporter.client.post(
        "/report/files",
        input_stream=io.BytesIO(b""),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(app.config["MAX_CONTENT_LENGTH"] + 1)},
    )
    assert page.status_code == 413
    assert "too large to send at once" in said(page)
    assert "Evening" in reporter.get("/report/content").text


def test_files_can_be_taken_back_with_and_without_script(app: APIFlask, reporter: Visitor, photo: bytes) -> None:
    first = reporter.send_file(photo, "one.jpg").json["id"]
    second = reporter.send_file(picture(8), "two.jpg").json["id"]
    assert reporter.post("/report/files", {"remove": first}).location == "/report/files"
    gone = reporter.post("/report/files", {"remove": second}, headers={"Accept": "application/json"})
    assert gone.json == {"removed": second}
    assert kept(app) == []


def test_nobody_takes_back_or_sees_the_files_of_another(reporter: Visitor, stranger: Visitor, photo: bytes) -> None:
    item = reporter.send_file(photo).json["id"]
    with transaction():
        add_preview(item, "thumb", store().put(picture(1, (60, 40), "WEBP")), "image/webp", 60, 40)
    mine = reporter.get(f"/report/preview/{item}")
    assert (mine.status_code, mine.mimetype) == (200, "image/webp")
    assert "sandbox" in mine.headers["Content-Security-Policy"]
    mine.close()
    assert f"/report/preview/{item}" in reporter.get("/report/files").text
    stranger.fill(until="/report/files")
    assert stranger.get(f"/report/preview/{item}").status_code == 404
    assert stranger.post("/report/files", {"remove": item}).status_code == 404


def test_more_files_than_a_report_holds_are_refused(app: APIFlask, reporter: Visitor) -> None:
    most = app.config["SETTINGS"].max_files
    for number in range(most):
        assert reporter.send_file(picture(number, (64, 48)), f"{number}.jpg").status_code == 201
    answer = reporter.send_file(picture(99, (64, 48)), "one-too-many.jpg")
    assert answer.status_code == 422
    assert "more files than one report can hold" in answer.json["error"]


def test_files_belong_to_the_report_that_is_sent(reporter: Visitor, photo: bytes) -> None:
    reporter.send_file(photo, "mine.jpg", "reference")
    reporter.report()
    report = db.session.scalars(select(Report)).one()
    sent = [(i.evidence.role, i.evidence.name, i.code) for i in report.items]
    assert sent == [("reference", "mine.jpg", ""), ("proof", "TITLE.jpg", "TITLE")]


def test_a_script_whose_draft_is_gone_is_told_so(visitor: Visitor, photo: bytes) -> None:
    answer = visitor.send_file(photo)
    assert answer.status_code == 410
    assert "start again" in answer.json["error"]


class Overtaken(BlobWriter):
    """An upload whose content is erased between its storing and its registering."""

    def keep(self) -> Blob:
        blob = super().keep()
        store().remove(blob.sha256)
        return blob


def overtaken(data: bytes) -> FileStorage:
    """Such an upload, as it arrives in a form."""
    stream = Overtaken(store(), None)
    stream.write(data)
    return FileStorage(stream=stream, filename="me.jpg")  # type: ignore[arg-type]  # as the request's own uploads


def test_a_file_the_sweeper_was_quicker_with_is_asked_for_again(app: APIFlask) -> None:
    """In the form and on the tracking page: a sentence, no item without its bytes, and the other files are kept."""
    with transaction():
        _draft, token = intake.create_draft(ANSWERS)
    with app.test_request_context(headers={"Cookie": f"{DRAFT_COOKIE}={token}; lang=en"}):
        assert take(overtaken(picture(41)), "alleged") == (None, "No file arrived. Please choose it again.")
    assert kept(app) == []
    report = file_report(proofs={}).report
    good = store().writer()
    good.write(picture(42))
    uploads = [overtaken(picture(41)), FileStorage(stream=good, filename="good.jpg")]  # type: ignore[arg-type]  # as above
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert add(report, uploads, "alleged") == (1, ["me.jpg: No file arrived. Please choose it again."])
    assert kept(app) == [("alleged", "good.jpg")]
