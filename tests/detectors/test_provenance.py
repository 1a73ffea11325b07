"""Content Credentials: only a trusted signer counts, a touched file is said to be, and nothing is ever fetched."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.detectors import files, signing
from webapp.domain.matching.detector import CannotLook, Claim
from workers.detectors.provenance import SignedProvenance, claims
from workers.sandbox import run_limited

WHO = "Generator=Lumo Test Camera 1.0 · Signer=Lumo Camera"


@pytest.fixture
def read(tmp_path: Path):
    def look(data: bytes, media_type: str = "image/jpeg", anchors: str = "") -> list[Claim]:
        reader = SignedProvenance(anchors)
        reader.load()
        path = tmp_path / "blob"
        path.write_bytes(data)
        return list(reader.read(path, media_type))

    return look


@pytest.fixture(scope="module")
def authority() -> str:
    return signing.signing().authority.decode()


@pytest.fixture(scope="module")
def made_by_ai() -> bytes:
    return signing.signed(files.picture("JPEG"), "trainedAlgorithmicMedia")


def test_a_trusted_signer_declares(read, made_by_ai, authority):
    text = f"DigitalSourceType=trainedAlgorithmicMedia · {WHO}"
    assert read(made_by_ai, anchors=authority) == [Claim("c2pa", "declared", "signed", text)]


def test_an_unknown_signer_is_at_most_suspected(read, made_by_ai):
    text = f"DigitalSourceType=trainedAlgorithmicMedia · {WHO}"
    expected = [Claim("c2pa", "suspected", "editable", text, ("UNTRUSTED_SIGNER",))]
    assert read(made_by_ai) == expected
    other = signing.signing("Somebody else").authority.decode()
    assert read(made_by_ai, anchors=other) == expected


def test_a_touched_file_is_said_to_be(read, made_by_ai, authority):
    touched = bytearray(made_by_ai)
    touched[-20] ^= 1
    (claim,) = read(bytes(touched), anchors=authority)
    assert (claim.answer, claim.trust, claim.issues) == ("suspected", "editable", ("TAMPERED",))


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_a_trusted_camera_is_told_and_proves_no_human(read, authority, kind, media_type):
    data = signing.signed(files.picture(kind), "digitalCapture", media_type)
    text = f"DigitalSourceType=digitalCapture · {WHO}"
    assert read(data, media_type, authority) == [Claim("c2pa", "no_evidence", "signed", text)]


def test_a_manifest_kept_elsewhere_is_not_fetched(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/credentials.c2pa"
        path = tmp_path / "blob"
        path.write_bytes(signing.signed(files.picture("JPEG"), "digitalCapture", remote=address))
        reader = SignedProvenance()
        reader.load()
        expected = Claim("c2pa", "no_evidence", "editable", "127.0.0.1", ("REMOTE_MANIFEST",))
        assert list(reader.read(path, "image/jpeg")) == [expected]  # by its settings alone, sockets allowed
        inside = run_limited(lambda: [c.issues for c in reader.read(path, "image/jpeg")])
        assert inside == [["REMOTE_MANIFEST"]]
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_file_without_credentials_says_nothing(read):
    assert read(files.picture("JPEG")) == []
    assert read(files.picture("PNG"), "image/png") == []


@pytest.mark.parametrize("data", [b"\xff\xd8\xff" + bytes(300), b"junk", b""])
def test_what_cannot_be_read_is_said(read, data):
    with pytest.raises(CannotLook, match=r"un(readable|supported)"):
        read(data)


def test_a_cut_file_is_never_signed(read, made_by_ai, authority):
    found, codes = [], set()
    for share in (0.2, 0.5, 0.9, 0.99):
        try:
            found += read(made_by_ai[: int(len(made_by_ai) * share)], anchors=authority)
        except CannotLook as why:
            codes.add(why.code)
    assert all(claim.trust == "editable" for claim in found)
    assert codes <= {"unreadable", "unsupported"}


def test_anchors_nobody_can_read_make_the_reader_absent():
    with pytest.raises(Exception, match=r"(?i)trust|pem|certificate|anchor|setting"):
        SignedProvenance("no certificate").load()


def test_an_ai_ingredient_is_suspected_whatever_the_last_signer_says():
    def manifest(source: str) -> dict[str, object]:
        action = {"action": "c2pa.created", "digitalSourceType": signing.SOURCES + source}
        return {"assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}]}

    store = {
        "active_manifest": "b",
        "manifests": {"a": manifest("trainedAlgorithmicMedia"), "b": manifest("humanEdits")},
    }
    told = [(c.source, c.answer, c.trust, c.text) for c in claims("Trusted", store)]
    assert told == [
        ("c2pa", "no_evidence", "signed", "DigitalSourceType=humanEdits"),
        ("c2pa_ingredient", "suspected", "editable", "DigitalSourceType=trainedAlgorithmicMedia"),
    ]


@pytest.mark.parametrize("store", [{}, {"active_manifest": "x", "manifests": {"x": {"assertions": [{"data": []}]}}}])
def test_an_empty_store_is_told_without_source(store):
    assert [(c.answer, c.text) for c in claims("Valid", store)] == [("no_evidence", "")]
