"""The first reports of the demo, so that the desk is not empty: `python -m demo.visitors`.

Invented people file them through the public form, over HTTP, as anybody would.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit
from urllib.request import urlopen

from urllib3.exceptions import HTTPError

from demo.visitor import Visitor

PORTRAIT = "su-wan-press-portrait.jpg"
LOTUS = "shen-he-lotus-at-dusk.jpg"
PERSIMMONS = "shen-he-six-persimmons.jpg"  # another picture of hers: looked at, and found to be none of it
PAINTER = {"name": "沈荷", "email": "studio@painter.example.org", "language": "zh"}

# (post, originals and what each is sent as, answers by page)
Sent = tuple[tuple[str, str], ...]
REPORTS: tuple[tuple[str, Sent, dict[str, dict[str, str]]], ...] = (
    (
        "lumo-1003",
        ((PORTRAIT, "reference"),),
        {
            "kind": {"kind": "LIKENESS"},
            "content": {"wrong": "我是歌手苏晚。我从未代言任何理财产品，广告里的脸是从我的官方肖像改的。"},
            "contact": {"name": "苏晚", "email": "su.wan@singer.example.org", "language": "zh"},
        },
    ),
    (
        "lumo-1003",
        (),
        {
            "kind": {"kind": "FRAUD"},
            "who": {"basis": "ANY"},
            "content": {"wrong": "My aunt sent them 3,000 yuan after seeing this advert. The singer says it is fake."},
            "contact": {"name": "", "email": "a.niece@mail.example.org"},
        },
    ),
    (
        "lumo-1002",
        ((LOTUS, "reference"), (PERSIMMONS, "reference"), (LOTUS, "TITLE")),
        {
            "content": {"wrong": "这是我的油画，被镜像翻转后重新发布。", "work_title": "荷塘黄昏"},
            "contact": PAINTER,
        },
    ),
    (
        "lumo-1021",
        ((LOTUS, "reference"), (LOTUS, "TITLE")),
        {
            "content": {"wrong": "我的油画被翻转、斜放进一张拼贴里出售。", "work_title": "荷塘黄昏"},
            "contact": PAINTER,
        },
    ),
    (
        "lumo-1004",
        (),
        {
            "kind": {"kind": "FABRICATION_RUMOUR"},
            "who": {"basis": "ANY"},
            "content": {"wrong": "水务公司今天上午已经发布公告辟谣，没有停水通知。", "source": "市水务公司官网公告"},
            "contact": {"name": "", "email": "reader@mail.example.org", "language": "zh"},
        },
    ),
    (
        "lumo-1005",
        (),
        {
            "kind": {"kind": "AI_LABEL_MISSING"},
            "who": {"basis": "ANY"},
            "content": {"wrong": "The hands and the shadows are wrong: this is generated, and nothing says so."},
            "contact": {"name": "", "email": "looker@mail.example.org"},
        },
    ),
)


def main(arguments: list[str]) -> int:
    """File them all; 0 when each got its receipt."""
    parser = argparse.ArgumentParser(description="File the demo's first reports.")
    parser.add_argument("--redress-url", required=True)
    parser.add_argument("--platform-url", required=True)
    options = parser.parse_args(arguments)
    port = urlsplit(options.redress_url).port or 80
    for post, originals, answers in REPORTS:
        files: list[tuple[str, bytes]] = []
        for original, role in originals:
            with urlopen(f"{options.platform_url}/demo/originals/{original}", timeout=30) as answer:
                files.append((role, answer.read()))
        content = {"address": f"{options.platform_url}/p/{post}"} | answers.get("content", {})
        print(_patiently(partial(_visit, port, post, files, answers | {"content": content})))
    return 0


def _visit(port: int, post: str, files: list[tuple[str, bytes]], answers: dict[str, dict[str, str]]) -> str:
    return Visitor(port).report(post, files, "demo", **answers)


def _patiently(visit: Callable[[], str], tries: int = 5) -> str:
    """A server that is just starting again is tried again."""
    for _try in range(tries - 1):
        try:
            return visit()
        except (HTTPError, RuntimeError):
            time.sleep(1)
    return visit()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
