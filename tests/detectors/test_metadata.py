"""What files say of themselves: the AIGC label in every container, source types, generators; kindly and safely read."""

from __future__ import annotations

import html
import json
import zlib
from pathlib import Path

import pytest

from tests.detectors import files
from webapp.domain.matching.detector import Claim
from workers.detectors.metadata import AI_SOURCES, EmbeddedLabels

FIELDS = {
    "Label": "1",
    "ContentProducer": "001191110102MAD55U9H0F10002",
    "ProduceID": "doubao-20261101-7f3a",
    "ReservedCode1": "",
    "ContentPropagator": "",
    "PropagateID": "",
    "ReservedCode2": "",
}
LABEL = json.dumps(FIELDS, separators=(",", ":"))
WRAPPED = json.dumps({"AIGC": FIELDS})
ESCAPED = html.escape(LABEL)


@pytest.fixture
def read(tmp_path: Path):
    reader = EmbeddedLabels()
    reader.load()

    def look(data: bytes, media_type: str = "application/octet-stream") -> list[Claim]:
        path = tmp_path / "file"
        path.write_bytes(data)
        return list(reader.read(path, media_type))

    return look


def _comment(text: str, encoding: str = "utf-16-le") -> bytes:
    return b"UNICODE\0" + text.encode(encoding)


CONTAINERS = {
    "JPEG, XMP element": (files.jpeg_xmp(files.xmp_label(ESCAPED)), "xmp_aigc"),
    "JPEG, XMP attribute": (files.jpeg_xmp(files.xmp("", f'TC260:AIGC="{ESCAPED}"')), "xmp_aigc"),
    "JPEG, EXIF UserComment": (
        files.jpeg((0xE1, b"Exif\0\0" + files.exif(comment=_comment(WRAPPED)))), "exif_aigc"),
    "JPEG, EXIF UserComment, big-endian": (
        files.jpeg((0xE1, b"Exif\0\0" + files.exif(comment=_comment(WRAPPED, "utf-16-be")))), "exif_aigc"),
    "JPEG, EXIF UserComment, ASCII": (
        files.jpeg((0xE1, b"Exif\0\0" + files.exif(comment=b"ASCII\0\0\0" + WRAPPED.encode()))), "exif_aigc"),
    "PNG, iTXt XMP": (
        files.png((b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + files.xmp_label(ESCAPED))), "xmp_aigc"),
    "PNG, tEXt": (files.png((b"tEXt", b"AIGC\0" + LABEL.encode())), "png_aigc"),
    "PNG, tEXt after the pixels": (files.png((b"tEXt", b"AIGC\0" + WRAPPED.encode()), late=True), "png_aigc"),
    "PNG, zTXt": (files.png((b"zTXt", b"AIGC\0\0" + zlib.compress(LABEL.encode()))), "png_aigc"),
    "PNG, iTXt packed": (files.png((b"iTXt", b"AIGC\0\x01\0\0\0" + zlib.compress(LABEL.encode()))), "png_aigc"),
    "WebP": (files.picture("WEBP", xmp=files.xmp_label(ESCAPED)), "xmp_aigc"),
    "AVIF": (files.picture("AVIF", xmp=files.xmp_label(ESCAPED)), "xmp_aigc"),
    "HEIC": (files.heic(files.xmp_label(ESCAPED)), "xmp_aigc"),
    "TIFF": (files.picture("TIFF", tiffinfo={700: files.xmp_label(ESCAPED)}), "xmp_aigc"),
    "GIF": (files.gif_xmp(files.xmp_label(ESCAPED)), "xmp_aigc"),
    "MP4, keys": (files.mp4(AIGC=LABEL), "mp4_aigc"),
    "MOV, keys": (files.mp4(AIGC=LABEL, brand=b"qt  "), "mp4_aigc"),
    "M4A, keys": (files.mp4(AIGC=LABEL, brand=b"M4A "), "mp4_aigc"),
    "MP4, uuid XMP": (files.mp4(files.box(b"uuid", files.UUID_XMP, files.xmp_label(ESCAPED))), "xmp_aigc"),
    "Matroska": (files.matroska("AIGC", LABEL), "matroska_aigc"),
    "WebM, live": (files.matroska("AIGC", LABEL, unknown=True), "matroska_aigc"),
    "FLV": (files.flv("AIGC", LABEL), "flv_aigc"),
    "AVI": (
        files.riff(b"AVI ", (b"LIST", b"INFO" + files.riff_chunk(b"AIGC", LABEL.encode())), (b"LIST", b"movi")),
        "avi_aigc"),
    "MP3, ID3v2.4": (files.id3("AIGC", LABEL), "id3_aigc"),
    "MP3, ID3v2.3": (files.id3("AIGC", LABEL, version=3), "id3_aigc"),
    "FLAC": (files.flac(AIGC=LABEL), "vorbis_aigc"),
    "Ogg Vorbis": (files.vorbis(aigc=LABEL), "vorbis_aigc"),
    "Opus": (files.opus(AIGC=LABEL), "vorbis_aigc"),
    "WAV": (files.riff(b"WAVE", (b"fmt ", bytes(16)), (b"data", bytes(7)), (b"AIGC", LABEL.encode())), "wav_aigc"),
    "DOCX": (files.office(LABEL), "office_aigc"),
    "PPTX": (files.office(LABEL, "ppt"), "office_aigc"),
    "XLSX": (files.office(LABEL, "xl"), "office_aigc"),
    "PDF": (files.pdf(AIGC=LABEL), "pdf_aigc"),
    "Markdown, map": (
        ("---\ntitle: x\nAIGC:\n" + "".join(f'  {k}: "{v}"\n' for k, v in FIELDS.items()) + "---\n# Text\n").encode(),
        "markdown_aigc"),
    "Markdown, JSON": (f"---\nAIGC: '{LABEL}'\n---\ntext".encode(), "markdown_aigc"),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_label_is_read_from_every_container_of_the_standard(read, name):
    data, source = CONTAINERS[name]
    (claim,) = read(data)
    assert (claim.source, claim.answer, claim.trust, claim.issues) == (source, "declared", "editable", ())
    assert "Label=1 · ContentProducer=001191110102MAD55U9H0F10002 · ProduceID=doubao-20261101-7f3a" in claim.text
    assert claim.text.endswith("USCC=91110102MAD55U9H0F")


def _label(**changed: object) -> str:
    return json.dumps({k: v for k, v in {**FIELDS, **changed}.items() if v is not None}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("label", "answer", "issues"),
    [
        (_label(Label="2"), "suspected", ()),
        (_label(Label="3"), "suspected", ()),
        (_label(Label="AIGC"), "declared", ("LABEL_ENUM",)),
        (_label(Label=1), "declared", ("LABEL_ENUM",)),
        (_label(Label="9"), "suspected", ("LABEL_ENUM",)),
        (_label(ProduceID=None), "declared", ("FIELD_MISSING",)),
        (_label(ProduceID=""), "declared", ("FIELD_MISSING",)),
        (_label(ReservedCode1=None, ReserveCode1="x", PropatorID=""), "declared", ("UNKNOWN_FIELD",)),
        (_label(ContentProducer="豆包"), "declared", ("CHARSET",)),
        (_label(ContentProducer="a b"), "declared", ("CHARSET",)),
        (_label(Extra="x"), "declared", ("UNKNOWN_FIELD",)),
        (_label(Producer="somebody-else"), "declared", ("UNKNOWN_FIELD", "FIELDS_DISAGREE")),
        (json.dumps(dict.fromkeys(FIELDS, "")), "suspected", ("EMPTY_SHELL",)),
        ("", "suspected", ("EMPTY_SHELL",)),
        ("{}", "suspected", ("EMPTY_SHELL",)),
        ("[1, 2]", "suspected", ("NOT_READ",)),
        ("AI generated", "suspected", ("NOT_READ",)),
        ('{"Label":"1","Label":"2","ContentProducer":"a","ProduceID":"b"}', "declared", ("FIELDS_DISAGREE",)),
        (json.dumps({"AIGC": LABEL}), "declared", ()),
        (html.escape(html.escape(LABEL)), "declared", ()),
    ],
)  # fmt: skip
def test_labels_of_the_wild_are_read_and_each_departure_is_named(read, label, answer, issues):
    (claim,) = read(files.png((b"iTXt", b"AIGC\0\0\0\0\0" + label.encode())))
    assert (claim.answer, claim.issues) == (answer, issues)


def test_a_vendors_own_names_in_a_description_count_as_a_label(read):
    told = json.dumps({"AIGC": {"Label": "1", "ServiceProvider": "Tencent", "ServiceUser": "u1"}}).encode()
    (claim,) = read(files.jpeg((0xE1, b"Exif\0\0" + files.exif({0x010E: told}))))
    assert (claim.source, claim.answer) == ("exif_aigc", "declared")
    assert set(claim.issues) == {"UNKNOWN_FIELD", "FIELD_MISSING"}


def test_an_unescaped_label_in_broken_xmp_is_still_found(read):
    packet = files.xmp("", f'TC260:AIGC="{LABEL}"')
    (claim,) = read(files.jpeg_xmp(packet))
    assert (claim.answer, claim.issues) == ("declared", ())


def test_two_labels_are_one_too_many_and_disagree_where_they_do(read):
    same = read(files.png((b"tEXt", b"AIGC\0" + LABEL.encode()), (b"tEXt", b"AIGC\0" + WRAPPED.encode())))
    assert [c.issues for c in same] == [("DUPLICATE_LABEL",)]  # said once: it is the same claim
    other = _label(Label="3").encode()
    apart = read(files.png((b"tEXt", b"AIGC\0" + LABEL.encode()), (b"tEXt", b"AIGC\0" + other)))
    assert [(c.answer, c.issues) for c in apart] == [
        ("declared", ("DUPLICATE_LABEL", "FIELDS_DISAGREE")),
        ("suspected", ("DUPLICATE_LABEL", "FIELDS_DISAGREE")),
    ]


def test_a_wrong_checksum_is_said(read):
    (claim,) = read(files.png((b"tEXt", b"AIGC\0" + LABEL.encode()), damage=True))
    assert (claim.answer, claim.issues) == ("declared", ("CRC_MISMATCH",))


BASE = "http://cv.iptc.org/newscodes/digitalsourcetype/"


@pytest.mark.parametrize("value", sorted(AI_SOURCES))
def test_a_source_type_that_says_ai_is_a_declaration(read, value):
    data = files.jpeg_xmp(files.xmp(f"<Iptc4xmpExt:DigitalSourceType>{BASE}{value}</Iptc4xmpExt:DigitalSourceType>"))
    assert read(data) == [Claim("xmp_source_type", "declared", "editable", value)]


@pytest.mark.parametrize(
    "value",
    ["algorithmicMedia", "algorithmicallyEnhanced", "digitalCapture", "computationalCapture", "humanEdits",
     "digitalCreation", "composite", "compositeCapture", "dataDrivenMedia", "screenCapture", "virtualRecording",
     "negativeFilm", "positiveFilm", "print"],
)  # fmt: skip
def test_other_source_types_say_nothing_of_ai_and_never_the_contrary(read, value):
    data = files.picture("WEBP", xmp=files.xmp("", f'Iptc4xmpExt:DigitalSourceType="{BASE}{value}"'))
    assert read(data) == [Claim("xmp_source_type", "no_evidence", "editable", value)]


def test_the_ai_fields_of_iptc_are_told_and_the_prompt_is_not(read):
    inside = (
        "<Iptc4xmpExt:AISystemUsed>DALL-E via Bing</Iptc4xmpExt:AISystemUsed>"
        "<Iptc4xmpExt:AIPromptInformation><rdf:Alt><rdf:li>my sister Anna at the sea</rdf:li></rdf:Alt>"
        "</Iptc4xmpExt:AIPromptInformation>"
        "<Iptc4xmpExt:AIPromptWriterName>Anna B</Iptc4xmpExt:AIPromptWriterName>"
    )
    claims = read(files.jpeg_xmp(files.xmp(inside)))
    assert [(c.source, c.answer, c.text) for c in claims] == [
        ("xmp_ai_system", "declared", "DALL-E via Bing"),
        ("xmp_ai_prompt", "suspected", ""),
    ]
    assert "Anna" not in repr(claims)


A1111 = "my neighbour, portrait\nNegative prompt: bad\nSteps: 20, Sampler: Euler a, Seed: 1, Model: dreamshaper_8"
COMFY = json.dumps(
    {
        "3": {"class_type": "KSampler", "inputs": {"seed": 1}},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sdxl.safetensors"}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "my neighbour"}},
    }
)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (files.png((b"tEXt", b"parameters\0" + A1111.encode())), "Stable Diffusion WebUI · dreamshaper_8"),
        (files.png((b"tEXt", b"parameters\0" + A1111.encode() + b", Version: f2.0.1")), "Forge · dreamshaper_8"),
        (files.jpeg((0xE1, b"Exif\0\0" + files.exif(comment=_comment(A1111)))),
         "Stable Diffusion WebUI · dreamshaper_8"),
        (files.png((b"tEXt", b"prompt\0" + COMFY.encode())), "ComfyUI · sdxl.safetensors"),
        (files.mp4(prompt=COMFY), "ComfyUI · sdxl.safetensors"),
        (files.mp4(comment=json.dumps({"prompt": COMFY})), "ComfyUI · sdxl.safetensors"),
        (files.flac(prompt=COMFY), "ComfyUI · sdxl.safetensors"),
        (files.riff(b"WEBP", (b"VP8 ", bytes(10)), (b"EXIF", files.exif({0x0110: b"prompt:" + COMFY.encode()}))),
         "ComfyUI · sdxl.safetensors"),
        (files.png((b"tEXt", b'invokeai_metadata\0{"model":{"name":"flux-dev"}}')), "InvokeAI · flux-dev"),
        (files.png((b"tEXt", b"Software\0NovelAI")), "NovelAI"),
        (files.jpeg((0xE1, b"Exif\0\0" + files.exif({0x010F: b"Ideogram AI"}))), "Ideogram AI"),
        (files.jpeg((0xE1, b"Exif\0\0" + files.exif(
            {0x010E: b"Signature: abc", 0x013B: b"0f8fad5b-d9cb-469f-a165-70867728950e"}))), "Grok"),
        (files.jpeg_xmp(files.xmp("<exif:UserComment><rdf:Alt><rdf:li>"
            + html.escape(json.dumps({"c": "my neighbour", "uc": "", "model": "sd_v1.5", "sampler": "DDIM"}))
            + "</rdf:li></rdf:Alt></exif:UserComment>")), "Draw Things · sd_v1.5"),
        (files.picture("WEBP", xmp=files.xmp("", 'xmp:CreatorTool="Adobe Firefly 3"')), "Adobe Firefly"),
    ],
)  # fmt: skip
def test_a_generators_traces_name_the_program_and_model_and_never_the_prompt(read, data, text):
    claims = read(data)
    assert claims == [Claim("generator", "suspected", "editable", text)]
    assert "neighbour" not in repr(claims)


def test_a_private_field_of_a_platform_is_told_as_it_stands(read):
    told = json.dumps({"aigc_info": json.dumps({"aigc_label_type": 1})})
    assert read(files.mp4(comment=told)) == [Claim("vendor_label", "suspected", "editable", "aigc_label_type=1")]
    told = json.dumps({"aigc_label_type": 0})
    assert read(files.mp4(comment=told)) == [Claim("vendor_label", "no_evidence", "editable", "aigc_label_type=0")]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF", "TIFF"])
def test_a_plain_picture_says_nothing(read, kind):
    assert read(files.picture(kind)) == []


def test_plain_text_and_plain_recordings_say_nothing(read):
    for data in (b"just words", b"---\ntitle: AIGC\n---\n", files.mp4(), files.flac(), files.opus(), files.pdf()):
        assert read(data) == []
