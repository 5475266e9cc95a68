"""Names of languages, territories and currencies, labelled with the languages they can be written in.

The names are Babel's CLDR data. A name that several languages share has all of them as labels. The embeddings are
WordLlama's, whose weights ship with it. Where it is not installed, as on Python 3.14, for which it has no wheel, texts
are embedded by their character n-grams: latent semantic analysis, learned from names in twelve other languages, which
are used for nothing else. Everything here but the embedder's name runs in the worker process.
"""

from __future__ import annotations

import functools
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.local.data.content import Content

if TYPE_CHECKING:
    from numpy.typing import NDArray

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "pl", "tr", "fi", "hu")
_OTHERS = ("da", "nb", "cs", "sk", "ro", "ca", "hr", "sl", "et", "lv", "lt", "af")
_FIELDS = ("languages", "territories", "currencies")
_DIMENSIONS = 192  # not WordLlama's 256: a head trained on the ones refuses the others
PACKAGES = {"babel": "babel"}
WORDLLAMA, NGRAMS = "wordllama", "character-ngrams"


def embedder() -> str:
    """Return the name of what embeds texts here."""
    return WORDLLAMA if find_spec("wordllama") is not None else NGRAMS


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


def embed_texts(texts: tuple[str, ...], by: str) -> NDArray[np.float32]:
    """Embed texts: (N, D), rows of length 1.

    Parameters
    ----------
    texts
        N texts.
    by
        The embedder's name: of WordLlama's D is 256, of character n-grams' 192.
    """
    embeddings = _wordllama().embed(list(texts), norm=True) if by == WORDLLAMA else _ngrams().transform(texts)
    rows: NDArray[np.float32] = np.asarray(embeddings, dtype=np.float32)
    return rows


@functools.cache
def _wordllama() -> Any:
    import wordllama

    folder = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=folder, disable_download=True)


@functools.cache
def _ngrams() -> Any:
    from babel import Locale
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import Normalizer

    names = {name for code in _OTHERS for field in _FIELDS for name in getattr(Locale(code), field).values()}
    counts = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3), min_df=5, sublinear_tf=True)
    reduced = TruncatedSVD(_DIMENSIONS, n_iter=2, random_state=0)
    return make_pipeline(counts, reduced, Normalizer()).fit(sorted(names))
