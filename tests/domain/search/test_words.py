"""What a text is found by: tables of what meets and what does not."""

from __future__ import annotations

import pytest

from webapp.domain.search.words import beginnings, places, terms, wanted

# What somebody types, and what was written: they meet.
MEET = [
    ("画", "这是我的画，被镜像了。"),
    ("我的", "这是我的画"),
    ("镜像", "这是我的畫，被鏡像了。"),  # typed simplified, written traditional
    ("鏡像", "这是我的画，被镜像了。"),
    ("被镜像了", "这是我的画，被镜像了。"),
    ("ＡＩ換臉", "她用AI换脸视频骗人"),  # full width, traditional
    ("ai 换脸", "她用ＡＩ换脸视频骗人"),
    ("ｶﾗｵｹ", "カラオケの動画"),
    ("painting", "These PAINTINGS were copied."),
    ("copied pictures", "A picture, copying mine."),
    ("cafe", "At the Café"),
    ("Straße", "STRASSE"),
    ("@chen_mo", "https://demo.example/chen_mo/42"),
    ("C-7K3M", "C-7K3M-9QF2"),
    ("９QF2", "C-7K3M-9QF2"),
    ("한국", "한국어 영상"),
    ("𠮷野家", "在𠮷野家"),
    ("", "anything"),
]
# They do not.
MISS = [
    ("画家", "这是我的画"),
    ("像镜", "镜像"),
    ("paint water", "a painting"),
    ("art", "party"),
    ("C-7K3M", "C-7K4M-9QF2"),
]


@pytest.mark.parametrize(("typed", "written"), MEET)
def test_what_meets(typed: str, written: str) -> None:
    assert wanted(typed) <= terms(written)


@pytest.mark.parametrize(("typed", "written"), MISS)
def test_what_does_not_meet(typed: str, written: str) -> None:
    assert not wanted(typed) <= terms(written)


def test_one_sign_is_found_alone_and_more_by_their_neighbours() -> None:
    assert wanted("画") == {"画"}
    assert wanted("水彩画") == {"水彩", "彩画"}
    assert wanted("AI画") == {"ai", "画"}


def test_a_name_is_found_before_it_is_typed_to_its_end() -> None:
    assert wanted("chenm") <= beginnings("@ChenMo")
    assert not beginnings("陈墨")  # signs are found one by one anyway


def test_the_place_is_found_back_in_the_original() -> None:
    text = "Ｔｈｅ ＡＩ 換臉 video copied my Paintings"
    shown = [text[start:end] for start, end in places(text, "ai 换脸 painting")]
    assert shown == ["ＡＩ", "換臉", "Paintings"]
    assert places("㎏ of 画", "画") == [(5, 6)]
    assert places("nothing", "something") == []
