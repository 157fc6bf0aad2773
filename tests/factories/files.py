"""Files as learners have them: pictures of a telephone, documents with their author's name."""

from __future__ import annotations

import io
import zipfile

import pikepdf
from PIL import Image, ImageCms

AUTHOR = "Amina Benali"
GPS, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), turned: bool = False) -> bytes:
    """Return a picture; ``turned`` one lies on its side and tells where it was taken."""
    exif = Image.Exif()
    if turned:
        exif[ORIENTATION], exif[MAKER] = 6, AUTHOR
        exif.get_ifd(GPS)[1] = "N"
    out = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", size, (20, 120, 130)).save(out, kind, exif=exif, icc_profile=profile)
    return out.getvalue()


def moving() -> bytes:
    """Return a GIF of two frames."""
    frames = [Image.new("P", (8, 8), colour) for colour in (1, 2)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def pdf(password: str = "") -> bytes:
    """Return a PDF that names its author in all places, runs scripts and holds a file."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.docinfo["/Author"] = AUTHOR
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        made.attachments["secret.txt"] = b"within"
        made.Root.AF = [made.attachments["secret.txt"].obj]
        told = pikepdf.Stream(made, f"<dc:creator>{AUTHOR}</dc:creator>".encode())
        drawing = pikepdf.Stream(made, b"", Subtype=pikepdf.Name.Form, BBox=[0, 0, 1, 1])
        drawing.Metadata = told
        signed = pikepdf.Dictionary(ByteRange=[0, 1], Name=AUTHOR)
        field = pikepdf.Dictionary(
            Subtype=pikepdf.Name.Widget,
            V=made.make_indirect(signed),
            AP=pikepdf.Dictionary(N=drawing),
        )
        made.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(D=drawing))
        made.pages[0].Annots = [made.make_indirect(field)]
        made.Root.AcroForm = pikepdf.Dictionary(Fields=list(made.pages[0].Annots))
        photo = pikepdf.Stream(
            made, picture(turned=True), Subtype=pikepdf.Name.Image, Filter=pikepdf.Name.DCTDecode
        )
        made.pages[0].Resources.XObject.Photo = made.make_indirect(photo)
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(2)")
        first = made.make_indirect(pikepdf.Dictionary(Title="Begin", A=script))
        made.Root.Outlines = made.make_indirect(pikepdf.Dictionary(First=first, Last=first))
        locked = pikepdf.Encryption(owner=password, user=password) if password else False
        made.save(out, encryption=locked)
    return out.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    """Return a ZIP of ``parts``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def docx(**more: bytes) -> bytes:
    """Return a DOCX with tracked changes; ``more`` parts have their names' ``__`` for ``/``."""
    told = f'<w:ins w:author="{AUTHOR}" w:date="2026-03-01T10:00:00Z"><w:t>text</w:t></w:ins>'
    told += '<w:instrText xml:space="preserve"> PAGE </w:instrText><w:instrText>HYPERLINK '
    told += '"https://ok.example/page"</w:instrText><w:fldSimple w:instr=\' TOC \\o "1-3" \'/>'
    told += f'<w:instrText> INCLUDETEXT "C:\\\\Users\\\\{AUTHOR}\\\\a.docx"</w:instrText>'
    told += f'<w:fldSimple w:instr="FILENAME {AUTHOR}"/><w:instrText>{AUTHOR}"</w:instrText>'
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "word/document.xml": told.encode(),
        "docProps/core.xml": f"<dc:creator>{AUTHOR}</dc:creator>".encode(),
        "word/_rels/document.xml.rels": (
            b'<Relationship Type="x/image" Target="https://spy.example/a" TargetMode="External"/>'
            b'<Relationship Type="x/hyperlink" Target="https://ok.example/" TargetMode="External"/>'
            b'<r:Relationship Type="x/template" Target = "https://spy.example/hyperlink"'
            b' Id="a>b" TargetMode="&#69;xternal"/>'
        ),
        "word/media/image1.jpg": picture(turned=True),
    }
    return archive(parts | {name.replace("__", "/"): content for name, content in more.items()})


def odt() -> bytes:
    """Return an ODT that names its author."""
    creator = f"<dc:creator>{AUTHOR}</dc:creator>".encode()
    return archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": b"<office:annotation>" + creator + b"</office:annotation>"
            b"<text:a xlink:href='https://ok.example/'/>"
            b"<draw:image a='b' xlink:href='https://spy.example/a.png'/>",
            "meta.xml": creator,
        }
    )
