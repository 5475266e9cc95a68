"""Images made small enough to travel, and such that a browser shows them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["is_image", "smaller"]

_MAX_IMAGE = 60_000  # bytes; larger ones are made smaller
_LARGEST_IMAGE = 3_000_000
_THUMBNAIL = 192  # pixels, twice what the page shows
_LARGE = 1600  # pixels
_FEW = 64  # pixels, which the page draws as squares
_MOST_PIXELS = 90_000_000  # to be decoded: 270 MB
_SHOWN = ("PNG", "JPEG", "MPO", "GIF", "WEBP", "BMP", "ICO", "AVIF")  # by browsers
_NOT_READ = ("EPS", "WMF")  # Pillow would start another program for it


def smaller(image: bytes, *, large: bool) -> bytes:
    """Make an image of many bytes small, to be looked at alone less so; empty for one that cannot be read.

    One of a kind that browsers do not show, as TIFF, is made one that they do.
    """
    from PIL import Image  # comes with Matplotlib

    most, pixels = (_LARGEST_IMAGE, _LARGE) if large else (_MAX_IMAGE, _THUMBNAIL)
    try:
        with _opened(image) as opened:
            if len(image) <= most and opened.format in _SHOWN:
                return image
            return _made(opened, pixels)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return image if len(image) <= most else b""


def is_image(data: bytes) -> bool:
    """Whether these are the bytes of an image."""
    from PIL import Image

    try:
        with _opened(data) as opened:
            opened.verify()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return False
    return True


def _opened(data: bytes) -> Image.Image:
    from PIL import Image

    opened = Image.open(io.BytesIO(data))
    if opened.format in _NOT_READ:
        raise ValueError(opened.format)
    return opened


def _made(opened: Image.Image, pixels: int) -> bytes:
    """Draw an image anew, upright however the camera was held, and on white where it lets through."""
    from PIL import Image, ImageOps

    opened.draft(None, (2 * pixels, 2 * pixels))  # of a JPEG no more is decoded than is needed
    if opened.width * opened.height > _MOST_PIXELS:
        raise ValueError(opened.size)
    is_fine = opened.mode.startswith("I") or opened.mode == "F"  # of more than 256 greys
    whole = ImageOps.exif_transpose(opened.convert("F") if is_fine else opened)
    whole.thumbnail((pixels, pixels))
    if is_fine:
        whole = _grey(whole)
    elif "A" in whole.mode or "transparency" in whole.info:
        clear = whole.convert("RGBA")
        whole = Image.new("RGBA", clear.size, "white")
        whole.alpha_composite(clear)
    made = io.BytesIO()
    # Of few pixels each is seen by itself: a JPEG would smear them.
    whole.convert("RGB").save(made, "PNG" if max(whole.size) <= _FEW else "JPEG")
    return made.getvalue()


def _grey(fine: Image.Image) -> Image.Image:
    """Spread its own range over the greys: a scan of 12 bits would be all white, or all black."""
    extremes: Any = fine.getextrema()
    low, high = extremes
    scale = 255 / (high - low) if high > low else 0.0
    return fine.point(lambda value: value * scale - low * scale).convert("L")
