"""The picture detectors raise no false alarm, not even on pictures that look alike."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from tests.detectors.alterations import (
    LOOK_ALIKES,
    PHOTOGRAPHS,
    Alter,
    as_meme,
    compressed,
    on_desktop,
    on_phone,
    photograph,
    scaled,
    with_bar,
    written_on,
)
from tests.detectors.conftest import the_detector
from tests.detectors.dresses import in_chat, letter
from webapp.domain.matching.detector import Signals

DETECTORS = ("phash", "dct256", "features")


@pytest.mark.parametrize("name", DETECTORS)
def test_no_two_different_pictures_support_each_other(name: str, look: Callable[..., Signals]) -> None:
    """Pairs of different shipped pictures, look-alike pages and textures among them."""
    seen = {picture: look(name, photograph(picture), picture) for picture in (*PHOTOGRAPHS[::2], *LOOK_ALIKES)}
    alarms = [
        (one, other, found.distance)
        for one, other in itertools.combinations(seen, 2)
        if (found := the_detector(name).compare(seen[one], seen[other])).verdict == "supports"
    ]
    assert alarms == []


@pytest.mark.parametrize("dress", [on_phone, on_desktop, as_meme, with_bar, written_on])
def test_the_same_dress_on_different_pictures_is_no_copy(dress: Alter, look: Callable[..., Signals]) -> None:
    """Two screenshots of one app agree in every button: that alone must not look like a copy."""
    dressed = [dress(photograph(picture)) for picture in (*PHOTOGRAPHS[:4], PHOTOGRAPHS[9])]
    for name in DETECTORS:
        for one, other in itertools.pairwise(look(name, image) for image in dressed):
            assert the_detector(name).compare(one, other).verdict != "supports", name


@pytest.mark.parametrize("name", DETECTORS)
@pytest.mark.parametrize("dress", [in_chat, letter])
def test_two_pages_of_one_form_are_no_copies(name: str, dress: Alter, look: Callable[..., Signals]) -> None:
    """Where the form is nearly all of it: a small picture in a chat, a letter with lines as long as another's."""
    pages = [look(name, dress(photograph(picture))) for picture in (*PHOTOGRAPHS[2:5], PHOTOGRAPHS[9])]
    for one, other in itertools.pairwise(pages):
        assert the_detector(name).compare(one, other).verdict != "supports"


def test_a_recompressed_page_is_still_a_copy(look: Callable[..., Signals]) -> None:
    page = letter(photograph(PHOTOGRAPHS[2]))
    found = the_detector("phash").compare(look("phash", compressed(40)(scaled(0.7)(page))), look("phash", page))
    assert found.band == "strong"
