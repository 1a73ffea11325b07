"""Traces generators leave in their files: which program and model, never the prompt (it is somebody's own words)."""

from __future__ import annotations

import re
from typing import Any

from workers.detectors.bounded import MAX_JSON, NotRead, read
from workers.detectors.containers.base import MAX_METADATA, Piece

# Programs by the name they leave in Software, Make, CreatorTool, Credit, encoder and the like.
_TOOLS = re.compile(
    r"\b(NovelAI|Stable Diffusion|ComfyUI|InvokeAI|Draw Things|Fooocus|Midjourney|DALL[·\-\s]?E(?: \d)?|Adobe Firefly"
    r"|Ideogram(?: AI)?|Made with Google AI|Edited with Google AI|Bing Image Creator|Leonardo\.Ai|Playground AI|GPT-4o"
    r"|gpt-image-\d|ChatGPT|RunwayML|Kling(?:AI)?|Hailuo|Seedream|Dreamina|Jimeng|Doubao|Suno|Udio|ElevenLabs|HeyGen"
    r"|Flux\.1)\b|(豆包|即梦|可灵|海螺)",
    re.IGNORECASE,
)
_WHERE = frozenset(
    {"Software", "Make", "CreatorTool", "Credit", "TSSE", "TENC", "\xa9too", "\xa9swr", "ISFT", "encoder", "ENCODER",
     "Source", "Producer", "Creator"}
)  # fmt: skip
_STEPS = re.compile(r"(?:^|\n|, )Steps: \d{1,5}, (?:Sampler|Schedule type|CFG scale|Seed): ")
_MODEL = re.compile(r"\bModel: ([^,\n]{1,80})")
_FORGE = re.compile(r"\bVersion: (?:f\d|forge)", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_KEYS = {
    "invokeai_metadata": "InvokeAI",
    "invokeai_graph": "InvokeAI",
    "sd-metadata": "InvokeAI",
    "dream": "InvokeAI",
    "hf-job-id": "Hugging Face",
    "fooocus_scheme": "Fooocus",
}
_GRAPHS = frozenset({"prompt", "workflow", "comment", "make", "model", "usercomment", "description"})
_MODEL_NAMES = ("ckpt_name", "unet_name", "model_name", "base_model", "model", "sd_model_name")
# A ComfyUI graph of a few hundred nodes exceeds the 64 KiB of a label; it is all the metadata there may be.
GRAPH = MAX_METADATA
SHOWN = 80


def traces(pieces: list[Piece]) -> list[tuple[str, str, bool]]:
    """(program, model or '', damaged) for each generator the pieces tell of, each once."""
    found: dict[str, tuple[str, bool]] = {}
    for piece in pieces:
        if isinstance(piece.value, str) and (seen := _trace(piece.key, piece.value)):
            name, model = seen
            before, damaged = found.get(name, ("", True))
            found[name] = before or model, damaged and piece.damaged
    if seen_by_grok(pieces):
        found["Grok"] = "", False
    return [(name, model, damaged) for name, (model, damaged) in found.items()]


def seen_by_grok(pieces: list[Piece]) -> bool:
    """Grok signs in ImageDescription and leaves a UUID as the artist."""
    texts = {piece.key: piece.value for piece in pieces if piece.place == "exif" and isinstance(piece.value, str)}
    signature = str(texts.get("ImageDescription", "")).startswith("Signature: ")
    return signature and bool(_UUID.match(str(texts.get("Artist", "")).strip()))


def _trace(key: str, value: str) -> tuple[str, str] | None:
    if key in _KEYS:
        return _KEYS[key], _model_in(value)
    if _STEPS.search(value[-8192:]) and key in ("parameters", "UserComment", "Comment", "comment", "Description"):
        model = _MODEL.search(value[-8192:])
        return "Forge" if _FORGE.search(value[-8192:]) else "Stable Diffusion WebUI", model[1] if model else ""
    body = value.lstrip()
    for lead in ("prompt:", "workflow:"):  # ComfyUI writes WebP so, into Make and Model
        body = body.removeprefix(lead)
    if key.lower() in _GRAPHS and body[:1] == "{":
        return _json_trace(body)
    if key == "Description" and "Job ID: " in value:
        return "Midjourney", ""
    if key in _WHERE and (tool := _TOOLS.search(value[:300])):
        return tool[0], ""
    return None


def _json_trace(value: str) -> tuple[str, str] | None:
    try:
        found = read(value, GRAPH)
    except NotRead:
        return ("ComfyUI", "") if '"class_type"' in value else None
    if not isinstance(found, dict):
        return None
    for wrapped in ("prompt", "workflow"):
        inner = found.get(wrapped)
        if isinstance(inner, str) and inner[:1] == "{" and len(inner) <= MAX_JSON:
            return _json_trace(inner)
        if isinstance(inner, dict):
            found = inner
    nodes = [node for node in found.values() if isinstance(node, dict) and "class_type" in node]
    if nodes or isinstance(found.get("nodes"), list):
        inputs = [node["inputs"] for node in nodes if isinstance(node.get("inputs"), dict)]
        return "ComfyUI", next((model for one in inputs if (model := _name(one))), "")
    if "sampler" in found and ("uc" in found or "c" in found):
        # NovelAI keeps its request as the comment of a PNG; Draw Things writes "c" and "uc" beside "v2".
        return ("Draw Things" if "c" in found else "NovelAI"), _name(found)
    return None


def _model_in(value: str) -> str:
    try:
        found = read(value)
    except NotRead:
        return ""
    return _name(found) if isinstance(found, dict) else ""


def _name(fields: dict[str, Any]) -> str:
    """The model's own name among the fields, in short."""
    for name in _MODEL_NAMES:
        value = fields.get(name)
        if isinstance(value, dict):
            value = value.get("name") or value.get("model_name")
        if isinstance(value, str) and value:
            return value[:SHOWN]
    return ""
