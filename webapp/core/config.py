"""Settings: one typed class read from the environment; a wrong value stops the start with one sentence.

Every setting can also be read from a file: NAME_FILE=/run/secrets/name (as Docker and systemd hand over secrets).
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from limits import parse
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MEGABYTE = 1024 * 1024


class SettingsError(Exception):
    """The environment holds a value Redress cannot start with."""


class Settings(BaseSettings):
    """All that an operator can set. Sizes in bytes, times in seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    data: Path = Field(Path("var"), validation_alias="REDRESS_DATA")
    database_url: str = Field("", validation_alias="DATABASE_URL")
    redis_url: str = Field("", validation_alias="REDIS_URL")
    blob_url: str = Field("", validation_alias="BLOB_URL")
    smtp_url: str = Field("smtp://127.0.0.1:1025", validation_alias="SMTP_URL")
    mail_from: str = Field("Redress <no-reply@redress.invalid>", validation_alias="MAIL_FROM")
    public_url: str = Field("http://127.0.0.1:8000", validation_alias="PUBLIC_URL")
    secret_key: str = Field("", validation_alias="SECRET_KEY")
    operator_name: str = Field("Lumo 流光", validation_alias="OPERATOR_NAME")
    timezone: str = Field("Asia/Shanghai", validation_alias="REDRESS_TIMEZONE")
    # How many proxies in front are ours: as many entries of X-Forwarded-For are believed, counted from the right.
    trusted_proxies: int = Field(0, ge=0, validation_alias="TRUSTED_PROXIES")
    metrics_token: str = Field("", validation_alias="METRICS_TOKEN")

    max_file_bytes: int = Field(50 * MEGABYTE, gt=0, validation_alias="MAX_FILE_BYTES")
    # Sound and video are larger: half an hour of a phone's screen recording has about 500 MB.
    max_recording_bytes: int = Field(500 * MEGABYTE, gt=0, validation_alias="MAX_RECORDING_BYTES")
    # A long evening's live stream. Only what a file's own head says is measured when it arrives; the workshop, which
    # decodes, has limits of its own.
    max_recording_minutes: int = Field(240, gt=0, validation_alias="MAX_RECORDING_MINUTES")
    max_files: int = Field(12, gt=0, validation_alias="MAX_FILES")
    # What one draft, report or case may have on its way in pieces at a time.
    max_arriving_bytes: int = Field(2048 * MEGABYTE, gt=0, validation_alias="MAX_ARRIVING_BYTES")
    # Above this a decoder needs more memory than a workshop process may have (matching.md §12).
    max_pixels: int = Field(50_000_000, gt=0, validation_alias="MAX_PIXELS")
    # GlobaLeaks' published limits: 10 reports and 10 sign-ins an hour from one address.
    reports_per_hour: str = Field("10 per hour", validation_alias="LIMIT_REPORTS")
    sign_ins_per_hour: str = Field("10 per hour", validation_alias="LIMIT_SIGN_INS")
    detectors: str = Field("", validation_alias="DETECTORS")
    # Where items are looked up: in a search file of this host, or in PostgreSQL itself (many hosts, no local disk).
    index: Literal["file", "postgresql"] = Field("file", validation_alias="INDEX")
    # Where the record of the impact assessment lies; without one no face is measured (PIPL art 55, CAC order 19 art 9).
    pipia_ref: str = Field("", validation_alias="PIPIA_REF")
    # The same for voices: another purpose, another sensitive kind of data, so another assessment (PIPL arts 55, 56).
    pipia_ref_voices: str = Field("", validation_alias="PIPIA_REF_VOICES")
    readers: str = Field("", validation_alias="READERS")  # what files say of themselves; "none": nobody reads
    # Certificates (PEM) of the authorities whose signers of Content Credentials are trusted; none: nobody's.
    c2pa_trust: Path | None = Field(None, validation_alias="C2PA_TRUST")
    # An operator's own copy of the rule book (webapp/domain/policy/book); `flask book check` says whether it is sound.
    book_folder: Path | None = Field(None, validation_alias="REDRESS_BOOK")
    # A dead worker's task starts again within lease + one sweep; the promise is 30 s (stack.md §12).
    lease_seconds: float = Field(20, gt=0, validation_alias="TASK_LEASE_SECONDS")
    sweep_seconds: float = Field(2, gt=0, validation_alias="SWEEP_SECONDS")
    # How long a decision of a kind that is not urgent can be taken back before it becomes real; 0: it is real at once.
    undo_seconds: int = Field(60, ge=0, le=600, validation_alias="REDRESS_UNDO_SECONDS")

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("book_folder", mode="before")
    @classmethod
    def _folder(cls, value: object) -> object:
        if value in ("", None):
            return None
        folder = Path(str(value)).expanduser().resolve()
        if not folder.is_dir():
            raise ValueError("must name a folder that holds a copy of the rule book")
        return folder

    @field_validator("c2pa_trust", mode="before")
    @classmethod
    def _anchors(cls, value: object) -> object:
        if value in ("", None):
            return None
        path = Path(str(value)).expanduser().resolve()
        if not path.is_file() or b"-----BEGIN CERTIFICATE-----" not in path.read_bytes():
            raise ValueError("must name a file of certificates (PEM)")
        return path

    @field_validator("public_url")
    @classmethod
    def _http(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("must be an http:// or https:// address")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must start with sqlite:/// or postgresql+psycopg://")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_queue(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("smtp", "smtp+starttls", "smtps") or not parts.hostname:
            raise ValueError("must be smtp://host:port, smtp+starttls://user:password@host:port or smtps://…")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("must be the name of a time zone, for example Asia/Shanghai") from None
        return value

    @field_validator("reports_per_hour", "sign_ins_per_hour")
    @classmethod
    def _rate(cls, value: str) -> str:
        try:
            parse(value)
        except ValueError:
            raise ValueError("must be a rate, for example “10 per hour”") from None
        return value

    @field_validator("blob_url")
    @classmethod
    def _known_store(cls, value: str) -> str:
        if value and not value.startswith("file:"):
            raise ValueError("only file: stores are built in so far")
        return value

    @model_validator(mode="after")
    def _strong_secret(self) -> Self:
        if self.secret_key and len(self.secret_key) < 32:
            raise ValueError("SECRET_KEY must be at least 32 characters long")
        return self

    @model_validator(mode="after")
    def _index_needs_postgresql(self) -> Self:
        if self.index == "postgresql" and not self.database_url.startswith("postgresql"):
            raise ValueError("INDEX=postgresql needs a PostgreSQL database in DATABASE_URL")
        return self

    @classmethod
    def from_env(cls) -> Settings:
        """Read the environment (and NAME_FILE files). Raises SettingsError with one sentence."""
        handed: dict[str, str] = {}
        for name in sorted(_NAMES - os.environ.keys()):
            if path := os.environ.get(f"{name}_FILE"):
                try:
                    handed[name] = Path(path).read_text(encoding="utf-8").strip()
                except OSError as error:
                    raise SettingsError(f"{name}_FILE cannot be read: {error.strerror}.") from None
        try:
            return cls(**handed)  # type: ignore[arg-type]  # pydantic turns text into the fields' types
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(p) for p in first["loc"]) or "The environment"
            raise SettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}.") from None

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.data / 'redress.db'}"

    @property
    def redis(self) -> str:
        """The address of the queue server; embedded by default, on a socket only this account can open."""
        return self.redis_url or f"unix://{self.data / 'queue' / 'queue.sock'}"

    @property
    def max_bytes(self) -> int:
        """The largest file of any sort."""
        return max(self.max_file_bytes, self.max_recording_bytes)

    @property
    def max_request_bytes(self) -> int:
        """What one request may carry: a few pictures at once. What is larger comes in pieces (public/pieces)."""
        return self.max_file_bytes * 4 + MEGABYTE

    @property
    def blobs(self) -> Path:
        """The folder of the content-addressed store."""
        return Path(self.blob_url.removeprefix("file:")) if self.blob_url else self.data / "blobs"

    def key(self) -> str:
        """The secret all keys are derived from: set, or made once and kept in the data folder (mode 0600)."""
        if self.secret_key:
            return self.secret_key
        path = self.data / "secret_key"
        if not path.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            spare = path.with_name(f"secret_key.{os.getpid()}.{secrets.token_hex(4)}")
            spare.touch(mode=0o600)
            spare.write_text(secrets.token_urlsafe(48), encoding="ascii")
            try:
                os.link(spare, path)  # atomic: of two first starts one wins, both read the same key
            except FileExistsError:
                pass
            spare.unlink()
        return path.read_text(encoding="ascii")


_NAMES = {str(f.validation_alias) for f in Settings.model_fields.values()}
