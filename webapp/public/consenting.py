"""The words of the separate consent (PIPL arts 14, 17, 29, 30): what is measured, what for, how long, by whom it can be
given, how it is taken back, and what happens without it.

A change of meaning raises claimants' CONSENT_TEXT, which is kept with every consent given.
"""

from __future__ import annotations

from webapp.core.i18n import _, lazy
from webapp.domain.claimants.service import CONSENT_TEXT
from webapp.domain.policy.queries import book

AGREE = {
    "face": lazy(
        "I separately agree that the face in my reference pictures or videos is compared by machine with the reported "
        "content."
    ),
    "voice": lazy(
        "I separately agree that the voice in my reference recordings is compared by machine with the reported content."
    ),
}


def hint(purpose: str) -> str:
    """What she agrees to, in full; '' where no consent is asked for."""
    if purpose not in AGREE:
        return ""
    limits = book().biometrics
    told = {"days": limits.closed_days.number, "longest": limits.longest_days.number, "version": CONSENT_TEXT}
    if purpose == "voice":
        return _(
            "For this a program measures features of the voice (a voiceprint) in your reference and in the reported "
            "content. It says how alike voices sound, not whether one was cloned; a person decides. It is used for "
            "this report only and given to nobody else. What is measured of you is kept sealed until %(days)s days "
            "after the case is over, at most %(longest)s days; of other people who are heard nothing is kept. You can "
            "take it back on your tracking page at any time, and everything measured is deleted at once. For a child "
            "under 14 only a parent or guardian can agree. (Text %(version)s)",
            **told,
        )
    return _(
        "For this a program measures features of the face in your reference and in the reported content. It says how "
        "alike faces are; a person decides. It is used for this report only and given to nobody else. What is "
        "measured of you is kept sealed until %(days)s days after the case is over, at most %(longest)s days; of other "
        "people who are seen nothing is kept. You can take it back on your tracking page at any time, and everything "
        "measured is deleted at once. For a child under 14 only a parent or guardian can agree. (Text %(version)s)",
        **told,
    )


def without(purpose: str) -> str:
    """What happens where she does not agree (order 19 art 10: another way, and no worse one)."""
    if purpose == "voice":
        return _(
            "If you leave the box empty, no voice is measured: a person listens and compares by ear; a program only "
            "looks for the same recording. Your report keeps the same place in the queue either way."
        )
    return _(
        "If you leave the box empty, no face is measured: pictures and videos are compared as a whole, faces by a "
        "person. Your report keeps the same place in the queue either way."
    )
