"""What people decide by ear: the test of a voice, and the rights an AI cover may touch."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from webapp.domain.policy.shape.words import Mark, Part, Words

Heard = Literal["yes", "no", "cannot_tell"]


class Question(Part):
    """One question of the test. `by` names in a reason what was asked about; the one that `decides` has none."""

    code: str = Field(pattern=r"^[a-z_]+$")
    words: Words
    by: Words | None = None
    decides: bool = False


class VoiceTest(Part):
    """When a voice counts as somebody's: the questions, and what a ready reason says by their answers."""

    kinds: tuple[str, ...]
    bases: tuple[str, ...]
    words: Words
    text: Words
    level: Mark
    how: Words
    how_one: Words
    difference: Words
    difference_one: Words
    answers: dict[Heard, Words]
    questions: tuple[Question, ...]

    @model_validator(mode="after")
    def _whole(self) -> VoiceTest:
        if len([one for one in self.questions if one.decides]) != 1:
            raise ValueError("exactly one question decides")
        if any(not one.decides and one.by is None for one in self.questions):
            raise ValueError("a question that does not decide says `by` what a voice is known")
        if len({one.code for one in self.questions}) < len(self.questions):
            raise ValueError("two questions have one code")
        if set(self.answers) != {"yes", "no", "cannot_tell"}:
            raise ValueError("answers are yes, no and cannot_tell")
        return self


class Right(Part):
    """One right a cover may touch: which detectors bear on it, and which kinds of report are about it."""

    code: str = Field(pattern=r"^[a-z_]+$")
    words: Words
    text: Words
    detectors: tuple[str, ...]
    kinds: tuple[str, ...]
    bases: tuple[str, ...]


class Cover(Part):
    """The rights of an AI cover; a report of one of `kinds` brings them up."""

    kinds: tuple[str, ...]
    words: Words
    text: Words
    level: Mark
    rights: tuple[Right, ...]


class Hearing(Part):
    """The whole chapter."""

    test: VoiceTest
    cover: Cover

    @property
    def rights(self) -> dict[str, Right]:
        """The rights of a cover by their code."""
        return {right.code: right for right in self.cover.rights}
