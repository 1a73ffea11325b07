"""What detectors saw, in words: answers, what was changed, why one could not look (what a band is worth: worth.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from webapp.core.i18n import _, lazy, n_, pick
from webapp.desk import heard
from webapp.domain.matching.book import detector_words

Findings = Sequence[Mapping[str, Any]]

VERDICTS = {
    "supports": (lazy("Supports"), "ok"),
    "does_not_support": (lazy("Does not support"), "plain"),
    "cannot_tell": (lazy("Cannot tell"), "warn"),
}
# How an explanation begins, by the code a detector gives as its reason.
SEEN = {
    "same_picture": lazy("The same picture"),
    "part_of_the_reference": lazy("The reported picture is a part of the reference"),
    "reference_inside_the_picture": lazy("The reference lies inside the reported picture"),
    "overlap": lazy("Both show a part of the same picture"),
    "weak_agreement": lazy("Some structure agrees, too little to tell"),
    "no_agreement": lazy("Too little agrees to call it the same picture"),
    "near_copy": lazy("A near copy, in what the picture shows as a whole"),
    "same_face": lazy("The face of the reference is in the reported picture"),
    "similar_face": lazy("A face very like that of the reference is in the reported picture"),
    "weak_likeness": lazy("The faces are somewhat alike, too little to tell"),
    "other_face": lazy("None of the faces is that of the reference"),
    "copied_text": lazy("Passages of the reference were copied"),
    "edited_text": lazy("Passages of the reference were copied and lightly edited"),
    "weak_overlap": lazy("A few words agree, too little to tell"),
    "no_overlap": lazy("No passage of the reference was found"),
    "threshold_moved": lazy("A lead moved the bands of this detector; the answer changed with them"),
    **heard.SEEN,
}
CHANGES = {
    "mirrored": lazy("mirrored"),
    "flipped": lazy("flipped upside down"),
    "turned_over": lazy("turned by 180°"),
    "turned_left": lazy("turned left"),
    "turned_right": lazy("turned right"),
    "mirrored_turned_left": lazy("mirrored and turned left"),
    "mirrored_turned_right": lazy("mirrored and turned right"),
    "cropped": lazy("cropped"),
    "placed_inside": lazy("placed inside another picture"),
    "tilted": lazy("tilted"),
    "stretched": lazy("stretched"),
}
NOT_LOOKED = {
    "not_an_image": lazy("the file is no picture"),
    "truncated": lazy("the file ends before the picture does"),
    "too_many_pixels": lazy("it has more pixels than may be unpacked"),
    "too_small": lazy("it is too small to tell anything"),
    "featureless": lazy("it is blank, flat or one steady sound; it would agree with everything else like it"),
    "unsupported": lazy("this detector does not read this type"),
    "unreadable": lazy("the file could not be read"),
    "decoder_timeout": lazy("unpacking took too long"),
    "decoder_memory": lazy("unpacking needed too much memory"),
    "decoder_killed": lazy("the unpacking process died"),
    "detector_absent": lazy("the detector is not installed here"),
    "cannot_assess": lazy("too small, covered, drawn or turned away to tell"),
    "no_face": lazy("no face was found in it"),
    "no_text": lazy("there is no text in it to compare"),
    "not_a_recording": lazy("the file is neither sound nor film"),
    "no_sound": lazy("it has no sound"),
    "no_pictures": lazy("it has no moving pictures"),
    "no_speech": lazy("no speech was found in it"),
    "no_tune": lazy("no tune was found in it: speech, noise or a single chord"),
    "too_short": lazy("it is too short to tell"),
    "failed": lazy("the detector itself failed"),
}
# Not the file's fault: what was not asked for, is not here, or is still to come.
NOT_ASKED = {
    "no_consent": lazy("no consent"),
    "consent_withdrawn": lazy("the consent was taken back"),
    "not_enabled": lazy("switched off here: no impact assessment is recorded"),
    "detector_absent": lazy("not installed here"),
    "not_needed": lazy("not needed: a cheaper detector already decides"),
    "nothing_to_compare": lazy("not needed: nothing lies beside it to compare with"),
    "other_medium": lazy("looks at files of another kind"),
    "queued": lazy("waits its turn"),
}
# It looked, and nothing of what it compares is there.
NOTHING_THERE = {
    "no_text": lazy("no text was found"),
    "no_face": lazy("no face was found"),
    "no_sound": lazy("there is no sound"),
    "no_pictures": lazy("there are no moving pictures"),
    "no_speech": lazy("no speech was found"),
    "no_tune": lazy("no tune was found"),
}
# Without these no face and no voice is measured, and people compare by eye and ear.
BY_EYE = ("no_consent", "consent_withdrawn", "not_enabled", "detector_absent")
WARNINGS = {
    "small": lazy("The face is small; the result is less sure."),
    "blurred": lazy("The face is blurred; the result is less sure."),
    "covered": lazy("A part of the face is covered; this cannot be assessed well."),
    "turned": lazy("The face is turned away from the camera; the result is less sure."),
    "drawn": lazy("The face looks drawn or painted; this cannot be assessed well."),
    "unclear": lazy("The face is hard to make out; the result is less sure."),
}
# Shares of an area that people say in words; (about, words), nearest wins if it is near enough.
FRACTIONS = (
    (0.75, lazy("three quarters")),
    (0.667, lazy("two thirds")),
    (0.5, lazy("half")),
    (0.333, lazy("a third")),
    (0.25, lazy("a quarter")),
    (0.2, lazy("a fifth")),
    (0.1, lazy("a tenth")),
)
NEAR_ENOUGH = 0.1  # of the fraction itself; beyond that a per cent is said
WHOLE = 0.9  # an area from here on is told as "a little"


def detector(name: str) -> str:
    """A detector's name in words; one the book does not know keeps its own."""
    return pick(detector_words(name))


def find(findings: Findings, kind: str, of: str = "") -> Mapping[str, Any] | None:
    """The first finding of a kind (and of a side: "query" or "reference")."""
    return next((f for f in findings if f.get("kind") == kind and (not of or f.get("of") == of)), None)


def headline(answers: Sequence[tuple[str, Findings]]) -> str:
    """One sentence of what several detectors saw, best first: (reason, findings) of those that agree with the first."""
    if not answers:
        return ""
    reason = answers[0][0]
    if reason in NOT_LOOKED:
        said = heard.too_little(answers[0][1]) or _("Could not be compared: %(why)s", why=NOT_LOOKED[reason])
        return full(said)
    if reason in NOT_ASKED:  # a comparison that was taken back
        return full(_("Could not be compared: %(why)s", why=NOT_ASKED[reason]))
    text = str(SEEN.get(reason, reason))
    told = [f for _reason, findings in answers for f in findings]
    placement = find(told, "placement") or {}
    if reason in ("part_of_the_reference", "reference_inside_the_picture", "overlap"):
        text = str(SEEN["same_picture"])  # how much of it follows
    how = _changes(placement)
    if how:
        text = _("%(what)s, %(how)s", what=text, how=_joined(how))
    facts = [fact for fact in (_points(told), _faces(told), _copied(told)) if fact] + _told_of_time(answers)
    return _("%(what)s.", what=_("; ").join([text, *facts]))


def _told_of_time(answers: Sequence[tuple[str, Findings]]) -> list[str]:
    """Where in time, and how it was changed, as the first says who knows it: one place is enough for a headline."""
    for told in (findings for code, findings in answers if code not in NOT_LOOKED):
        facts = [f for f in (heard.places(told), heard.shift(told), heard.best_voice(told), heard.moments(told)) if f]
        if facts:
            return facts
    return []


def seen(reason: str, findings: Findings) -> list[str]:
    """What one detector saw, as short sentences for a person."""
    lines = [full(str(SEEN[reason]))] if reason in SEEN else []
    if reason in NOT_LOOKED or reason in NOT_ASKED:
        lines.append(_("It could not compare: %(why)s.", why=why(reason)))
    for finding in findings:
        kind = finding.get("kind")
        if kind == "placement":
            how = _changes(finding)
            if how:
                lines.append(_("Compared with the reference it was %(changes)s.", changes=_joined(how)))
        elif kind == "bits":
            lines.append(_("%(n)s of %(of)s bits differ.", n=finding["differing"], of=finding["of"]))
        elif kind == "cells" and finding.get("of"):
            lines.append(_("%(n)s of %(of)s areas with detail agree.", n=finding["alike"], of=finding["of"]))
    lines += [full(fact) for fact in (_points(findings), _faces(findings), _copied(findings)) if fact]
    return lines + [full(fact) for fact in heard.facts(findings)]


def full(text: str) -> str:
    """Words as a sentence of their own: with a capital and a full stop."""
    return _("%(what)s.", what=text[:1].upper() + text[1:])


def _changes(placement: Mapping[str, Any]) -> list[str]:
    """What was done to the reference, each as words that follow "it was"."""
    share = float(placement.get("share", 1))
    covers = float(placement.get("covers", share))
    angle = round(abs(float(placement.get("angle") or placement.get("frame", {}).get("angle") or 0)))
    said = []
    codes = list(placement.get("changes", ()))
    if {"cropped", "placed_inside"} <= set(codes):  # a part of it, beside other things
        codes = [c for c in codes if c not in ("cropped", "placed_inside")] + ["part_inside"]
    # Where it was put is said last: words follow it.
    for code in sorted(codes, key=("placed_inside",).count):
        if code == "tilted" and angle:
            said.append(_("tilted by %(n)s°", n=angle))
        elif code == "cropped":
            much = _("cropped a little") if share >= WHOLE else _("cropped to %(share)s", share=_share(share))
            said.append(much)
        elif code == "part_inside":
            said.append(_("cut so that %(share)s of it is left, beside other things", share=_share(share)))
        elif code == "placed_inside":
            text = _("placed inside another picture, of which it covers %(share)s", share=_share(covers))
            said.append(text if covers < WHOLE else _("framed"))
        elif code in CHANGES:
            said.append(str(CHANGES[code]))
    return said


def _share(share: float) -> str:
    about, text = min(FRACTIONS, key=lambda known: abs(known[0] - share))
    return str(text) if abs(about - share) <= NEAR_ENOUGH * about else _("%(n)s%%", n=max(1, round(share * 100)))


def _joined(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s", first=_(", ").join(parts[:-1]), last=parts[-1])


def _points(findings: Findings) -> str:
    found = find(findings, "points")
    return str(n_("%(num)s point agrees", "%(num)s points agree", int(found["agree"]))) if found else ""


def _faces(findings: Findings) -> str:
    found = find(findings, "faces")
    number = int(found["found"]) if found else 0
    if number < 1:
        return ""
    return _("it is the only face in the picture") if number == 1 else _("one of %(n)s faces in the picture", n=number)


def _copied(findings: Findings) -> str:
    found = find(findings, "spans")
    if not found:
        return ""
    return _("%(n)s%% of the reported text is in the reference too", n=round(float(found.get("share", 0)) * 100))


def why(reason: str) -> str:
    """Why a detector did not look, in words without a full stop."""
    return str(NOT_ASKED.get(reason) or NOT_LOOKED.get(reason) or reason) or _("no reason was given")
