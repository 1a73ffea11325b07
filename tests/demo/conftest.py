"""The demo's two processes, started once for each test module;
the platform is put back to its first day before each test.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.demo.processes import Caller, Process, start_inbox, start_platform


@pytest.fixture(scope="module")
def platform_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    process = start_platform(tmp_path_factory.mktemp("lumo"))
    yield process
    assert process.stop() == 0


@pytest.fixture
def lumo(platform_process: Process) -> Iterator[Caller]:
    caller = Caller(platform_process.url)
    assert caller.form("/demo/tools/reset") == 303
    yield caller
    caller.close()


@pytest.fixture(scope="module")
def inbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    process = start_inbox(tmp_path_factory.mktemp("mail"))
    yield process
    assert process.stop() == 0


@pytest.fixture
def inbox(inbox_process: Process) -> Iterator[Caller]:
    caller = Caller(inbox_process.url)
    assert caller.form("/tools/clear") == 303
    for word in ("refuse", "lose"):
        caller.form("/tools/trouble", word=word, times="0")
    yield caller
    caller.close()
