"""The small parts of the ground: references, secrets, lifecycles, blobs, sealed columns, settings, links."""

from __future__ import annotations

from pathlib import Path

import pytest
from apiflask import APIFlask
from cryptography.exceptions import InvalidTag

from webapp.core import links
from webapp.core.blobs import BlobStore
from webapp.core.config import Settings, SettingsError
from webapp.core.errors import Refused
from webapp.core.ids import new_reference, read_reference, read_secret
from webapp.core.lifecycle import Lifecycle
from webapp.core.sealed import seal, unseal


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("R-7K3M-9QF2", "R-7K3M-9QF2"),
        ("r7k3m9qf2", "R-7K3M-9QF2"),
        (" r-7k3m 9qf2 ", "R-7K3M-9QF2"),
        ("R-7K3M-9QFO", "R-7K3M-9QF0"),
        ("R-LK3M-9QFI", "R-1K3M-9QF1"),
        ("", ""),
    ],
)
def test_references_survive_being_typed_on_a_phone(typed: str, read: str) -> None:
    """Case, blanks and look-alike letters are forgiven."""
    assert read_reference(typed) == read


def test_new_references_read_back_as_themselves() -> None:
    """What is printed is already in the form that is read."""
    assert all(read_reference(r) == r for r in (new_reference("C") for _ in range(200)))
    assert read_secret("2a84 vrfs-78nx.hd1x") == "2A84-VRFS-78NX-HD1X"


def test_a_lifecycle_refuses_what_its_table_does_not_know() -> None:
    """The table is the only truth: states, steps and open verbs come from it."""
    life = Lifecycle("door", "shut", {("shut", "open"): "ajar", ("ajar", "close"): "shut"})
    assert life.step("shut", "open") == "ajar" and life.can("ajar") == ("close",) and life.states == ("shut", "ajar")
    with pytest.raises(Refused, match="cannot_close"):
        life.step("shut", "close")


def test_a_blob_is_stored_once_privately_and_only_when_whole(tmp_path: Path) -> None:
    """Same content, same file; nothing half-written has a name; past the limit nothing is kept on disk."""
    store = BlobStore(tmp_path)
    first, second = store.put(b"x" * 100), store.put(b"x" * 100)
    assert first == second and store.path(first.sha256).read_bytes() == b"x" * 100
    assert store.path(first.sha256).stat().st_mode & 0o777 == 0o600
    writer = store.writer(limit=10)
    writer.write(b"y" * 8)
    writer.write(b"y" * 8)
    assert writer.overflowed and writer.temporary.stat().st_size == 0
    writer.close()
    assert not list(store.incoming.iterdir())


def test_sealed_values_open_only_under_their_label(app: APIFlask) -> None:
    """A value moved to another column, or changed, does not open."""
    blob = seal("赵敏@example.org", "reporter.email")
    assert unseal(blob, "reporter.email") == "赵敏@example.org" and "赵敏".encode() not in blob
    for bad, label in ((blob, "reporter.name"), (blob[:-1] + bytes([blob[-1] ^ 1]), "reporter.email")):
        with pytest.raises(InvalidTag):
            unseal(bad, label)


def test_links_open_for_their_purpose_only(app: APIFlask) -> None:
    """A token of one purpose is nothing in another, and nothing after its time."""
    token = links.sign("respond", "d1")
    assert links.unsign("respond", token, 60) == "d1"
    assert links.unsign("track", token, 60) is None and links.unsign("respond", token + "x", 60) is None


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PUBLIC_URL", "redress.example", "PUBLIC_URL: must be an http:// or https:// address."),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL: must start with sqlite:/// or postgresql+psycopg://."),
        ("SECRET_KEY", "short", "SECRET_KEY must be at least 32 characters long."),
        ("REDIS_URL", "localhost", "REDIS_URL: must start with redis://, rediss:// or unix://."),
        ("SMTP_URL", "mail.example", "SMTP_URL: must be smtp://host:port"),
        ("REDRESS_TIMEZONE", "Mars/Base", "REDRESS_TIMEZONE: must be the name of a time zone"),
        ("LIMIT_REPORTS", "lots", "LIMIT_REPORTS: must be a rate"),
        ("LIMIT_SIGN_INS", "", "LIMIT_SIGN_INS: must be a rate"),
        ("MAX_PIXELS", "many", "MAX_PIXELS: Input should be a valid integer"),
        ("SECRET_KEY_FILE", "/nonexistent", "SECRET_KEY_FILE cannot be read"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    """The operator reads which setting, and what it wants."""
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        Settings.from_env()
    assert sentence in str(error.value)


def test_a_secret_can_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """NAME_FILE is read when NAME is not set."""
    (tmp_path / "key").write_text("k" * 40 + "\n")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert Settings.from_env().key() == "k" * 40


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    """Without SECRET_KEY the first start makes one that later starts find, readable by this account only."""
    settings = Settings(REDRESS_DATA=tmp_path)
    assert settings.key() == settings.key() and len(settings.key()) >= 48
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
