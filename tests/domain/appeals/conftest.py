"""The moment every story here begins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from apiflask import APIFlask

from tests.domain.appeals.story import MONDAY


@pytest.fixture
def clock(app: APIFlask) -> Iterator[time_machine.Traveller]:
    """Monday noon in Shanghai, standing still until it is moved."""
    with time_machine.travel(MONDAY, tick=False) as moving:
        yield moving
