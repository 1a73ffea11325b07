"""Serve a small WSGI application on loopback until SIGTERM or Ctrl-C, then stop cleanly."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    """Logs nothing for each request: secrets may stand in addresses."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep silent."""


def bind(make_app: Callable[[int], WSGIApplication], port: int) -> BaseWSGIServer:
    """A threaded server on 127.0.0.1; port 0 takes a free one. `make_app` is told the port that was taken.

    A busy port ends the program with werkzeug's own sentence and status 1, before `make_app` runs.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, _not_yet, threaded=True, request_handler=_Quiet)
    server.app = make_app(server.server_port)
    return server


def _not_yet(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Holds the place until the application knows its port; never called, since serving begins later."""
    start_response("503 Service Unavailable", [])
    return []


def serve(server: BaseWSGIServer, ready: str, at_end: Callable[[], None] = lambda: None) -> int:
    """Print the ready line, serve until told to stop, run `at_end`; the exit status."""

    def stop(number: int, frame: FrameType | None) -> None:
        threading.Thread(
            target=server.shutdown, daemon=True
        ).start()  # shutdown waits for the loop this handler interrupted

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(ready, flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    at_end()
    return 0
