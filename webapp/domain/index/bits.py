"""256 bits as a column: 32 bytes on SQLite, `bit(256)` on PostgreSQL, which can itself count how many bits differ."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect, LargeBinary, TypeDecorator
from sqlalchemy.dialects.postgresql import BIT

WIDTH = 32  # bytes


def to_text(bits: bytes) -> str:
    """As PostgreSQL writes them: 256 times 0 or 1, the first byte's highest bit first."""
    return f"{int.from_bytes(bits, 'big'):0{WIDTH * 8}b}"


def from_text(text: str) -> bytes:
    """Back from `to_text`."""
    return int(text, 2).to_bytes(WIDTH, "big")


class Bits(TypeDecorator[bytes]):
    """32 bytes in and out. Refuses any other length."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(BIT(WIDTH * 8) if dialect.name == "postgresql" else LargeBinary(WIDTH))

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if len(value) != WIDTH:
            raise ValueError(f"a fingerprint has {WIDTH} bytes, not {len(value)}")
        return to_text(value) if dialect.name == "postgresql" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return from_text(str(value)) if dialect.name == "postgresql" else bytes(value)
