"""A bad rule book stops the start of every process with one sentence; a copy of one's own can be named by setting."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from webapp.core.config import Settings, SettingsError
from webapp.domain.policy.queries import FOLDER, BookError
from webapp.factory import create_app
from workers.startup import ROOT


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A copy with one slip of the pen."""
    folder = Path(shutil.copytree(FOLDER, tmp_path / "own"))
    ladder = folder / "ladder.toml"
    ladder.write_text(ladder.read_text(encoding="utf-8").replace("points = 12", "points = 2"), encoding="utf-8")
    return folder


def _start(tmp_path: Path, book: Path, *module: str) -> subprocess.CompletedProcess[str]:
    keep = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port = line.getsockname()[1]
    own = {"REDRESS_DATA": str(tmp_path / "var"), "REDRESS_BOOK": str(book), "PORT": str(port)}
    command = [sys.executable, "-m", *module]
    return subprocess.run(command, cwd=ROOT, env=keep | own, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    "module",
    [("workers.supervisor", "--no-demo"), ("workers.worker", "work"), ("flask", "--app", "app", "book", "show")],
)
def test_a_process_ends_with_file_line_and_sentence(tmp_path: Path, bad: Path, module: tuple[str, ...]) -> None:
    ended = _start(tmp_path, bad, *module)
    assert ended.returncode == 1
    line = (bad / "ladder.toml").read_text(encoding="utf-8").splitlines().index("points = 2") + 1
    assert ended.stderr == f"ladder.toml, line {line}: L5: rungs must rise in points.\n"


def test_the_web_app_is_not_made_from_it(tmp_path: Path, bad: Path) -> None:
    with pytest.raises(BookError, match=r"^ladder\.toml, line \d+: "):
        create_app(Settings(REDRESS_DATA=tmp_path / "var", SECRET_KEY="0" * 40, REDRESS_BOOK=bad))


def test_a_folder_that_is_not_there_is_a_wrong_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_BOOK", str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match=r"^REDRESS_BOOK: must name a folder that holds a copy of the rule book\.$"):
        Settings.from_env()


def test_no_folder_means_the_shipped_book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_BOOK", "")
    assert Settings.from_env().book_folder is None
