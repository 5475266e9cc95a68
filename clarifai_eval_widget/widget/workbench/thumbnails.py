"""Images made small enough to travel."""

from __future__ import annotations

import io

__all__ = ["is_image", "smaller"]

_MAX_IMAGE = 60_000  # bytes; larger ones are made smaller
_LARGEST_IMAGE = 3_000_000
_THUMBNAIL = 192  # pixels, twice what the page shows
_LARGE = 1600  # pixels


def smaller(image: bytes, *, large: bool) -> bytes:
    """Make an image of many bytes small, to be looked at alone less so; empty for one that cannot be read."""
    most, pixels = (_LARGEST_IMAGE, _LARGE) if large else (_MAX_IMAGE, _THUMBNAIL)
    if len(image) <= most:
        return image
    from PIL import Image  # comes with Matplotlib

    made = io.BytesIO()
    try:
        with Image.open(io.BytesIO(image)) as opened:
            opened.thumbnail((pixels, pixels))
            opened.convert("RGB").save(made, "JPEG")
    except (OSError, ValueError, Image.DecompressionBombError):
        return b""
    return made.getvalue()


def is_image(data: bytes) -> bool:
    """Whether these are the bytes of an image."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as opened:
            opened.verify()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True
