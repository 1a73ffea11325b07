"""The perceptual hash raises no false alarm, not even on pictures that look alike."""

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


def test_no_two_different_pictures_support_each_other(look: Callable[..., Signals]) -> None:
    """Every pair of different shipped pictures, look-alike pages and textures among them."""
    names = (*PHOTOGRAPHS, *LOOK_ALIKES)
    alarms = [
        (one, other, found.distance)
        for one, other in itertools.combinations(names, 2)
        if (found := the_detector().compare(look(photograph(one), one), look(photograph(other), other))).verdict
        == "supports"
    ]
    assert alarms == []


@pytest.mark.parametrize("dress", [on_phone, on_desktop, as_meme, with_bar, written_on])
def test_the_same_dress_on_different_pictures_is_no_copy(dress: Alter, look: Callable[..., Signals]) -> None:
    """Two screenshots of one app agree in every button: that alone must not look like a copy."""
    dressed = [look(dress(photograph(name))) for name in PHOTOGRAPHS]
    for one, other in itertools.pairwise(dressed):
        assert the_detector().compare(one, other).verdict != "supports"
