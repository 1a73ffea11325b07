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
    on_desktop,
    on_phone,
    photograph,
    with_bar,
    written_on,
)
from tests.detectors.conftest import the_detector
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
