"""Sealed columns: personal data is encrypted before it reaches the database file (AES-256-GCM).

The key is derived from SECRET_KEY; the column's label is bound in, so a value moved to another column does not open.
`blind_index` lets an exact value be found again without storing it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import Dialect, LargeBinary, TypeDecorator


@lru_cache(maxsize=8)
def _key(master: str, purpose: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=b"redress", info=purpose.encode()).derive(master.encode())


def seal(text: str, label: str) -> bytes:
    """Encrypt `text` under `label`: version byte, 12-byte nonce, ciphertext with tag."""
    nonce = os.urandom(12)
    key = _key(current_app.config["SECRET_KEY"], "columns")
    return b"\x01" + nonce + AESGCM(key).encrypt(nonce, text.encode(), label.encode())


def unseal(blob: bytes, label: str) -> str:
    """Decrypt. Raises cryptography's InvalidTag when the value, label or key does not fit."""
    key = _key(current_app.config["SECRET_KEY"], "columns")
    return AESGCM(key).decrypt(blob[1:13], blob[13:], label.encode()).decode()


def blind_index(text: str) -> str:
    """A keyed digest of a normalised value (an e-mail address, say) for exact look-ups."""
    key = _key(current_app.config["SECRET_KEY"], "blind index")
    return hmac.new(key, text.strip().casefold().encode(), hashlib.sha256).hexdigest()


def derive_code(purpose: str, value: str, alphabet: str, length: int) -> str:
    """A code of `length` letters that only this installation can derive from `value` (keyed, one per purpose)."""
    key = _key(current_app.config["SECRET_KEY"], f"code: {purpose}")
    number = int.from_bytes(hmac.new(key, value.encode(), hashlib.sha256).digest())
    letters = []
    for _position in range(length):
        number, index = divmod(number, len(alphabet))
        letters.append(alphabet[index])
    return "".join(letters)


class Sealed(TypeDecorator[str]):
    """A text column kept encrypted. `label` is 'table.column'."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else seal(value, self.label)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else unseal(bytes(value), self.label)

    def __repr__(self) -> str:
        return f"Sealed({self.label!r})"
