"""Sizes of files as people read them: the same words on every face."""

from __future__ import annotations

# From here on one decimal of a megabyte says it better than a thousand kilobytes (0.95 × 2**20).
MEGABYTES_FROM = 996_148


def size_words(size: int) -> str:
    """Bytes in words: '3 KB', '1.2 MB'; never less than '1 KB'."""
    return f"{size / 1_048_576:.1f} MB" if size >= MEGABYTES_FROM else f"{max(1, round(size / 1024))} KB"
