"""Pictures of treatments: checked, turned upright, made small, and without what a camera writes into them."""

from __future__ import annotations

from io import BytesIO
from pathlib import PurePath
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.text import slugify
from PIL import Image, ImageOps

from clinic.errors import InvalidInput

LARGEST_UPLOAD_BYTES: Final = 12 * 1024 * 1024
_LONGEST_SIDE: Final = 1600
_QUALITY: Final = 82


def tidy_image(upload: UploadedFile[Any]) -> SimpleUploadedFile:
    """The picture as WebP, at most 1600 pixels a side. Where and with what it was taken is left behind.

    Raises InvalidInput naming `image`: `too_large` or `unreadable`.
    """
    if (upload.size or 0) > LARGEST_UPLOAD_BYTES:
        raise InvalidInput.field("image", "The picture is larger than 12 MB.", code="too_large")
    try:
        upload.seek(0)
        with Image.open(upload) as opened:
            picture = ImageOps.exif_transpose(opened)
            picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput.field("image", "This is not a picture that can be read.", code="unreadable") from error
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    tidied = BytesIO()
    picture.save(tidied, "WEBP", quality=_QUALITY)
    name = slugify(PurePath(upload.name or "").stem)[:60] or "picture"
    return SimpleUploadedFile(f"{name}.webp", tidied.getvalue(), content_type="image/webp")
