"""Embed what clients upload: by the user's own function, or as the samples are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget import lazy
from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.local.authoring.embeddings import read_embeddings
from clarifai_eval_widget.local.data import sample_images, sample_texts
from clarifai_eval_widget.local.statuses import invalid

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from clarifai_eval_widget.local.data.content import Kind
    from clarifai_eval_widget.local.work.runner import TaskRunner

IMAGES = "mnist-hidden-layer"


class Embedder:
    """Make embeddings of texts, and of images.

    Parameters
    ----------
    runner
        Where the samples' embedders run.
    given
        The user's function instead: it makes (N, D) embeddings of a list of texts, or of image files as bytes.
    """

    def __init__(self, runner: TaskRunner, given: Callable[[list[Any]], Any] | None = None) -> None:
        self._runner = runner
        self._given = given

    def name(self, kind: Kind) -> str:
        """Return the name of what embeds inputs of a kind."""
        if self._given is not None:
            return str(getattr(self._given, "__name__", type(self._given).__name__))
        return sample_texts.embedder() if kind == "text" else IMAGES

    def __call__(self, kind: Kind, values: tuple[Any, ...]) -> NDArray[np.float32]:
        """Embed texts, or images as files: (N, D).

        Raises
        ------
        ApiError
            When what embeds them is not installed, or gives no (N, D) array.
        """
        try:
            return read_embeddings(self._embed(kind, values), None, values, len(values))
        except InvalidRequestError as error:
            raise invalid(str(error)) from error

    def _embed(self, kind: Kind, values: tuple[Any, ...]) -> Any:
        if self._given is not None:
            return self._given(list(values))
        packages, embed = (
            (sample_texts.PACKAGES, partial(sample_texts.embed_texts, by=self.name(kind)))
            if kind == "text"
            else (sample_images.PACKAGES, sample_images.embed_files)
        )
        missing = lazy.missing(packages)
        if missing:
            raise InvalidRequestError(
                f"{kind.capitalize()}s cannot be embedded here without {' and '.join(missing)}. Install with: pip "
                f"install {' '.join(missing)}; or give an embedder of your own: LocalServer(embed=f)."
            )
        return self._runner.call(embed, values)
