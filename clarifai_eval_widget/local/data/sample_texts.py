"""Names of languages, territories and currencies, labelled with the languages they can be written in.

The names are Babel's CLDR data; the embeddings are WordLlama's, whose weights ship with it. Everything here runs in the
worker process. A name that several languages share has all of them as labels.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.local.data.content import Content

if TYPE_CHECKING:
    from numpy.typing import NDArray

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "pl", "tr", "fi", "hu")
PACKAGES = {"babel": "babel", "wordllama": "wordllama"}


def load_names(field: str, prefix: str) -> Content:
    """Read the distinct names of a kind.

    Parameters
    ----------
    field
        ``languages``, ``territories`` or ``currencies`` of :class:`babel.Locale`.
    prefix
        What the inputs' ids begin with.
    """
    from babel import Locale

    names = {code: frozenset(getattr(Locale(code), field).values()) for code in LANGUAGES}
    texts = tuple(sorted(frozenset().union(*names.values())))
    return Content(
        input_ids=tuple(f"{prefix}-{n:04d}" for n in range(1, len(texts) + 1)),
        labels=np.array([[text in names[code] for code in LANGUAGES] for text in texts]),
        concepts=LANGUAGES,
        concept_names=tuple(str(Locale(code).get_display_name("en")) for code in LANGUAGES),
        texts=texts,
    )


def embed_texts(texts: tuple[str, ...]) -> NDArray[np.float32]:
    """Embed texts: (N, 256), rows of length 1."""
    embeddings: NDArray[np.float32] = np.asarray(_wordllama().embed(list(texts), norm=True), dtype=np.float32)
    return embeddings


@functools.cache
def _wordllama() -> Any:
    import wordllama

    folder = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
