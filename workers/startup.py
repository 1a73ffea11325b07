"""What is checked and prepared before anything starts: one run per data folder, free ports, the schema at its head."""

from __future__ import annotations

import fcntl
import os
import re
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class CannotStart(Exception):
    """Why Redress cannot start, in one sentence."""


@dataclass(frozen=True)
class Ports:
    """The ports of one run, all on 127.0.0.1. The last three belong to the demo."""

    web: int
    platform: int
    inbox: int
    smtp: int

    @classmethod
    def from_env(cls) -> Ports:
        """PORT (8000) and the three after it, each of which can be named too. Raises CannotStart."""
        web = _port("PORT", 8000)
        return cls(
            web,
            _port("DEMO_PORT", web + 1),
            _port("INBOX_PORT", web + 2),
            _port("SMTP_PORT", web + 3),
        )


def _port(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip() or str(default)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotStart(f"{name} must be a port number between 1 and 65535, not {text!r}.")
    return int(text)


def require_free(ports: dict[int, str]) -> None:
    """Raises CannotStart when something listens on one of the ports; nothing has been started yet."""
    for port, what in ports.items():
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                line.bind(("127.0.0.1", port))
            except OSError:
                raise CannotStart(
                    f"Port {port} ({what}) is busy: another program listens there. "
                    f"Stop it, or choose other ports, for example PORT={_suggest(port)} make run."
                ) from None


def _suggest(port: int) -> int:
    return port + 100 if port + 103 < 65536 else 8100


def lock(data: Path, address: str) -> int:
    """Hold the data folder for this run; gives the open lock. Raises CannotStart while another run holds it."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data / "redress.pid"
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        pid, _, where = path.read_text(encoding="ascii").strip().partition(" ")
        raise CannotStart(
            f"Redress already runs on the data folder {data} (process {pid}, {where}). "
            "Stop it first, or set REDRESS_DATA to another folder."
        ) from None
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()} {address}\n".encode("ascii"))
    return handle


def require_database(database: str) -> None:
    """Raises CannotStart with one sentence when the database cannot be opened. The password is never repeated."""
    if database.startswith("sqlite:///"):
        folder = Path(database.removeprefix("sqlite:///")).parent
        if not (folder.is_dir() and os.access(folder, os.W_OK)):
            raise CannotStart(f"DATABASE_URL: the folder {folder} is not there or cannot be written to.")
        return
    import psycopg

    try:
        psycopg.connect(database.replace("postgresql+psycopg://", "postgresql://", 1), connect_timeout=5).close()
    except psycopg.Error as error:
        raise CannotStart(f"DATABASE_URL: the database does not let us in: {str(error).splitlines()[0]}.") from None


def schema_is_current(database: str) -> bool:
    """Whether an SQLite database already has the newest schema; False when only Alembic can tell.

    Saves the second that importing Alembic costs at each start.
    """
    path = Path(database.removeprefix("sqlite:///"))
    if not database.startswith("sqlite:///") or not path.exists() or sys.platform != "linux":
        return False
    # Debian's own sqlite3 must not open the file (WAL-reset corruption before 3.51.3).
    from pysqlite3 import dbapi2

    connection = dbapi2.connect(str(path))
    try:
        rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except dbapi2.Error:
        return False
    finally:
        connection.close()
    return {row[0] for row in rows} == heads()


def heads(folder: Path = ROOT / "migrations" / "versions") -> set[str]:
    """The revisions no other revision follows, read from the files."""
    revisions: set[str] = set()
    followed: set[str] = set()
    for file in folder.glob("*.py"):
        text = file.read_text(encoding="utf-8")
        if found := re.search(r"^revision\b[^=]*=\s*(.+)$", text, re.MULTILINE):
            revisions |= set(re.findall(r"['\"]([^'\"]+)['\"]", found.group(1)))
        if found := re.search(r"^down_revision\b[^=]*=\s*(.+)$", text, re.MULTILINE):
            followed |= set(re.findall(r"['\"]([^'\"]+)['\"]", found.group(1)))
    return revisions - followed
