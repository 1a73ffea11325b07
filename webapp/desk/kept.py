"""What somebody typed into one of the small forms of a case, kept whole when the page comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

CARRIED = "kept"


@dataclass(frozen=True)
class Kept:
    """The values of one form: which form (`form`), of which report ('' = of the case), and what was in it."""

    form: str = ""
    report: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    ticked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, form: str, posted: MultiDict[str, str]) -> Kept:
        """Keep a posted form."""
        return cls(
            form=form,
            report=posted.get("report", ""),
            values={name: value for name, value in posted.items() if name not in ("csrf_token", "do")},
            ticked={name: tuple(values) for name, values in posted.lists()},
        )

    def of(self, form: str, report: str = "") -> Kept | None:
        """This, if it is what was typed into that form; else None."""
        return self if (self.form, self.report) == (form, report) else None

    @classmethod
    def carried(cls, posted: MultiDict[str, str]) -> Kept:
        """What another form of the page brought along of this one; nothing, if it brought nothing."""
        if not posted.get(CARRIED):
            return cls()
        start = f"{CARRIED}."
        own = [(name.removeprefix(start), value) for name, value in posted.items(multi=True) if name.startswith(start)]
        return cls.read(posted[CARRIED], MultiDict(own))

    @property
    def along(self) -> list[tuple[str, str]]:
        """Every (name, value) for a form that is to bring this along, see `carried`."""
        own = [(f"{CARRIED}.{name}", value) for name, value in self.hidden]
        return [(CARRIED, self.form), *own] if self.form else []

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Every (name, value) to carry along through a preview."""
        return [(n, v) for n, all_ in self.ticked.items() for v in all_ if n not in ("csrf_token", "do")]
