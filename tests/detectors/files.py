"""Small files of every container, made byte by byte, each carrying what a test puts into it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" '
    'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    'xmlns:exif="http://ns.adobe.com/exif/1.0/" %s>%s</rdf:Description></rdf:RDF></x:xmpmeta>'
)
UUID_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def xmp(inside: str = "", attributes: str = "") -> bytes:
    return (XMP % (attributes, inside)).encode()


def xmp_label(label: str) -> bytes:
    return xmp(f"<TC260:AIGC>{label}</TC260:AIGC>")


def picture(kind: str = "PNG", **saved: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (16, 12), (120, 80, 40)).save(out, kind, **saved)
    return out.getvalue()


def jpeg(*segments: tuple[int, bytes]) -> bytes:
    plain = picture("JPEG")
    extra = b"".join(struct.pack(">BBH", 0xFF, code, len(body) + 2) + body for code, body in segments)
    return plain[:2] + extra + plain[2:]


def jpeg_xmp(packet: bytes) -> bytes:
    return jpeg((0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + packet))


def exif(ascii_: dict[int, bytes] | None = None, comment: bytes = b"") -> bytes:
    """A little-endian TIFF block with texts in its directory and, if given, a UserComment."""
    entries = [(tag, 2, value + b"\0") for tag, value in sorted((ascii_ or {}).items())]
    body = b""
    here = 8 + 2 + 12 * (len(entries) + bool(comment)) + 4
    rows = b""
    for tag, kind, value in entries:
        rows += struct.pack("<HHII", tag, kind, len(value), here + len(body))
        body += value
    if comment:
        rows += struct.pack("<HHII", 0x8769, 4, 1, here + len(body))
        body += struct.pack("<HHHIII", 1, 0x9286, 7, len(comment), here + len(body) + 18, 0) + comment
    return b"II*\0" + struct.pack("<IH", 8, len(entries) + bool(comment)) + rows + bytes(4) + body


def png(*chunks: tuple[bytes, bytes], late: bool = False, damage: bool = False) -> bytes:
    plain = picture("PNG")
    extra = b""
    for kind, body in chunks:
        check = zlib.crc32(kind + body) ^ (1 if damage else 0)
        extra += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)
    at = plain.index(b"IEND") - 4 if late else 33
    return plain[:at] + extra + plain[at:]


def gif(*blocks: bytes) -> bytes:
    plain = picture("GIF")
    return plain[:-1] + b"".join(blocks) + plain[-1:]


def gif_xmp(packet: bytes) -> bytes:
    return gif(b"\x21\xff\x0bXMP DataXMP" + packet + b"\x01" + bytes(range(255, -1, -1)) + b"\x00")


def riff(form: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    body = form + b"".join(riff_chunk(*chunk) for chunk in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def riff_chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) & 1)


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def mp4(*extra: bytes, brand: bytes = b"isom", **keys: str) -> bytes:
    names = b"".join(struct.pack(">I4s", len(k) + 8, b"mdta") + k.encode() for k in keys)
    items = b"".join(
        box(struct.pack(">I", n), box(b"data", struct.pack(">II", 1, 0), v.encode()))
        for n, v in enumerate(keys.values(), start=1)
    )
    hdlr = box(b"hdlr", bytes(8) + b"mdta" + bytes(13))
    meta = box(b"meta", bytes(4), hdlr, box(b"keys", struct.pack(">II", 0, len(keys)), names), box(b"ilst", items))
    return box(b"ftyp", brand + bytes(4)) + box(b"moov", box(b"udta", meta)) + b"".join(extra) + box(b"mdat", bytes(64))


def heic(packet: bytes, brand: bytes = b"heic") -> bytes:
    """A picture with one XMP item that lies in its own `mdat`."""
    infe = box(b"infe", b"\x02\0\0\0", struct.pack(">HH", 1, 0), b"mime", b"\0application/rdf+xml\0")
    iinf = box(b"iinf", bytes(4), struct.pack(">H", 1), infe)
    start = box(b"ftyp", brand + bytes(4))

    def iloc(offset: int) -> bytes:
        return box(b"iloc", bytes(4), b"\x44\x00", struct.pack(">HHHHII", 1, 1, 0, 1, offset, len(packet)))

    length = len(start) + len(box(b"meta", bytes(4), iinf, iloc(0)))
    return start + box(b"meta", bytes(4), iinf, iloc(length + 8)) + box(b"mdat", packet)


def element(identity: int, *parts: bytes, unknown: bool = False) -> bytes:
    body = b"".join(parts)
    name = identity.to_bytes((identity.bit_length() + 7) // 8, "big")
    return name + (b"\x01" + b"\xff" * 7 if unknown else (len(body) | 1 << 56).to_bytes(8, "big")) + body


def matroska(name: str, value: str, unknown: bool = False) -> bytes:
    simple = element(0x67C8, element(0x45A3, name.encode()), element(0x4487, value.encode()))
    tags = element(0x1254C367, element(0x7373, simple))
    return element(0x1A45DFA3, b"webm") + element(0x18538067, element(0x1F43B675, b"x" * 50), tags, unknown=unknown)


def flv(name: str, value: str) -> bytes:
    def string(text: str) -> bytes:
        return struct.pack(">H", len(text.encode())) + text.encode()

    pairs = string("duration") + b"\0" + struct.pack(">d", 1.5) + string(name) + b"\2" + string(value)
    body = b"\2" + string("onMetaData") + b"\x08" + struct.pack(">I", 2) + pairs + b"\0\0\x09"
    tag = b"\x12" + len(body).to_bytes(3, "big") + bytes(7) + body
    return b"FLV\x01\x05" + struct.pack(">I", 9) + bytes(4) + tag + struct.pack(">I", len(tag))


def id3(name: str, value: str, version: int = 4) -> bytes:
    frame = b"\x03" + name.encode() + b"\0" + value.encode()
    size = syncsafe(len(frame)) if version == 4 else struct.pack(">I", len(frame))
    body = b"TXXX" + size + b"\0\0" + frame + bytes(20)
    return b"ID3" + bytes([version, 0, 0]) + syncsafe(len(body)) + body + b"\xff\xfb\x90\x00" + bytes(413)


def syncsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def comments(**pairs: str) -> bytes:
    entries = [f"{k}={v}".encode() for k, v in pairs.items()]
    return struct.pack("<I", 4) + b"test" + struct.pack("<I", len(entries)) + b"".join(
        struct.pack("<I", len(e)) + e for e in entries
    )  # fmt: skip


def flac(**pairs: str) -> bytes:
    body = comments(**pairs)
    return b"fLaC\0\0\0\x22" + bytes(34) + b"\x84" + len(body).to_bytes(3, "big") + body + b"\xff\xf8" + bytes(40)


def ogg(first: bytes, second: bytes) -> bytes:
    def page(number: int, packet: bytes) -> bytes:
        laces = [255] * (len(packet) // 255) + [len(packet) % 255]
        head = b"OggS\0\0" + bytes(8) + struct.pack("<III", 7, number, 0)
        return head + bytes([len(laces), *laces]) + packet

    return page(0, first) + page(1, second) + page(2, b"sound")


def opus(**pairs: str) -> bytes:
    return ogg(b"OpusHead" + bytes(11), b"OpusTags" + comments(**pairs))


def vorbis(**pairs: str) -> bytes:
    return ogg(b"\x01vorbis" + bytes(23), b"\x03vorbis" + comments(**pairs) + b"\x01")


def office(label: str, folder: str = "word") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}/document.xml", "<w/>")
        archive.writestr("docProps/custom.xml", custom(label))
    return out.getvalue()


def custom(label: str) -> str:
    value = label.replace("&", "&amp;").replace("<", "&lt;")
    return (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="AIGC"><vt:lpwstr>{value}'
        "</vt:lpwstr></property></Properties>"
    )


def pdf(**info: str) -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_metadata({f"/{name}": value for name, value in info.items()})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
