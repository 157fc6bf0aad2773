from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from lti_tool.errors import InvalidInput
from lti_tool.models import Database
from lti_tool.rules.files import FileLimits
from lti_tool.services.files import documents
from lti_tool.services.files.jpegs import without_notes
from lti_tool.services.files.store import FileStore
from lti_tool.services.files.taking import Intake, Taken
from tests.factories.files import AUTHOR, archive, docx, moving, odt, pdf, picture

Take = Callable[[str, bytes], tuple[Taken, bytes]]
DECODED = pikepdf.StreamDecodeLevel.generalized


@pytest.fixture
def take(tmp_path: Path) -> Take:
    intake = Intake(FileStore(Database("sqlite://"), tmp_path), FileLimits(each=200_000))

    def taken(name: str, content: bytes) -> tuple[Taken, bytes]:
        one = intake.take(name, io.BytesIO(content))
        return one, intake.store.path(one.kept.sha256).read_bytes()

    return taken


def test_a_picture_stands_upright_and_tells_nothing_of_where(take: Take) -> None:
    taken, stored = take("../My photo\u202egpj.JPEG", picture(turned=True))
    assert (taken.name, taken.width, taken.height) == ("My photogpj.jpg", 20, 40)
    assert AUTHOR.encode() not in stored
    with Image.open(io.BytesIO(stored)) as image:
        assert not image.getexif()
        assert "icc_profile" not in image.info
        assert image.convert("RGB").getpixel((0, 0)) == pytest.approx((20, 120, 130), abs=3)
    large, _bytes = take("large.webp", picture("WEBP", (3000, 10)))
    assert (large.width, large.type.ending) == (2560, "webp")


def test_a_moving_picture_is_its_first_frame(take: Take) -> None:
    taken, stored = take("move.gif", moving())
    assert (taken.name, taken.type.media_type) == ("move.png", "image/png")
    assert stored.startswith(b"\x89PNG")


def test_what_hides_behind_a_picture_is_gone(take: Take) -> None:
    _taken, stored = take("both.png", picture("PNG") + archive({"evil.html": b"<script>"}))
    assert b"evil" not in stored


def test_a_pdf_loses_its_author_and_all_that_acts(take: Take) -> None:
    content = pdf() + b"<script>alert(1)</script>"
    taken, stored = take("paper.pdf", content)
    assert b"<script>" not in stored
    with pikepdf.open(io.BytesIO(stored)) as kept:
        assert "/Info" not in kept.trailer
        assert "/OpenAction" not in kept.Root
        assert not kept.attachments and "/AF" not in kept.Root
        assert "/A" not in kept.Root.Outlines.First
        assert "/AP" in kept.pages[0].Annots[0] and "/V" not in kept.pages[0].Annots[0]
        kept.save(plain := io.BytesIO(), compress_streams=False, stream_decode_level=DECODED)
        assert AUTHOR.encode() not in plain.getvalue()
        assert len(kept.pages) == 1
        photo = kept.pages[0].Resources.XObject.Photo
        with Image.open(io.BytesIO(photo.read_raw_bytes())) as image:
            assert not image.getexif()
            assert image.convert("RGB").getpixel((0, 0)) == pytest.approx((20, 120, 130), abs=3)
    assert take("again.pdf", content)[0].kept == taken.kept


@pytest.mark.parametrize(("name", "make"), [("a.docx", docx), ("a.odt", odt)])
def test_a_document_loses_its_author(take: Take, name: str, make: Callable[[], bytes]) -> None:
    _taken, stored = take(name, make())
    with zipfile.ZipFile(io.BytesIO(stored)) as packed:
        parts = {one: packed.read(one) for one in packed.namelist()}
    assert not [one for one, content in parts.items() if AUTHOR.encode() in content]
    assert not [one for one, content in parts.items() if b"spy.example" in content]
    assert [one for one, content in parts.items() if b"ok.example" in content]
    assert list(parts) == zipfile.ZipFile(io.BytesIO(make())).namelist()
    codes = [b"> PAGE <", b'HYPERLINK "https://ok.example/page"<', b"' TOC \\o"]
    assert name != "a.docx" or all(code in parts["word/document.xml"] for code in codes)
    if name == "a.odt":
        assert packed.infolist()[0].compress_type == zipfile.ZIP_STORED


def test_text_becomes_utf_8(take: Take) -> None:
    assert take("note.txt", "é\r\n<b>".encode("utf-16"))[1] == "é\n<b>".encode()


REFERENCES = "word/_rels/settings.xml.rels"
HIDING = {
    "a comment": b'<!-- <Relationship a="--><Relationship Target="https://x.example/b"/>',
    "an encoding": '<?xml encoding="UTF-16"?><Relationship/>'.encode("utf-16"),
    "a declaration": b'<?xml version="1.0" encoding="utf-7"?><Relationships/>',
}


@pytest.mark.parametrize("how", HIDING)
def test_references_that_could_hide_something_are_refused(take: Take, how: str) -> None:
    with pytest.raises(InvalidInput, match="file"):
        take("a.docx", docx(**{REFERENCES: HIDING[how]}))


def test_a_pdf_that_unpacks_to_too_much_is_not_unpacked(take: Take) -> None:
    limits = pikepdf.settings.get_qpdf_limits()
    assert 0 < limits["flate_max_memory"] <= documents.MOST_UNPACKED


def bomb() -> bytes:
    return docx(word__big=b"\0" * 3_000_000)


BAD = {
    "type": ("page.html", b"<html>", "not taken"),
    "svg": ("mark.svg", b"<svg onload='alert(1)'/>", "not taken"),
    "no ending": ("photo", picture(), "not taken"),
    "too big": ("big.txt", b"a" * 200_001, "too big"),
    "other picture": ("photo.png", picture(), "cannot be read as the PNG"),
    "html as picture": ("photo.jpg", b"<html><script>", "cannot be read as the JPG"),
    "html as pdf": ("page.pdf", b"<html><script>", "cannot be read as the PDF"),
    "locked": ("locked.pdf", pdf("secret"), "locked with a password"),
    "zip as docx": ("a.docx", archive({"a.txt": b"a"}), "cannot be read as the DOCX"),
    "docx as odt": ("a.odt", docx(), "cannot be read as the ODT"),
    "macros": ("a.docx", docx(**{"word__vbaProject.bin": b""}), "program"),
    "way out": ("a.docx", docx(**{"..__x": b""}), "cannot be read as the DOCX"),
    "bomb": ("a.docx", bomb(), "unpacks to more"),
    "program as text": ("a.txt", b"MZ program", "not the plain text"),
    "latin as text": ("a.txt", b"\xe9t\xe9", "not the plain text"),
    "broken picture": ("half.png", picture("PNG")[:60], "cannot be read as the PNG"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_refused_is_told_why(take: Take, case: str, tmp_path: Path) -> None:
    name, content, why = BAD[case]
    with pytest.raises(InvalidInput) as refused:
        take(name, content)
    assert why in refused.value.fields["file"][0]
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_picture_of_too_many_points_is_not_unpacked(
    take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(InvalidInput) as refused:
        take("bomb.png", picture("PNG", (30, 30)))
    assert "too large to be read" in refused.value.fields["file"][0]


@pytest.mark.parametrize(
    ("code", "why"), [("0", ""), ("1", "virus scanner refuses"), ("2", "could not be checked")]
)
def test_a_scanner_is_heard(tmp_path: Path, code: str, why: str) -> None:
    command = f"sh -c 'test -f \"$0\" && exit {code}'"
    intake = Intake(FileStore(Database("sqlite://"), tmp_path), FileLimits(), command)
    if not why:
        assert intake.take("a.txt", io.BytesIO(b"a")).kept.size == 1
        return
    with pytest.raises(InvalidInput) as refused:
        intake.take("a.txt", io.BytesIO(b"a"))
    assert why in refused.value.fields["file"][0]


def test_a_jpeg_that_is_none_stays_as_it_is() -> None:
    """A broken one is drawn as well as it can be; nothing is made worse."""
    whole = picture(turned=True)
    assert AUTHOR.encode() in whole and AUTHOR.encode() not in without_notes(whole)
    assert without_notes(without_notes(whole)) == without_notes(whole)
    for other in (b"", b"GIF8", whole[:40], b"\xff\xd8\xff\xe1\x00"):
        assert without_notes(other) == other
