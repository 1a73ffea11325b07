"""What counts as personal data in a sentence that is to be published, and what does not."""

from __future__ import annotations

import pytest

from webapp.domain.decisions.personal import found

PEOPLE = ("Zhou Yun", "周云", "@copycat", "Copy Cat", "Sunrise Music Rights Holding Ltd", "李")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Write to zhou.yun@example.org for proof.", "e_mail"),
        ("Write to zhou.yun (at) example.org.", "e_mail"),
        ("请联系ｚｈｏｕ＠ｅｘａｍｐｌｅ．ｏｒｇ", "e_mail"),  # full width, as typed on a Chinese keyboard
        ("Her number is 13912345678.", "phone"),
        ("电话 139 1234 5678", "phone"),
        ("电话：１３９１２３４５６７８", "phone"),  # full width
        ("Call +44 20 7946 0958 now.", "phone"),
        ("Call (415) 555-0132.", "phone"),
        ("座机 0571-87654321", "phone"),
        ("身份证 11010519491231002X。", "id_number"),
        ("SSN 078-05-1120", "id_number"),
        ("The card 4111 1111 1111 1111 was shown.", "long_number"),
        ("It came from 192.168.10.20.", "ip_address"),
        ("See https://lumo.example/@copycat2/video/1.", "profile_url"),
        ("See https://lumo.example/user/8123.", "profile_url"),
        ("The clip of @someone_else is the source.", "handle"),
        ("加微信号：abcd_123", "messenger"),  # as typed
        ("QQ 12345678", "messenger"),
        ("Zhou Yun painted it.", "name"),
        ("ZHOU  YUN painted it.", "name"),
        ("Yun Zhou painted it.", "name"),
        ("Ms Zhou painted it.", "name"),
        ("这是周 云的画。", "name"),
        ("copycat mirrored it.", "name"),
        ("Sunrise Music Rights Holding Ltd owns it.", "name"),
    ],
)
def test_personal_data_is_found(text: str, what: str) -> None:
    """Addresses, numbers, handles, and every name of the case in the spellings people use."""
    assert found(text, PEOPLE) == what


@pytest.mark.parametrize(
    "text",
    [
        "The same painting, mirrored and recoloured; 14 of 16 regions agree.",
        "Published on 2026-03-02 at 10:15, seen 120,000 times, 1,234,567 likes.",
        "Against 17 USC 512(c)(3), GB 45438-2025, Regulation (EU) 2022/2065, 法释〔2020〕9号。",
        "See https://lumo.example/posts/8f3 and the rules at https://lumo.example/rules.",
        "The sunrise and the music are the same; nobody holds rights in a style.",
        "At 0:12–0:47 the voice is hers. The score is 0.9312.",
        "画面与原作构图一致，仅作镜像处理。她把李子画成了桃子。",
        "Case C-7K2M-9QPD was decided on the same ground.",
        "",
    ],
)
def test_ordinary_reasons_pass(text: str) -> None:
    """Dates, counts, citations, addresses of content and everyday words are nobody's data."""
    assert found(text, PEOPLE) == ""
