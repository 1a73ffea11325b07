"""Requests that secure uploads: files stream straight into the content-addressed store, never whole into memory."""

from __future__ import annotations

from typing import IO, Any, cast

from apiflask import APIFlask
from flask import Request, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.core.blobs import BlobStore, BlobWriter


class UploadRequest(Request):
    """Every multipart file becomes a BlobWriter with its hash made on the way and the size limit applied."""

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
        writer = BlobStore(settings.blobs).writer(settings.max_file_bytes)
        self._writers.append(writer)
        return cast(IO[bytes], writer)

    @property
    def _writers(self) -> list[BlobWriter]:
        writers: list[BlobWriter] = self.environ.setdefault("redress.writers", [])
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
    app.config["MAX_CONTENT_LENGTH"] = app.config["SETTINGS"].max_file_bytes * 4 + 1024 * 1024
    app.teardown_request(lambda error: cast(UploadRequest, request).drop_uploads(error))
