"""Who does not look here, why, and what would switch them on: for the page of detectors and in a line for the queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from webapp.core.i18n import _, pick
from webapp.desk import seen
from webapp.desk.blueprint import bp
from webapp.domain.matching import here
from webapp.domain.matching.book import chapter


@dataclass(frozen=True)
class Missing:
    """A detector or reader that is not here: its name in words, what the workshop says, what to do."""

    words: str
    why: str
    remedy: list[str] = field(default_factory=list)


def missing() -> list[Missing]:
    """All that are not here. The reason is the workshop's own, as it stands in its log: for whoever installs."""
    return [Missing(seen.detector(one.name), one.why, _remedy(one.groups)) for one in here.absent()]


def _remedy(codes: list[str]) -> list[str]:
    groups = chapter().get("groups", {})
    if not codes:  # in no group: what it needs is nobody's to hand out
        return [_("Whoever runs this site has to bring its model: name the file in REDRESS_MODEL_FILES.")]
    said = [
        _("Install the optional group “%(code)s”: %(words)s.", code=code, words=pick(groups[code])) for code in codes
    ]
    if any(groups[code].get("models") for code in codes):
        said.append(_("Bring its models with “make models”, or name files of yours in REDRESS_MODEL_FILES."))
    return said


@bp.context_processor
def _for_queue() -> dict[str, Any]:
    """In short, for the queue: the detectors of optional groups that are not here. One that an operator must bring is
    no surprise to anybody."""
    return {"nobody_looks": lambda: [seen.detector(one.name) for one in here.absent() if one.groups]}
