"""Sealed columns: personal data is encrypted before it reaches the database file (AES-256-GCM).

The key is derived from SECRET_KEY; the column's label is bound in, so a value moved to another column does not open.
Biometric data has a key of its own (law.md §9.1).
`blind_index` lets an exact value be found again without storing it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable
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
    return seal_bytes(text.encode(), label)


def unseal(blob: bytes, label: str) -> str:
    """Decrypt. Raises cryptography's InvalidTag when the value, label or key does not fit."""
    return unseal_bytes(blob, label).decode()


def seal_bytes(data: bytes, label: str, key: str = "columns") -> bytes:
    """`seal` for bytes. `key` names the derived key: what may be read with one does not open with another."""
    nonce = os.urandom(12)
    master = _key(current_app.config["SECRET_KEY"], key)
    return b"\x01" + nonce + AESGCM(master).encrypt(nonce, data, label.encode())


def unseal_bytes(blob: bytes, label: str, key: str = "columns") -> bytes:
    """Decrypt what `seal_bytes` wrote. Raises InvalidTag as `unseal`."""
    master = _key(current_app.config["SECRET_KEY"], key)
    return AESGCM(master).decrypt(blob[1:13], blob[13:], label.encode())


def seal_word(text: str, label: str) -> str:
    """`seal` as letters, for a place that takes only text (a fact of the audit log); '' for ''."""
    return base64.b64encode(seal(text, label)).decode() if text else ""


def unseal_word(word: str, label: str) -> str:
    """Decrypt what `seal_word` gave."""
    return unseal(base64.b64decode(word), label) if word else ""


def blind_index(text: str) -> str:
    """A keyed digest of a normalised value (an e-mail address, say) for exact look-ups."""
    key = _key(current_app.config["SECRET_KEY"], "blind index")
    return hmac.new(key, text.strip().casefold().encode(), hashlib.sha256).hexdigest()


def blind_words(words: Iterable[str]) -> list[str]:
    """Keyed digests of words for a search index, 40 bits as eight of a–z2–7: equal words stay equal, none can be read
    back without the key. Two of a million different words may share one.
    """
    key = _key(current_app.config["SECRET_KEY"], "search words")
    return [
        base64.b32encode(hashlib.blake2b(word.encode(), key=key, digest_size=5).digest()).decode().lower()
        for word in words
    ]


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


class SealedBytes(TypeDecorator[bytes]):
    """A column of bytes kept encrypted. `label` is 'table.column', `key` the name of the derived key."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, label: str, key: str = "columns") -> None:
        super().__init__()
        self.label, self.key = label, key

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else seal_bytes(value, self.label, self.key)

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else unseal_bytes(bytes(value), self.label, self.key)

    def __repr__(self) -> str:
        return f"SealedBytes({self.label!r}, {self.key!r})"
