"""Documents: PDF by qpdf, plain text; written anew, so that nothing else hides in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import pikepdf

from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.rules.rich_text import storable
from lti_tool.services.files import jpegs

MAX_TEXT_BYTES = 2_000_000
MOST_UNPACKED = 100 * 1024 * 1024
"""Bytes to which any one part of a PDF may unpack."""
ACTING = ("/OpenAction", "/AcroForm", "/Collection", "/Perms", "/DSS")
"""Parts of a document that act, hold forms, wrap files or tell who signed it."""
ACTING_NAMES = ("/JavaScript", "/EmbeddedFiles")
OF_ANYTHING = ("/AA", "/AF", "/JS", "/Metadata", "/PieceInfo", "/Thumb")
"""What any part may have: pictures keep whose camera took them, pages what drew them."""
HARMLESS = (pikepdf.Name.URI, pikepdf.Name.GoTo)
"""Actions that are kept: a web address, a place in the same document."""
STRANGE = (ValueError, TypeError, AttributeError, KeyError, RuntimeError)
"""What reading raises where a part is not of the kind that the format wants there."""
OTHER_FILES = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF", b"MZ")
"""How files begin that are no text."""
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=MOST_UNPACKED,
    png_max_memory=MOST_UNPACKED,
    tiff_max_memory=MOST_UNPACKED,
    run_length_max_memory=MOST_UNPACKED,
)


def clean_pdf(source: BinaryIO, target: BinaryIO) -> None:
    """Write a PDF anew without its author, title, scripts and the files within it.

    Raises InvalidInput for what is none, or is locked.
    """
    try:
        with pikepdf.open(source) as pdf:
            if pdf.is_encrypted:
                raise _refused(_locked())
            _strip(pdf)
            pdf.save(target, deterministic_id=True, fix_metadata_version=False)
    except pikepdf.PasswordError as error:
        raise _refused(_locked()) from error
    except (pikepdf.PdfError, pikepdf.DataDecodingError, *STRANGE) as error:
        raise _refused(
            _("This cannot be read as the PDF that its name says it is. Save it as PDF once more.")
        ) from error


def _strip(pdf: pikepdf.Pdf) -> None:
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    _drop(pdf.Root, ACTING)
    if "/Names" in pdf.Root:
        _drop(pdf.Root.Names, ACTING_NAMES)
    for part in pdf.objects:
        if isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            _strip_part(part)
        if isinstance(part, pikepdf.Stream):
            _strip_photo(part)
    for page in pdf.pages:
        _strip_page(page.obj)


def _strip_photo(part: pikepdf.Stream) -> None:
    """Take out of a photo within what its camera wrote into it; its colours and points stay."""
    filters = part.get("/Filter")
    names = list(filters) if isinstance(filters, pikepdf.Array) else [filters]
    if names != [pikepdf.Name.DCTDecode]:
        return
    raw = part.read_raw_bytes()
    bare = jpegs.without_notes(raw)
    if bare != raw:
        told = part.get("/DecodeParms")
        parms = told if isinstance(told, pikepdf.Dictionary | pikepdf.Array) else None
        part.write(bare, filter=pikepdf.Name.DCTDecode, decode_parms=parms)


def _drop(part: pikepdf.Object, names: Iterable[str]) -> None:
    for name in names:
        if name in part:
            del part[name]


def _strip_page(page: pikepdf.Object) -> None:
    """Leave the notes on a page that show something, without what they do."""
    if "/Annots" not in page:
        return
    notes = [note for note in page.Annots if _is_seen(note)]
    page.Annots = pikepdf.Array(notes)
    for note in notes:
        _strip_part(note)
        _strip_annotation(note)


def _strip_part(part: pikepdf.Object) -> None:
    """Take out of a part who made it, files that hang on it, and every action that acts."""
    is_signature = "/ByteRange" in part
    _drop(part, list(part.keys()) if is_signature else OF_ANYTHING)
    action = part.get("/A")
    if isinstance(action, pikepdf.Dictionary) and action.get("/S") not in HARMLESS:
        del part["/A"]


def _is_seen(note: pikepdf.Object) -> bool:
    """Return whether a note shows something: a field of a form that looks like nothing does not."""
    return isinstance(note, pikepdf.Dictionary) and (
        note.get("/Subtype") != pikepdf.Name.Widget or "/AP" in note
    )


def _strip_annotation(note: pikepdf.Object) -> None:
    """Take out of a note on a page who made it, who signed, and what it plays or unpacks."""
    _drop(note, ("/T", "/FS", "/RichMedia", "/V", "/Sound", "/Movie"))
    if note.get("/Subtype") == pikepdf.Name.Widget:
        # Without its form it is no field any more; as a stamp it goes on being drawn.
        note.Subtype = pikepdf.Name.Stamp
        if "/Parent" in note:
            del note["/Parent"]


def clean_text(source: BinaryIO, target: BinaryIO) -> None:
    """Write plain text as UTF-8; raise InvalidInput for what is no text."""
    raw = source.read(MAX_TEXT_BYTES + 1)
    if len(raw) > MAX_TEXT_BYTES:
        raise _refused(_("This text is too long: at most 2 MB of plain text."))
    wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(_not_text()) from error
    if "\x00" in text or raw.startswith(OTHER_FILES):
        raise _refused(_not_text())
    target.write(storable(text).encode())


def _refused(message: str) -> InvalidInput:
    return InvalidInput({"file": [message]})


def _locked() -> str:
    return _("This PDF is locked with a password. Save it without one, and add that.")


def _not_text() -> str:
    return _("This is not the plain text that its name says it is. Save it as text in UTF-8.")
