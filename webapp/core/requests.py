"""Requests that secure uploads: files stream straight into the content-addressed store, never whole into memory."""

from __future__ import annotations

from typing import IO, Any, cast

from apiflask import APIFlask
from flask import Request, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.core.blobs import BlobStore, BlobWriter
from webapp.core.parts import WholeFile


class UploadRequest(Request):
    """Every multipart file becomes a BlobWriter with its hash made on the way and the size limit applied.

    What a picture or a recording may have at most is known once its first bytes are (evidence.rules)."""

    max_form_memory_size = 500_000
    max_form_parts = 100

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        settings = current_app.config["SETTINGS"]
        writer = BlobStore(settings.blobs).writer(min(settings.max_bytes, settings.max_request_bytes))
        self._writers.append(writer)
        return cast(IO[bytes], writer)

    def close_later(self, file: WholeFile) -> None:
        """Let go of an upload that came before this request once it is answered."""
        self._writers.append(file)

    @property
    def _writers(self) -> list[BlobWriter | WholeFile]:
        writers: list[BlobWriter | WholeFile] = self.environ.setdefault("redress.writers", [])
        return writers

    def drop_uploads(self, _error: Any = None) -> None:
        """Delete what was streamed but not kept."""
        for writer in self._writers:
            writer.close()


def init_app(app: APIFlask) -> None:
    """Use UploadRequest everywhere; a request may carry a few files' worth of bytes at most.

    Behind the operator's own proxies the visitor's address is what these say it is; without any, nobody is believed.
    """
    if proxies := app.config["SETTINGS"].trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]  # as its documentation shows
    app.request_class = UploadRequest
    app.config["MAX_CONTENT_LENGTH"] = app.config["SETTINGS"].max_request_bytes
    app.teardown_request(lambda error: cast(UploadRequest, request).drop_uploads(error))
