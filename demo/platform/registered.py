"""What the works registry of the demo holds: a folder with pictures and a manifest, for `flask registry import`."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

from demo.platform.store import Store

# number, kind, title, holder, the picture: an original's file, or a post's picture
WORKS = (
    ("W-2025-00318", "work", "荷塘黄昏 Lotus at Dusk", "沈荷 Shen He", "shen-he-lotus-at-dusk.jpg", "2025-06-12"),
    ("W-2025-00319", "work", "六柿 Six Persimmons", "沈荷 Shen He", "shen-he-six-persimmons.jpg", "2025-06-12"),
    ("W-2026-00071", "work", "青釉杯 Celadon Cup", "梁窑 Studio Liang", "studio-liang-celadon-cup.jpg", "2026-02-03"),
    ("VH-2026-0417", "virtual_human", "小雅 Xiaoya", "拾光直播 Shiguang Live", "lumo-1014-1", "2026-04-17"),
)


def offer(store: Store) -> Path:
    """The folder, made once; the manifest comes last, so a folder that has one is whole."""
    folder = store.folder / "registered"
    manifest = folder / "manifest.csv"
    if manifest.exists():
        return folder
    folder.mkdir(exist_ok=True)
    rows = [("number", "kind", "title", "holder", "file", "registered")]
    for number, kind, title, holder, source, day in WORKS:
        path = store.originals / source if source.endswith(".jpg") else store.media_file(source)
        name = f"{number}.jpg"
        shutil.copyfile(path, folder / name)
        rows.append((number, kind, title, holder, name, day))
    with (folder / "manifest.new").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    os.replace(folder / "manifest.new", manifest)
    return folder
