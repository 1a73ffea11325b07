"""The separate consent where it is given and where it is taken back: of a voice as of a face, in words of its own."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from tests.public.conftest import Visitor, said
from tests.public.phone import PHONE, Phone
from tests.workers.toy_voices import SHE, talk
from webapp.core.db import db, transaction
from webapp.domain.biometrics import queries as biometrics
from webapp.domain.biometrics import service as templates
from webapp.domain.claimants.models import Consent
from webapp.domain.claimants.service import CONSENT_TEXT
from webapp.domain.reports import queries as reports

COMMON = ("given to nobody else", "30 days after the case is over, at most 180 days", "take it back", "under 14")
WORDS = {
    "LIKENESS": ("the face in my reference pictures or videos", "no face is measured", "who are seen nothing is kept"),
    "VOICE": ("the voice in my reference recordings", "not whether one was cloned", "who are heard nothing is kept"),
}


@pytest.mark.parametrize("kind", WORDS)
def test_what_is_agreed_to_is_said_in_full_and_never_ticked(visitor: Visitor, kind: str) -> None:
    """PIPL arts 17 and 30: what is measured, what for, for how long, how it ends; and what happens without it."""
    visitor.fill(until="/report/files", kind={"kind": kind})
    page = visitor.get("/report/files")
    words = said(page)
    for part in (*COMMON, *WORDS[kind], f"(Text {CONSENT_TEXT})", "keeps the same place in the queue"):
        assert part in words, part
    box = page.text[page.text.index('name="consent"') - 120 :][:240]
    assert 'type="checkbox"' in box and "checked" not in box


def test_a_voice_is_measured_only_by_its_own_yes(visitor: Visitor) -> None:
    """The version of the text that was read is kept with it."""
    visitor.report(kind={"kind": "VOICE"})
    assert db.session.query(Consent).count() == 0
    visitor.report(kind={"kind": "VOICE"}, files={"consent": "y"})
    given = db.session.scalars(select(Consent)).one()
    assert (given.purpose, given.text_version) == ("voice", CONSENT_TEXT)


def test_she_sees_what_is_held_of_her_voice_and_the_receipt_of_its_end(visitor: Visitor) -> None:
    """What for and until when while it is here; when, why and under which number once it is gone."""
    reference, _secret = visitor.report(kind={"kind": "VOICE"}, files={"consent": "y"})
    page = f"/track/{reference}"
    assert "the voice in your reference is compared by machine" in said(visitor.get(page))
    visitor.post(f"{page}/files", {"role": "reference", "files": [(io.BytesIO(talk(SHE)), "me.wav")]})
    report = reports.by_reference(reference)
    consent = biometrics.consent_of(report.id, "voice")
    assert consent is not None
    with transaction():
        templates.keep(consent, report.items[-1].evidence_id, "voice", "1", b"numbers")
    held = said(visitor.get(page))
    assert "Held now, sealed: 1 voice template, to find this voice in the content of this report" in held
    visitor.post(f"{page}/consent")
    after = said(visitor.get(page))
    (receipt,) = biometrics.receipts(reports.by_reference(reference).id)
    assert "1 voice template deleted" in after and f"Receipt {receipt.number}" in after
    assert "Held now" not in after and "A person compares by ear" in after


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_on_a_phone_it_is_read_without_scrolling_sideways(chromium: Browser, site: str, lang: str) -> None:
    """And axe has nothing to say of it."""
    context = chromium.new_context(viewport=PHONE)
    phone = Phone(context.new_page(), site)
    phone.to_the_files(lang, kind="VOICE")
    assert phone.page.locator("input[name=consent]").is_visible()
    assert not phone.page.locator("input[name=consent]").is_checked()
    assert phone.examine() == [] and phone.faults == []
    context.close()
