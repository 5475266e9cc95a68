"""Read images as files: bytes as they are, arrays by one scale for all of them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.local.data.sample_images import encode_png

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_CHANNELS = (1, 3, 4)
_DIGITS_TOP = 16  # the brightest of scikit-learn's digits


def read_images(images: Sequence[Any]) -> tuple[bytes, ...]:
    """Return images as PNG or JPEG files.

    Bytes must be such files. Arrays are (H, W) or (H, W, C) with 1, 3 or 4 channels; uint8 and bool are taken as they
    are. Other numbers are scaled by the largest of all images together: up to 1 they run from 0 to 1; whole numbers up
    to 16 from 0 to 16, as scikit-learn's digits do; beyond 16 and up to 255 from 0 to 255.

    Raises
    ------
    InvalidRequestError
        With the row of the first image that is neither, or when the scale cannot be told.
    """
    arrays = {row: _read_pixels(row, image) for row, image in enumerate(images) if not _is_file(row, image)}
    other = [pixels for pixels in arrays.values() if pixels.dtype not in (np.uint8, np.bool_)]
    scale = _scale(other) if other else 1.0
    return tuple(
        encode_png(_to_bytes(arrays[row], scale)) if row in arrays else bytes(image) for row, image in enumerate(images)
    )


def _is_file(row: int, image: Any) -> bool:
    if not isinstance(image, bytes | bytearray | memoryview):
        return False
    from PIL import Image

    data = bytes(image)
    try:
        if not data.startswith(_SIGNATURES):
            raise ValueError(f"they begin with {data[:8]!r}")
        Image.open(io.BytesIO(data)).verify()
    except Exception as error:
        raise InvalidRequestError(f"The bytes of the image at row {row} are no PNG or JPEG file: {error}.") from error
    return True


def _read_pixels(row: int, image: Any) -> NDArray[Any]:
    pixels = np.asarray(image)
    fits = pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in _CHANNELS)
    if not fits or not pixels.size:
        raise InvalidRequestError(
            f"The image at row {row} has the shape {pixels.shape}: give PNG or JPEG bytes, or an array of (H, W), or "
            "(H, W, C) with 1, 3 or 4 channels."
        )
    if pixels.dtype.kind not in "buif":
        raise InvalidRequestError(f"The image at row {row} holds {pixels.dtype}, not numbers.")
    if not np.isfinite(pixels).all() or pixels.min() < 0:
        worst = "a number that is not finite" if not np.isfinite(pixels).all() else f"the negative {pixels.min()}"
        raise InvalidRequestError(f"The image at row {row} has {worst}: pixels run from 0 up.")
    return pixels[:, :, 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels


def _scale(images: Sequence[NDArray[Any]]) -> float:
    """Return what the images' numbers are to be multiplied by."""
    top = max(float(pixels.max()) for pixels in images)
    if top <= 1:
        return 255.0
    if top <= _DIGITS_TOP and all((pixels == np.round(pixels)).all() for pixels in images):
        return 255.0 / _DIGITS_TOP
    if _DIGITS_TOP < top <= 255:
        return 1.0
    raise InvalidRequestError(
        f"The largest number in the images is {top:g}, which does not tell how bright white is: divide them, so that "
        "they run from 0 to 1, or give uint8."
    )


def _to_bytes(pixels: NDArray[Any], scale: float) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return pixels
    factor = 255.0 if pixels.dtype == np.bool_ else scale
    scaled: NDArray[np.uint8] = (pixels * factor).round().astype(np.uint8)
    return scaled
