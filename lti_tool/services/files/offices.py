"""Word-processor files (DOCX, ODT): ZIP archives, packed anew without what tells who wrote them.

Their text is never parsed. Who wrote, who commented and who changed what is blanked where the two
formats keep it; archives that unpack to something else or to far too much are refused.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.rules.files import DOCX, JPEG, ODT, PNG, FileType, type_by_name
from lti_tool.services.files import pictures

MOST_PARTS = 2000
MOST_UNPACKED = 100 * 1024 * 1024
MOST_RATIO = 200
"""Times that a part may grow when it is unpacked; XML of a document grows some twenty times."""
SMALL = 1024 * 1024
"""Bytes up to which the ratio says nothing."""
STAMP = (1980, 1, 1, 0, 0, 0)
MAIN = {DOCX: "word/document.xml", ODT: "content.xml"}
BAD_PARTS = re.compile(r"vbaproject|activex|/embeddings/|^Basic/|^Scripts/|macro", re.IGNORECASE)
"""Programs and other files within a document."""
CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp='
    b'"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
CUSTOM = APP.replace(b"extended-properties", b"custom-properties")
META = (
    b'<?xml version="1.0" encoding="UTF-8"?><office:document-meta xmlns:office='
    b'"urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2"><office:meta/>'
    b"</office:document-meta>"
)
PROPERTIES = {
    "docProps/core.xml": CORE,
    "docProps/app.xml": APP,
    "docProps/custom.xml": CUSTOM,
    "meta.xml": META,
}
"""Parts that say who wrote, when and with what: replaced by empty ones."""
AUTHORS = re.compile(
    rb'((?:w|w15|w16\w*):(?:author|initials|userId|providerId))=("[^"]*"|\'[^\']*\')'
)
CREATORS = re.compile(rb"<(dc:creator|meta:creator-initials|dc:date)>[^<]*</\1>")
CODES = re.compile(
    rb"(<w:(?:instrText|delInstrText)\b[^<>]*>)([^<]*)(?=</w:)|(\bw:instr\s*=\s*[\"'])([^\"'<>]*)"
)
"""Codes of fields: they may name folders, files and whoever works there."""
HARMLESS = re.compile(
    rb"\s*(?:(?:TOC|PAGE|NUMPAGES|SECTIONPAGES|PAGEREF|REF|NOTEREF|SEQ|STYLEREF|LISTNUM|EQ|SYMBOL)\b"
    rb"[^:/]*|HYPERLINK\s+(?:\\l\s|(?:&quot;|\")?(?:https?://|mailto:)).*|\s*)\Z",
    re.IGNORECASE | re.DOTALL,
)
"""Fields that number, refer within the document, or lead where a link may lead."""

RELATION = re.compile(r"<(?:[\w.-]+:)?Relationship\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
TARGET = re.compile(r"(\bTarget\s*=\s*)(\"[^\"]*\"|'[^']*')")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|[/\\]?\\", re.IGNORECASE)
TO_PRESS = re.compile(r"https?://|mailto:", re.IGNORECASE)
CODED = re.compile(r"<\?xml\b[^<>]*?\bencoding\s*=\s*[\"'](?!utf-8|us-ascii)", re.IGNORECASE)
REMOTE = re.compile(
    rb"(<(?!text:a\b|draw:a\b)[\w:.-]+\b[^<>]*?\bxlink:href\s*=\s*)"
    rb"([\"'])\s*(?:[a-z][a-z0-9+.-]*:|//|\\\\)[^\"'<>]*\2",
    re.IGNORECASE,
)
"""What a document loads from elsewhere when it is opened, by which its readers would be seen."""


def clean(source: BinaryIO, target: BinaryIO, claimed: FileType) -> None:
    """Pack a document anew; raise InvalidInput for what is none, or too much."""
    try:
        with zipfile.ZipFile(source) as archive:
            parts = _checked(archive, claimed)
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
                for entry, content in _cleaned(archive, parts):
                    packed.writestr(entry, content)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError) as error:
        raise _refused(claimed) from error


def _checked(archive: zipfile.ZipFile, claimed: FileType) -> list[zipfile.ZipInfo]:
    """Return the parts to keep, if it is a document of the type that its name claims."""
    parts = [part for part in archive.infolist() if not part.is_dir()]
    names = [part.filename for part in parts]
    strange = any(name.startswith(("/", "\\")) or ".." in name.split("/") for name in names)
    if strange or len(set(names)) != len(names) or MAIN[claimed] not in names:
        raise _refused(claimed)
    if claimed is DOCX and "[Content_Types].xml" not in names:
        raise _refused(claimed)
    if claimed is ODT and archive.read("mimetype")[:100].decode("ascii", "replace") != (
        ODT.media_type
    ):
        raise _refused(claimed)
    if any(BAD_PARTS.search(name) for name in names):
        message = _(
            "This document holds a program or another file within it. Save it without macros and"
            " without embedded files, or as PDF, and add that."
        )
        raise InvalidInput({"file": [message]})
    bombs = any(
        part.file_size > SMALL and part.file_size > MOST_RATIO * max(part.compress_size, 1)
        for part in parts
    )
    unpacked = sum(part.file_size for part in parts)
    if bombs or len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED:
        raise InvalidInput({"file": [_("This document unpacks to more than can be taken.")]})
    return sorted(parts, key=lambda part: part.filename != "mimetype")


def _cleaned(
    archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]
) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """Return each part as it is packed again; an ODT's first must lie there unpacked."""
    for part in parts:
        with archive.open(part) as opened:
            content = opened.read(part.file_size + 1)  # more than was announced is no ZIP of ours
        if len(content) != part.file_size:
            raise zipfile.BadZipFile("size")
        entry = zipfile.ZipInfo(part.filename, STAMP)
        entry.compress_type = (
            zipfile.ZIP_STORED if part.filename == "mimetype" else zipfile.ZIP_DEFLATED
        )
        yield entry, _without_people(part.filename, content)


def _without_people(name: str, content: bytes) -> bytes:
    if name in PROPERTIES:
        return PROPERTIES[name]
    if name.lower().endswith(".rels"):
        return _within(content)
    if name.lower().endswith(".xml"):
        blanked = CODES.sub(_harmless, AUTHORS.sub(rb'\1=""', content))
        return REMOTE.sub(rb'\1""', CREATORS.sub(rb"<\1></\1>", blanked))
    kind = type_by_name(name)
    if kind in (JPEG, PNG) and ("media/" in name or name.startswith("Pictures/")):
        return _bare_picture(content, kind)
    return content


def _harmless(code: re.Match[bytes]) -> bytes:
    """Return the beginning of a field with its code, if that tells nothing of who wrote."""
    begin, told = (code[1], code[2]) if code[1] is not None else (code[3], code[4])
    return begin + (told if HARMLESS.match(told) else b"")


def _within(content: bytes) -> bytes:
    """Return references of a part that lead nowhere outside, but for links to press.

    What no word processor writes (comments, declarations, other encodings) could hide one from us
    and not from a reader: raises BadZipFile.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise zipfile.BadZipFile("references") from error
    if "<!" in text or "\x00" in text or "<?" in text.strip()[1:] or CODED.match(text.strip()):
        raise zipfile.BadZipFile("references")
    return RELATION.sub(_without_target, text).encode()


def _without_target(relation: re.Match[str]) -> str:
    """Return a reference, leading nowhere if it leads outside by itself."""
    told = {
        name: html.unescape(value[1:-1]).strip() for name, value in ATTRIBUTE.findall(relation[0])
    }
    target = told.get("Target", "")
    if told.get("Type", "").endswith("/hyperlink") and TO_PRESS.match(target):
        return relation[0]
    is_within = told.get("TargetMode", "Internal") == "Internal" and not ELSEWHERE.match(target)
    return relation[0] if is_within else TARGET.sub(r'\1"about:blank"', relation[0])


def _bare_picture(content: bytes, kind: FileType) -> bytes:
    """Return a picture within a document without place and time; as it is if none can read it."""
    bare = io.BytesIO()
    try:
        pictures.clean(io.BytesIO(content), bare, kind)
    except InvalidInput:
        return content
    return bare.getvalue()


def _refused(claimed: FileType) -> InvalidInput:
    return InvalidInput(
        {
            "file": [
                _(
                    "This cannot be read as the %(type)s document that its name says it is. Open"
                    " it, save it once more, and add that.",
                    type=claimed.ending.upper(),
                )
            ]
        }
    )
