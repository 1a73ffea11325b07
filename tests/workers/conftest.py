"""What the workshop's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workers import toys
from tests.workers.yard import Yard
from workers import routes


@pytest.fixture
def toy_routes() -> Iterator[None]:
    """The toys' lines on the page of routes, in this process, for one test."""
    toys.add_routes()
    yield
    for topic in toys.ROUTES:
        del routes.ROUTES[topic]


@pytest.fixture
def yard(tmp_path: Path, toy_routes: None) -> Iterator[Yard]:
    """A yard that is cleared at the end."""
    place = Yard(tmp_path)
    yield place
    place.close()
