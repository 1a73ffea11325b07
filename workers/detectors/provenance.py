"""Reads signed Content Credentials (C2PA) and believes only a signer the operator trusts.

Nothing is fetched: a manifest kept elsewhere and a certificate's revocation service are addresses the uploaded file
chose (matching.md §5). The settings that forbid it are given to every single Reader; a process-wide setting is ignored
by the library. Without trust anchors (`C2PA_TRUST`) no signature is ever "signed".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from webapp.domain.matching.detector import Answer, CannotLook, Claim
from workers.detectors.metadata import AI_SOURCES, source_name

if TYPE_CHECKING:
    from types import ModuleType

SHOWN = 80  # letters of a name that are kept
# How c2pa-rs 0.91 says that the credentials lie elsewhere; the address follows.
_REMOTE = "must fetch remote manifests from url"


class SignedProvenance:
    """The active manifest of one file: its state, who signed, how the content was made.

    Trusted: trust "signed". Valid but signed by somebody unknown: "editable", at most suspected. Invalid: TAMPERED.
    A trusted camera's statement is told as it stands; it never becomes "made by a human".
    """

    name = "c2pa"
    version = "1"
    cost: Literal["cheap", "dear"] = "cheap"
    media = frozenset(
        {
            "image/jpeg", "image/png", "image/webp", "image/avif", "image/heic", "image/heif", "image/tiff",
            "image/gif",
            "video/mp4", "video/quicktime", "video/x-msvideo",
            "audio/mp4", "audio/wav", "audio/mpeg", "audio/flac", "application/pdf",
        }
    )  # fmt: skip
    _library: ModuleType

    def __init__(self, anchors: str = "") -> None:
        """`anchors`: certificates (PEM) of the authorities whose signers are trusted; none: nobody's."""
        self.settings: dict[str, Any] = {
            "version": 1,
            "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True},
        }
        if anchors:
            self.settings["trust"] = {"user_anchors": anchors}

    def load(self) -> None:
        import c2pa

        self._library = c2pa
        # A file of anchors nobody can read makes the reader absent, with this as the reason.
        c2pa.Context(settings=c2pa.Settings.from_dict(self.settings))

    def read(self, path: Path, media_type: str) -> Sequence[Claim]:
        c2pa = self._library
        context = c2pa.Context(settings=c2pa.Settings.from_dict(self.settings))
        try:
            with path.open("rb") as stream:
                reader = c2pa.Reader.try_create(media_type, stream, context=context)
                if reader is None:
                    return []
                with reader:
                    state, told = str(reader.get_validation_state()), json.loads(reader.json())
        except OSError as error:
            raise CannotLook("unreadable", type(error).__name__) from error
        except c2pa.C2paError as error:
            return _refused(str(error))
        return list(claims(state, told))


def _refused(why: str) -> list[Claim]:
    """A manifest that lies elsewhere is said, not fetched. Raises CannotLook for what the library could not read."""
    if _REMOTE in why:
        host = urlsplit(why.rpartition(_REMOTE)[2].strip()).hostname or ""
        return [Claim("c2pa", "no_evidence", "editable", _short(host), ("REMOTE_MANIFEST",))]
    if "ManifestNotFound" in why or "no JUMBF data found" in why:
        return []
    code = "unsupported" if why.startswith("NotSupported") else "unreadable"
    raise CannotLook(code, why)


def claims(state: str, told: Mapping[str, Any]) -> Iterator[Claim]:
    """What a validated manifest store says: the active manifest first, then what its ingredients said of themselves."""
    manifests: Mapping[str, Any] = told.get("manifests") or {}
    active = manifests.get(told.get("active_manifest") or "") or {}
    trusted = state == "Trusted"
    issues = () if trusted else ("UNTRUSTED_SIGNER",) if state == "Valid" else ("TAMPERED",)
    trust: Literal["signed", "editable"] = "signed" if trusted else "editable"
    who = _who(active)
    sources = list(dict.fromkeys(_sources(active)))
    for source in sources or [""]:
        answer: Answer = "no_evidence"
        if source in AI_SOURCES:
            answer = "declared" if trusted else "suspected"
        text = " · ".join(part for part in (source and f"DigitalSourceType={source}", who) if part)
        yield Claim("c2pa", answer, trust, text, issues)
    earlier = {s for m in manifests.values() if m is not active for s in _sources(m)} - set(sources)
    for source in sorted(earlier & AI_SOURCES):
        # An ingredient's own signature is not what the state speaks of.
        yield Claim("c2pa_ingredient", "suspected", "editable", f"DigitalSourceType={source}", issues)


def _sources(manifest: Any) -> Iterator[str]:
    """Source types of a manifest's actions, in their order."""
    for assertion in (manifest.get("assertions") or ()) if isinstance(manifest, Mapping) else ():
        data = assertion.get("data") if isinstance(assertion, Mapping) else None
        actions = data.get("actions") if isinstance(data, Mapping) else None
        if not str(assertion.get("label", "")).startswith("c2pa.actions") or not isinstance(actions, list):
            continue
        for action in actions[:200]:
            source = action.get("digitalSourceType") if isinstance(action, Mapping) else None
            if isinstance(source, str) and source_name(source):
                yield source_name(source)


def _who(manifest: Mapping[str, Any]) -> str:
    """Program and signer, by the names they gave themselves."""
    made = manifest.get("claim_generator_info") or [{}]
    first = made[0] if isinstance(made[0], Mapping) else {}
    program = " ".join(str(first[k]) for k in ("name", "version") if first.get(k))
    signature = manifest.get("signature_info") or {}
    signer = str(signature.get("common_name") or signature.get("issuer") or "")
    parts = (program and f"Generator={_short(program)}", signer and f"Signer={_short(signer)}")
    return " · ".join(part for part in parts if part)


def _short(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable())[:SHOWN]
