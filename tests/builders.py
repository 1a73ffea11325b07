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
from webapp.domain.intake.service import Receipt


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


ANSWERS = {
    "kind": "COPY_IMAGE",
    "basis": "SELF",
    "platform": "demo",
    "content_ref": "p1",
    "address": "http://127.0.0.1:8001/posts/p1",
    "wrong": "This is my painting, mirrored and recoloured.",
    "work_title": "Evening on the river",
    "name": "Zhou Yun",
    "email": "zhou.yun@example.org",
    "language": "en",
    "good_faith": True,
}


def file_report(alleged: list[bytes] | None = None, reference: list[bytes] | None = None, **answers: object) -> Receipt:
    """File a report with pictures, in one transaction a step as the form does it. `answers` override ANSWERS."""
    with transaction():
        _draft, token = intake.create_draft(ANSWERS | answers)
    for role, files in (("alleged", alleged or []), ("reference", reference or [])):
        for number, data in enumerate(files):
            with transaction():
                found = intake.load_draft(token)
                assert found is not None
                intake.attach_file(
                    found,
                    store().put(data),
                    role=role,
                    name=f"{role}-{number}.jpg",
                    media_type="image/jpeg",
                    width=480,
                    height=360,
                )
    with transaction():
        return intake.submit(token)


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
