"""Pictures: read by Pillow, turned upright, made smaller, written anew without what cameras add.

Writing anew leaves out place, time, device and thumbnails, and whatever else hid in the file.
"""

from __future__ import annotations

import io
from threading import Lock
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.rules.files import GIF, JPEG, PNG, WEBP, FileType

MOST_PIXELS = 50_000_000
"""Of a picture that is read; a few kilobytes can say that they unpack to gigabytes."""
LONGEST_SIDE = 2560
"""Pixels of a picture that is kept: enough for a screen of today."""
READERS = ("JPEG", "PNG", "WEBP", "GIF")
FORMATS = {"JPEG": JPEG, "MPO": JPEG, "PNG": PNG, "WEBP": WEBP, "GIF": GIF}
"""MPO is what Pillow calls a JPEG with a second picture in it, as telephones make them."""
JPEG_QUALITY = 85
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
_one_at_a_time = Lock()
"""Unpacked, a picture takes some 200 MB: not so many times as there are threads."""


def clean(source: BinaryIO, target: BinaryIO, claimed: FileType) -> tuple[FileType, int, int]:
    """Write the picture in ``source`` anew; return what it is then, its width and height.

    Of a picture that moves the first frame is kept, as PNG. Raises InvalidInput for what is not
    the picture that its name claims.
    """
    with _one_at_a_time:
        try:
            return _clean(source, target, claimed)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _refused(_too_many_pixels()) from error
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
            # SyntaxError is how Pillow's readers call a broken file.
            raise _refused(_not_that(claimed)) from error


def _clean(source: BinaryIO, target: BinaryIO, claimed: FileType) -> tuple[FileType, int, int]:
    with Image.open(source, formats=READERS) as image:
        if FORMATS[str(image.format)] is not claimed:
            raise InvalidInput({"file": [_not_that(claimed)]})
        if image.width * image.height > MOST_PIXELS:
            raise InvalidInput({"file": [_too_many_pixels()]})
        image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
        upright = _in_srgb(ImageOps.exif_transpose(image), image.info.get("icc_profile"))
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        kept = PNG if claimed is GIF else claimed
        bare = _bare(upright, kept)
        if kept is PNG:
            bare.save(target, "PNG", optimize=False)
        else:
            bare.save(target, kept.media_type[6:].upper(), quality=JPEG_QUALITY)
        return kept, bare.width, bare.height


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return a picture in the colours that every screen knows; profiles may name their owner."""
    if not profile or image.mode not in ("RGB", "CMYK"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        changed = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return image
    return changed or image


def _bare(image: Image.Image, kept: FileType) -> Image.Image:
    """Return the pixels alone, in a mode that the type can hold."""
    if kept is JPEG:
        mode = "L" if image.mode in ("L", "1") else "RGB"
    elif "A" in image.getbands() or "transparency" in image.info:
        mode = "RGBA"
    else:
        mode = "L" if image.mode in ("L", "1") else "RGB"
    plain = image.convert(mode)
    bare = Image.new(mode, plain.size)
    bare.paste(plain)
    return bare


def _refused(message: str) -> InvalidInput:
    return InvalidInput({"file": [message]})


def _not_that(claimed: FileType) -> str:
    return _(
        "This cannot be read as the %(type)s picture that its name says it is. Open it in a"
        " program for pictures, save it as JPEG or PNG, and add that.",
        type=claimed.ending.upper(),
    )


def _too_many_pixels() -> str:
    return _(
        "This picture is too large to be read: at most %(most)s million points. Make it smaller,"
        " and add that.",
        most=MOST_PIXELS // 1_000_000,
    )
