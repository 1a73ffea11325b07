"""Large files in pieces (tus 1.0): they go on where they stopped, belong to one sender, and half of one is nothing."""

from __future__ import annotations

import os
import shutil

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.builders import file_report, picture
from tests.public.conftest import Visitor, said
from tests.public.pieces import TUS, Sender, wav
from webapp.core.db import db, transaction
from webapp.core.parts import Misplaced, Part, folder
from webapp.domain.evidence import arriving
from webapp.domain.evidence.models import Arriving, Evidence
from webapp.domain.evidence.service import store
from webapp.domain.reports.models import Report

SOUND = wav(300_000)


@pytest.fixture(autouse=True)
def _nothing_left(app: APIFlask) -> None:
    shutil.rmtree(folder(store()), ignore_errors=True)


@pytest.fixture
def sender(visitor: Visitor) -> Sender:
    """Somebody on the step with the files of a report about a cloned voice."""
    visitor.fill(until="/report/files", kind={"kind": "VOICE"})
    return Sender(visitor)


def waiting() -> int:
    """How many uploads are on their way, by rows and by files; they agree."""
    db.session.rollback()
    rows = db.session.scalar(select(func.count()).select_from(Arriving)) or 0
    assert rows == len(list(folder(store()).glob("*")))
    return rows


def kept() -> list[tuple[str, str, int]]:
    """(role, name, size) of the evidence that was not taken back."""
    db.session.rollback()
    found = db.session.scalars(select(Evidence).where(Evidence.dropped_at.is_(None)))
    return [(item.role, item.name, item.size) for item in found]


def test_what_broke_off_goes_on_where_it_stopped_and_joins_the_draft(sender: Sender) -> None:
    made = sender.announce(len(SOUND))
    assert (made.status_code, made.headers["Upload-Offset"]) == (201, "0")
    assert sender.send(made.location, SOUND[:100_000], 0).headers["Upload-Offset"] == "100000"
    # The page is opened anew: the half is named, and the same file is known again.
    page = said(sender.who.get("/report/files"))
    assert "call.wav 98 KB of 293 KB are here. Choose the same file again: it goes on where it stopped." in page
    again = sender.announce(len(SOUND))
    assert (again.location, again.headers["Upload-Offset"]) == (made.location, "100000")
    assert sender.asked(made.location).headers["Upload-Length"] == str(len(SOUND))
    upload_id = made.location.rsplit("/", 1)[-1]
    early = sender.attach(upload_id)
    assert early.status_code == 422
    assert "has not arrived completely" in early.json["error"]
    assert sender.send(made.location, SOUND[100_000:], 100_000).status_code == 204
    said_once = sender.attach(upload_id)
    assert said_once.json["name"] == "call.wav"
    assert sender.attach(upload_id).json == said_once.json  # its answer was lost, and it was asked again
    assert kept() == [("alleged", "call.wav", len(SOUND))]
    assert waiting() == 0
    (item,) = db.session.scalars(select(Evidence))
    assert store().path(item.sha256).read_bytes() == SOUND


def test_pieces_of_two_connections_never_mix(sender: Sender) -> None:
    """A phone that changed its network leaves the first connection hanging: it may add nothing any more."""
    where = sender.announce(len(SOUND)).location
    assert sender.send(where, SOUND[:50_000], 0).status_code == 204
    late = sender.send(where, SOUND[40_000:60_000], 40_000)
    assert (late.status_code, late.headers["Upload-Offset"]) == (409, "50000")
    assert sender.send(where, SOUND[50_000:] + b"more", 50_000).status_code == 413
    assert int(sender.asked(where).headers["Upload-Offset"]) <= len(SOUND)
    row = db.session.scalars(select(Arriving)).one()

    class Overtaken:
        """While this connection sends, another one adds the same bytes."""

        def __init__(self) -> None:
            self.turns = 0

        def read(self, size: int = -1, /) -> bytes:
            self.turns += 1
            part = arriving.part(row)
            if self.turns == 2:
                with part.path.open("ab") as file:
                    file.write(b"quicker")
            return b"slower" if self.turns < 4 else b""

    part = arriving.part(row)
    before = part.size
    with pytest.raises(Misplaced):
        part.append(before, Overtaken(), len(SOUND) * 2)
    assert part.path.read_bytes()[before:] == b"slowerquicker"


BAD = [
    # What a sender that is no browser of ours gets wrong, and the protocol's answer.
    ({"Tus-Resumable": "0.2.2"}, 412),
    ({"Upload-Length": "many"}, 400),
    ({"Upload-Length": "-1"}, 400),
    ({"Upload-Length": "0"}, 422),
    ({"Upload-Length": "9" * 5000}, 400),
    ({"Upload-Metadata": "field !!"}, 400),
    ({"Upload-Metadata": "filename YS53YXY=,field YQBi"}, 400),
    ({"Upload-Metadata": "filename YS53YXY=,field caf\xe9"}, 422),
    ({"Upload-Length": str(10**12)}, 413),
]


@pytest.mark.parametrize(("headers", "status"), BAD)
def test_a_wrong_announcement_is_refused(sender: Sender, headers: dict[str, str], status: int) -> None:
    answer = sender.announce(1000, **headers)
    assert answer.status_code == status
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert waiting() == 0


def test_the_protocol_says_what_it_knows(sender: Sender) -> None:
    options = sender.who.client.options("/report/pieces")
    assert (options.status_code, options.headers["Tus-Version"]) == (204, "1.0.0")
    assert options.headers["Tus-Extension"] == "creation,expiration,termination"
    where = sender.announce(1000).location
    assert "GMT" in sender.asked(where).headers["Upload-Expires"]
    assert sender.send(where, b"x", 0, **{"Content-Type": "text/plain"}).status_code == 415
    assert sender.send(where, b"x", 0, **{"Upload-Offset": "x"}).status_code == 400
    assert sender.who.client.post(where, headers=TUS).status_code == 405
    by_post = {
        "X-HTTP-Method-Override": "PATCH",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
    }
    assert sender.who.client.post(where, data=b"x", headers=TUS | by_post).status_code == 204
    assert sender.who.client.delete(where, headers=TUS).status_code == 204
    assert sender.asked(where).status_code == 404
    assert waiting() == 0


def test_bytes_that_were_lost_are_sent_again(sender: Sender) -> None:
    """A copy of the house was put back without the parts: the same file begins anew, at its beginning."""
    where = sender.announce(1000).location
    assert sender.send(where, b"x" * 400, 0).status_code == 204
    shutil.rmtree(folder(store()))
    assert sender.asked(where).status_code == 404
    again = sender.announce(1000)
    assert (again.status_code, again.headers["Upload-Offset"]) == (201, "0")
    assert sender.send(again.location, bytes(1000), 0).headers["Upload-Offset"] == "1000"


def test_a_full_disk_lets_the_sender_wait(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be emptied: no sentence that gives up, and what is here stays."""
    where = sender.announce(1000).location
    assert sender.send(where, b"x" * 400, 0).status_code == 204
    usage = shutil.disk_usage("/")
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=10_000))
        assert sender.send(where, b"x" * 100, 400).status_code == 507
    assert sender.send(where, b"x" * 100, 400).headers["Upload-Offset"] == "500"


def test_nobody_sees_or_goes_on_with_what_is_anothers(sender: Sender, stranger: Visitor) -> None:
    where = sender.announce(1000).location
    other = Sender(stranger)
    assert other.announce(1000).status_code == 404  # no draft, no upload
    stranger.fill(until="/report/files", kind={"kind": "VOICE"})
    assert [f(where).status_code for f in (other.asked, lambda w: other.send(w, b"x", 0))] == [404, 404]
    assert stranger.client.delete(where, headers=TUS).status_code == 404
    upload_id = sender.whole(SOUND, "mine.wav")
    assert other.attach(upload_id).status_code == 422
    assert kept() == []


def test_a_file_is_judged_when_it_is_whole_and_dropped_when_it_may_not_be_kept(sender: Sender) -> None:
    program = sender.whole(b"MZ" + bytes(5000), "song.mp3")
    answer = sender.attach(program)
    assert answer.status_code == 422
    assert "This is a program" in answer.json["error"]
    assert (kept(), waiting()) == ([], 0)


def test_so_much_at_once_and_no_more(app: APIFlask, sender: Sender) -> None:
    settings = app.config["SETTINGS"]
    big = settings.max_recording_bytes
    for number in range(settings.max_arriving_bytes // big):
        assert sender.announce(big, sign=str(number)).status_code == 201
    full = sender.announce(big, sign="last")
    assert full.status_code == 422
    assert "more than we can take at once" in full.json["error"]
    for number in range(settings.max_files - waiting()):
        assert sender.announce(10, sign=f"small {number}").status_code == 201
    assert "more files at once" in sender.announce(10, sign="one more").json["error"]


def test_what_belongs_to_a_draft_goes_with_it(sender: Sender) -> None:
    """Discarded, sent, or of a kind whose media nobody should send: nothing half remains."""
    sender.announce(1000)
    sender.who.post("/report", {"kind": "INTIMATE_DEEPFAKE"})
    assert waiting() == 0
    sender.who.fill(until="/report/review", kind={"kind": "INTIMATE_DEEPFAKE"})
    assert sender.announce(1000).status_code == 422
    sender.who.post("/report", {"kind": "VOICE"})
    sender.announce(1000)
    assert waiting() == 1
    sender.who.post("/report/discard")
    assert waiting() == 0


def test_half_a_file_is_no_part_of_the_report_that_is_sent(sender: Sender) -> None:
    where = sender.announce(len(SOUND)).location
    sender.send(where, SOUND[:1000], 0)
    sender.who.fill(kind={"kind": "VOICE"})
    assert "call.wav has not arrived completely and is not sent along" in said(sender.who.get("/report/review"))
    sender.who.report(kind={"kind": "VOICE"})
    names = [item.evidence.name for item in db.session.scalars(select(Report)).one().items]
    assert "call.wav" not in names
    assert waiting() == 0


def test_uploads_nobody_went_on_with_are_swept(sender: Sender) -> None:
    old, young = sender.announce(1000, sign="old").location, sender.announce(1000, sign="young").location
    stray = Part(store(), "stray")
    stray.create()
    later = arriving.LIFE * 2
    for name, age in ((old.rsplit("/", 1)[-1], later), ("stray", later)):
        _age(Part(store(), name), age.total_seconds())
    with transaction():
        for row in db.session.scalars(select(Arriving)):
            row.began_at -= later
    assert arriving.sweep_strays() == 1
    with transaction():
        assert arriving.sweep(10) == 1
    assert sender.asked(old).status_code == 404
    assert sender.asked(young).status_code == 200
    assert waiting() == 1


def _age(part: Part, seconds: float) -> None:
    moment = part.path.stat().st_mtime - seconds
    os.utime(part.path, (moment, moment))


def test_a_form_after_sending_takes_what_came_before_it(app: APIFlask, visitor: Visitor) -> None:
    """The tracking page: a large file goes with the form; one of several that is refused says so and is dropped."""
    reference, secret = visitor.report()
    visitor.post("/track", {"reference": reference, "secret": secret})
    sender = Sender(visitor, f"/track/{reference}")
    upload_id = sender.whole(SOUND, "late.wav", "files")
    page = visitor.get(f"/track/{reference}")
    assert f'name="files_arrived" value="{upload_id}"' in page.text
    sent = visitor.post(f"/track/{reference}/files", {"role": "proof", "files_arrived": upload_id})
    assert sent.status_code == 302, said(sent)
    assert ("proof", "late.wav", len(SOUND)) in kept()
    bad = sender.whole(b"MZ" + bytes(500), "bad.wav", "files")
    page = visitor.post(f"/track/{reference}/files", {"role": "proof", "files_arrived": bad})
    assert page.status_code == 422
    assert "bad.wav: This is a program" in said(page)
    assert waiting() == 0
    gone = visitor.post(f"/track/{reference}/files", {"role": "proof", "files_arrived": bad})
    assert "No file arrived" in said(gone)


def test_a_report_nobody_opened_takes_nothing(app: APIFlask, visitor: Visitor) -> None:
    report = file_report([picture(1)]).report
    assert Sender(visitor, f"/track/{report.reference}").announce(1000).status_code == 404
    assert Sender(visitor, "/respond/C-0000-0000").announce(1000).status_code == 404


def test_the_same_content_sent_twice_is_one_file(sender: Sender) -> None:
    first = sender.attach(sender.whole(SOUND, "one.wav")).json["id"]
    assert sender.attach(sender.whole(SOUND, "two.wav")).json["id"] == first
    assert (len(kept()), waiting()) == (1, 0)
