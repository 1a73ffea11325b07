"""Errors of the domain: every refusal has a code for machines and words for people.

Faces turn them into answers in one handler each: Refused and Conflict become 409, NotFound becomes 404.
"""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """Base of all refusals. `code` is stable; `params` fill the sentence the face shows."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Refused(DomainError):
    """The rules say no (a step the lifecycle does not know, a right the actor does not have)."""


class Conflict(DomainError):
    """Somebody else was first; what was typed must be kept by the caller."""


class NotFound(DomainError):
    """There is no such thing, or it is not this actor's to see."""


class NotAllowed(Refused):
    """The actor's role does not carry the permission this verb asks for."""
