"""A lifecycle is a small frozen table {(state, verb): next state}; the only truth about what may follow what."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from webapp.core.errors import Refused


class Lifecycle:
    """Steps and answers "what can be done now"; desk buttons and diagrams are drawn from it."""

    def __init__(self, name: str, start: str, steps: Mapping[tuple[str, str], str]) -> None:
        self.name = name
        self.start = start
        self.steps: Mapping[tuple[str, str], str] = MappingProxyType(dict(steps))

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, start first, in the order the table names them."""
        seen = [self.start]
        for (state, _verb), after in self.steps.items():
            seen += [s for s in (state, after) if s not in seen]
        return tuple(seen)

    def step(self, state: str, verb: str) -> str:
        """The state after `verb`. Raises Refused('cannot_<verb>') when the table does not know the step."""
        try:
            return self.steps[state, verb]
        except KeyError:
            raise Refused(f"cannot_{verb}", state=state, lifecycle=self.name) from None

    def can(self, state: str) -> tuple[str, ...]:
        """The verbs open in `state`."""
        return tuple(verb for (s, verb) in self.steps if s == state)
