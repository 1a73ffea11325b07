"""What was heard and what moved, in words: places in time on both sides, pitch and speed, speech, its quality.

The codes are those that detectors of sound and film give; seen.py joins them to sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from webapp.core.i18n import _, lazy, n_

Findings = Sequence[Mapping[str, Any]]
Span = tuple[float, float, float, float]  # from and to in the reported file, from and to in the reference, in seconds

# How an explanation begins, by the code a detector gives as its reason.
SEEN = {
    "same_recording": lazy("The same recording"),
    "recording_inside": lazy("A part of the recording is in the reported file"),
    "weak_recording": lazy("Something of the recording seems to be in it, too little to tell"),
    "no_recording": lazy("Nothing of this recording was found in it"),
    "same_melody": lazy("The same melody and harmony"),
    "similar_melody": lazy("The melody is alike; please listen"),
    "weak_melody": lazy("The melodies have something in common, too little to tell"),
    "other_melody": lazy("Another melody, as far as can be told"),
    "same_voice": lazy("A voice whose timbre is very close to that of the reference"),
    "similar_voice": lazy("A voice whose timbre is like that of the reference"),
    "weak_voice": lazy("The voices are somewhat alike, too little to tell"),
    "other_voice": lazy("No voice like that of the reference was heard; a clone may still sound otherwise"),
    "same_film": lazy("The same film"),
    "part_of_film": lazy("A part of the film is in the reported one"),
    "weak_film": lazy("A few frames agree, too little to tell"),
    "no_film": lazy("Nothing of this film was found in it"),
    "picture_in_film": lazy("The picture is in the film"),
    "weak_picture_in_film": lazy("Something of the picture seems to be in the film, too little to tell"),
    "no_picture_in_film": lazy("The picture was not found in the film"),
}
# What a person must know of every answer of a detector, whatever it says.
ALWAYS = {
    "voice": lazy("Likeness of timbre is no finding that a voice was cloned, and its absence none that it was not."),
    "melody": lazy("Pieces of one style share harmonies; whether it is one tune is for your own ears."),
}
SIDES = {"query": lazy("The reported file"), "reference": lazy("The reference")}
WARNINGS = {
    "short": lazy("little speech"),
    "noisy": lazy("noise"),
    "music": lazy("music under the voice"),
    "clipped": lazy("overdriven sound"),
    "narrow": lazy("the sound of a telephone"),
}
MOST = 6  # stretches of speech that are listed; the timeline shows all
LEAD_AGREES = 0.88  # as the detector of melodies has it: from here on the leading voices agree (chance: 0.5)
WHOLE = 600  # seconds from which lengths are told in minutes


def clock(seconds: float) -> str:
    """A place in a recording as players write it: 0:07, 12:30, 1:02:03."""
    whole = max(0, int(seconds))  # the second that is playing, as players count
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def stretch(start: float, end: float) -> str:
    """From–to; a single place where both are the same second."""
    one, other = clock(start), clock(end)
    return one if one == other else f"{one}–{other}"


def length(seconds: float) -> str:
    """How long something is: 1.4 s, 42 s, 12 min."""
    if seconds < 10:
        return _("%(n)s s", n=f"{seconds:.1f}".removesuffix(".0"))
    return _("%(n)s s", n=round(seconds)) if seconds < WHOLE else _("%(n)s min", n=round(seconds / 60))


def spans(findings: Findings) -> list[Span]:
    """Where a detector saw or heard the same on both sides, in the order of time."""
    found = next((f for f in findings if f.get("kind") == "times"), {})
    return [(float(s[0]), float(s[1]), float(s[2]), float(s[3])) for s in found.get("spans", ()) if len(s) == 4]


def place(span: Span) -> str:
    """One matched place in a sentence without its full stop."""
    return _(
        "%(here)s of the report is %(there)s of the work",
        here=stretch(span[0], span[1]),
        there=stretch(span[2], span[3]),
    )


def facts(findings: Findings) -> list[str]:
    """All that was heard or moved, each as words that a full stop can follow."""
    told = [places(findings), shift(findings), _agreement(findings), best_voice(findings), moments(findings)]
    return [line for line in (*told, *_speech(findings)) if line]


def places(findings: Findings) -> str:
    """The longest matched place, and how many more there are."""
    found = spans(findings)
    if not found:
        return ""
    longest = max(found, key=lambda s: s[1] - s[0])
    if len(found) == 1:
        return place(longest)
    more = n_(
        "%(place)s, and %(num)s more place agrees",
        "%(place)s, and %(num)s more places agree",
        len(found) - 1,
        place=place(longest),
    )
    return str(more)


def shift(findings: Findings) -> str:
    """How much higher, lower, faster or slower the reported file is."""
    found = next((f for f in findings if f.get("kind") == "shift"), {})
    steps, tempo = float(found.get("semitones", 0)), float(found.get("tempo", 1))
    said = []
    if abs(steps) >= 0.25:
        much = f"{abs(steps):.1f}".removesuffix(".0")
        text = (_("%(n)s semitones higher", n=much), _("%(n)s semitones lower", n=much))
        said.append(text[steps < 0])
    if tempo > 0 and abs(tempo - 1) >= 0.01:
        much = f"{abs(tempo - 1) * 100:.0f}"
        said.append(_("%(n)s %% faster", n=much) if tempo > 1 else _("%(n)s %% slower", n=much))
    return _("compared with the reference it is %(how)s", how=_(", ").join(said)) if said else ""


def best_voice(findings: Findings) -> str:
    """Which stretches of two voices are nearest to each other."""
    best = next((f.get("best") for f in findings if f.get("kind") == "voices"), None)
    if not best:
        return ""
    text = _(
        "%(here)s of the reported file sounds most like %(there)s of the reference",
        here=stretch(best[0][0], best[0][1]),
        there=stretch(best[0][2], best[0][3]),
    )
    found = next(int(f.get("found", 0)) for f in findings if f.get("kind") == "voices")
    return _("the nearest of %(n)s voices: %(what)s", n=found, what=text) if found > 1 else text


def _agreement(findings: Findings) -> str:
    """Whether the tune agrees, or only the chords under it."""
    found = next((f for f in findings if f.get("kind") == "agreement"), None)
    if found is None:
        return ""
    if float(found["lead"]) >= LEAD_AGREES:
        return _("the leading voice goes the same way, and so do the harmonies")
    return _("the harmonies agree, the leading voice less so; many songs share harmonies")


def moments(findings: Findings) -> str:
    """When the same is to be seen, where only moments are known."""
    found = next((f for f in findings if f.get("kind") == "moments"), None)
    if not found or spans(findings):
        return ""
    times = [t for pair in found.get("pairs", ()) for t in pair[:2] if t is not None and None in pair]
    return _("to be seen at %(times)s", times=_(", ").join(clock(t) for t in times)) if times else ""


def speech(findings: Findings, of: str) -> Mapping[str, Any] | None:
    """What was found of speech on a side ("query" or "reference")."""
    return next((f for f in findings if f.get("kind") == "speech" and f.get("of") == of), None)


def warnings(findings: Findings, of: str) -> list[str]:
    """How good the sound of a side is, as codes of WARNINGS."""
    found = next((f for f in findings if f.get("kind") == "hearing" and f.get("of") == of), {})
    return [code for code in found.get("warnings", ()) if code in WARNINGS]


def _speech(findings: Findings) -> list[str]:
    lines = []
    for side, name in SIDES.items():
        known = warnings(findings, side)
        spoken = speech(findings, side)
        if "short" in known and spoken is not None:
            lines.append(_("%(file)s: only %(length)s of speech", file=name, length=length(float(spoken["seconds"]))))
            known = [code for code in known if code != "short"]
        if known:
            lines.append(_("%(file)s: %(what)s", file=name, what=_unsure(known)))
    return lines


def too_little(findings: Findings) -> str:
    """How much speech there is where that is too little to tell, in a sentence without its full stop; "" elsewhere."""
    for side in SIDES:
        spoken = speech(findings, side)
        if "short" in warnings(findings, side) and spoken is not None:
            much = length(float(spoken["seconds"]))
            if side == "query":
                return _("cannot tell: %(length)s of speech in the reported file", length=much)
            return _("cannot tell: %(length)s of speech in the reference", length=much)
    return ""


def _unsure(codes: Sequence[str]) -> str:
    return _("%(what)s, so the result is less sure", what=_(", ").join(str(WARNINGS[code]) for code in codes))


def listened(findings: Sequence[Findings], of: str, seconds: float) -> list[str]:
    """What a machine can say of one file before anybody listens: how long it is, when somebody speaks, how it sounds.

    `findings`: of every detector that compared it; `seconds`: its length, 0 where nobody knows."""
    lines = [_("%(length)s long", length=length(seconds))] if seconds else []
    found = next((s for told in findings if (s := speech(told, of)) is not None), None)
    if found is not None:
        at = _(", ").join(stretch(float(a), float(b)) for a, b in list(found.get("segments", ()))[:MOST])
        text = _("%(length)s of speech", length=length(float(found["seconds"])))
        lines.append(_("%(what)s, at %(times)s", what=text, times=at) if at else text)
    known = dict.fromkeys(code for told in findings for code in warnings(told, of))
    return [*lines, _unsure(list(known))] if known else lines
