"""Names for things: sortable row ids, references people can read aloud, secrets nobody can guess."""

from __future__ import annotations

import hashlib
import secrets
import uuid

# Crockford's base 32 without I, L, O, U: nothing that can be misread on a phone or misheard on one.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


def new_id() -> str:
    """A random 128-bit id as 32 hex digits, used as primary key."""
    return uuid.uuid4().hex


def new_reference(letter: str) -> str:
    """A reference such as R-7K3M-9QF2: 40 random bits. It names a thing; it never opens it."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letter}-{code[:4]}-{code[4:]}"


def read_reference(text: str) -> str:
    """What a person typed, in the form we print: case, blanks and look-alike letters forgiven."""
    raw = "".join(ch for ch in text.upper() if ch.isalnum())
    if not raw:
        return ""
    letter, code = raw[0], raw[1:].translate(_MISREAD)
    return f"{letter}-{code[:4]}-{code[4:8]}" if len(code) >= 8 else f"{letter}-{code}"


def grouped(code: str) -> str:
    """A code in groups of four: 7K3M-9QF2-…"""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def read_secret(text: str) -> str:
    """A typed secret in the printed form."""
    return grouped("".join(ch for ch in text.upper() if ch.isalnum()).translate(_MISREAD))


def new_token() -> str:
    """A 256-bit token for cookies and links."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """SHA-256 of a random secret. Enough for secrets with 80 bits or more; passwords go through argon2."""
    return hashlib.sha256(secret.encode()).hexdigest()
