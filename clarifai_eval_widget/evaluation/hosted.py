"""What an input is, where the evaluation does not hold it: at which addresses the platform has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Hosted", "hosted_of"]

_SMALL = ("small", "tiny", "large", "orig")
_LARGE = ("large", "orig", "small", "tiny")


@dataclass(frozen=True)
class Hosted:
    """An image or a text at addresses of which one will do."""

    kind: Literal["image", "text"]
    small: tuple[str, ...]
    """Where a small one is, the best first."""
    large: tuple[str, ...]
    """The same, a large one first."""


def hosted_of(data: Any) -> Hosted | None:
    """Read where the image or text of an input is.

    Parameters
    ----------
    data
        The input's ``clarifai.api.Data``.

    Returns
    -------
    Hosted or None
        None where the message itself holds it, or it has none.
    """
    if data.image.base64 or data.text.raw:
        return None
    if data.HasField("image") and (image := _addresses(data.image, _SMALL)):
        return Hosted("image", tuple(image), tuple(_addresses(data.image, _LARGE)))
    if data.HasField("text") and (text := _addresses(data.text, ("orig",))):
        return Hosted("text", tuple(text), tuple(text))
    return None


def _addresses(medium: Any, sizes: Sequence[str]) -> list[str]:
    """The platform's own copies in these sizes, then the address that it was taken from."""
    hosted, found = medium.hosted, []
    if hosted.prefix and hosted.suffix:
        ends = hosted.prefix.rstrip("/"), hosted.suffix.lstrip("/")
        there = [size for size in sizes if size in hosted.sizes] or ["orig"]
        found = ["/".join((ends[0], size, ends[1])) for size in there]
    return [*found, *([medium.url] if medium.url else [])]
