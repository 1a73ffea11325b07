"""Short ways to a report, a picture or a case, through the same verbs the faces use. Call inside an app context."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw
from sqlalchemy import text

from webapp.core.db import db, transaction
from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.service import store
from webapp.domain.intake import service as intake
from webapp.domain.intake.rules import FilledReport, asks
from webapp.domain.intake.service import Receipt
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report


def picture(seed: int = 1, size: tuple[int, int] = (480, 360), format: str = "JPEG") -> bytes:
    """A drawn picture with enough in it to be recognised; the same seed gives the same picture."""
    rng = random.Random(seed)
    image = Image.new("RGB", size, tuple(rng.randrange(40, 216) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = rng.randrange(size[0]), rng.randrange(size[1])
        w, h = rng.randrange(20, 160), rng.randrange(20, 120)
        colour = tuple(rng.randrange(256) for _ in range(3))
        rng.choice((draw.ellipse, draw.rectangle))((x, y, x + w, y + h), fill=colour)
    out = io.BytesIO()
    image.save(out, format)
    return out.getvalue()


# A whole notice about a picture: with every field that the Chinese rules on works online ask for.
ANSWERS: dict[str, object] = {
    "kind": "COPY_IMAGE",
    "basis": "SELF",
    "platform": "demo",
    "content_ref": "p1",
    "address": "http://127.0.0.1:8001/posts/p1",
    "wrong": "This is my painting, mirrored and recoloured.",
    "work_title": "Evening on the river",
    "name": "Zhou Yun",
    "email": "zhou.yun@example.org",
    "postal_address": "Flat 3, 8 Lake Road, Hangzhou",
    "language": "en",
    "good_faith": True,
}
# What makes a notice of any other kind or standing whole, should the test not say it.
FILLED: dict[str, object] = {
    "claimant_name": "Zhou Ming",
    "time_position": "0:12",
    "signature": "Zhou Yun",
    "registry_ref": "VH-0001",
    "matters": "Reports about the likeness and the works of Zhou Ming",
    "valid_to": "2099-12-31",
}


def answers_for(**answers: object) -> dict[str, object]:
    """ANSWERS with `answers` over them, and all statements and fields that kind, regimes and standing require."""
    whole = FILLED | ANSWERS | answers
    form = FilledReport.from_dict(whole)
    if form.kind not in book().kinds or form.basis not in book().standing:
        return whole
    asked = asks(form.kind, form.basis, form.elected, book())
    return {"statements": [a.code for a in asked if a.form == "statement" and a.required]} | whole


def file_report(
    alleged: list[bytes] | None = None,
    reference: list[bytes] | None = None,
    proofs: dict[str, bytes] | None = None,
    **answers: object,
) -> Receipt:
    """File a whole notice with pictures, in one transaction a step as the form does it. `answers` override ANSWERS.

    `proofs`: code of evidence.toml → file; None sends every paper that kind and standing require, {} sends none.
    """
    data = answers_for(**answers)
    with transaction():
        _draft, token = intake.create_draft(data)
    files: list[tuple[str, str, bytes]] = [("alleged", "", f) for f in alleged or []] + [
        ("reference", "", f) for f in reference or []
    ]
    if proofs is None:
        files += [f for f in papers(data) if f[0] == "proof" or f[0] not in {role for role, *_rest in files}]
    else:
        files += [("proof", code, f) for code, f in proofs.items()]
    for number, (role, code, content) in enumerate(files):
        with transaction():
            found = intake.load_draft(token)
            assert found is not None
            intake.attach_file(
                found,
                store().put(content),
                role=role,
                name=f"{role}-{number}.{media_type_of(content).split('/')[1]}",
                media_type=media_type_of(content),
                width=480,
                height=360,
                code=code,
            )
    with transaction():
        return intake.submit(token)


def media_type_of(content: bytes) -> str:
    """The type a file of the tests goes by: sound and film by their first bytes, everything else is a picture."""
    if content[:4] == b"RIFF":
        return "audio/wav"
    if content[:4] == b"OggS":
        return "audio/ogg"
    return "video/mp4" if content[4:8] == b"ftyp" else "image/jpeg"


def papers(data: dict[str, object]) -> list[tuple[str, str, bytes]]:
    """Role, code and a drawn file for everything to attach that a report with these answers requires."""
    form = FilledReport.from_dict(data)
    known = form.kind in book().kinds and form.basis in book().standing
    asked = asks(form.kind, form.basis, form.elected, book()) if known else []
    needed = [a for a in asked if a.form == "file" and a.required]
    return [(a.name, a.code if a.name == "proof" else "", picture(900 + n)) for n, a in enumerate(needed)]


def add_paper(report: Report, code: str, seed: int = 950) -> Evidence:
    """Send one more paper with a report that was received."""
    with transaction():
        return intake.add_late(
            report,
            store().put(picture(seed)),
            role="proof",
            name=f"{code}.jpg",
            media_type="image/jpeg",
            width=480,
            height=360,
            code=code,
        )


def evidence_of(receipt: Receipt, role: str) -> list[Evidence]:
    """The report's items in one role."""
    return [i.evidence for i in receipt.report.items if i.evidence.role == role]


def unguard(table: str) -> None:
    """Take the append-only guard off a table, as somebody with the database's password could."""
    postgresql = db.engine.dialect.name == "postgresql"
    guards = [f"ALTER TABLE {table} DISABLE TRIGGER USER"] if postgresql else []
    guards = guards or [f"DROP TRIGGER {table}_no_{verb}" for verb in ("update", "delete")]
    with transaction():
        for guard in guards:
            db.session.execute(text(guard))


def rearm(table: str) -> None:
    """Put PostgreSQL's guard back for the next test (SQLite's database is new for each)."""
    if db.engine.dialect.name == "postgresql":
        with transaction():
            db.session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
