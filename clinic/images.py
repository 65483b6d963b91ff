"""Pictures that the owner uploads: checked, turned upright, made small, and without what a camera writes into them."""

from __future__ import annotations

from io import BytesIO
from pathlib import PurePath
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.text import slugify
from PIL import Image, ImageOps

LARGEST_UPLOAD_BYTES: Final = 12 * 1024 * 1024
_LONGEST_SIDE: Final = 1600
_QUALITY: Final = 82


def tidy_picture(value: Any) -> Any:
    """What a form's field for a picture holds: a new upload made tidy, anything else as it is.

    Tidy is WebP, at most 1600 pixels a side; where and with what it was taken is left behind.
    Raises ValidationError: `too_large` or `unreadable`.
    """
    return _tidied(value) if isinstance(value, UploadedFile) else value


def _tidied(upload: UploadedFile[Any]) -> SimpleUploadedFile:
    if (upload.size or 0) > LARGEST_UPLOAD_BYTES:
        raise ValidationError("The picture is larger than 12 MB.", code="too_large")
    try:
        upload.seek(0)
        with Image.open(upload) as opened:
            picture = ImageOps.exif_transpose(opened)
            picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValidationError("This is not a picture that can be read.", code="unreadable") from error
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    tidied = BytesIO()
    picture.save(tidied, "WEBP", quality=_QUALITY)
    name = slugify(PurePath(upload.name or "").stem)[:60] or "picture"
    return SimpleUploadedFile(f"{name}.webp", tidied.getvalue(), content_type="image/webp")
