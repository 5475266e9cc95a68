"""Whether a tutorial still shows what is shipped with it: its tables and points to two digits, its pictures by their shapes.

``notebooks/conftest.py`` asks this of every cell that nbval runs. What is printed nbval compares by itself, word for word.
``python -m tests.shipped notebooks/06_any_model.ipynb`` runs a tutorial and ships what it shows now; a picture keeps its
description, which is written by hand: look whether it is still true.
"""

from __future__ import annotations

import base64
import io
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import numpy as np
from nbclient import NotebookClient
from PIL import Image

from tests.isolation import isolate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

_NUMBER = re.compile(r"(?<![\w.-])[-+−]?\d+(?:\.\d+)?(?:e-?\d+)?(?![\w-])")  # but not that of a name: digit-8, F1
_TILE = 8
"""Pixels of a picture that are looked at as one: another version's glyphs may lie a pixel beside."""
_COLOURS = 160
_ELSEWHERE = 0.1
"""Of the ink of a picture may lie in other tiles. Colours reduced to a palette are 0.03, a legend's longer text 0.13."""


def differences(shipped: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> list[str]:
    """Say what a cell shows otherwise than what it ships; an empty list when it is the same.

    Parameters
    ----------
    shipped, now
        Outputs of one cell. The widget is not shipped, nor its summary, and neither is looked for.
    """
    held, made = _shown(shipped), _shown(now)
    if not held:
        return []
    if len(held) != len(made):
        return [f"{len(held)} shown as shipped, {len(made)} now"]
    return [said for one, other in zip(held, made, strict=True) for said in _apart(one, other)]


def _shown(outputs: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Keep what is displayed, but for widgets and their summaries."""
    every = [output["data"] for output in outputs if "data" in output]
    return [
        data
        for data in every
        if not any("widget" in kind for kind in data) and "cew-saved" not in "".join(data.get("text/html", ""))
    ]


def _apart(shipped: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    if set(shipped) != set(now):
        return [f"{sorted(shipped)} shipped, {sorted(now)} now"]
    if "image/png" in shipped:  # what stands beside it is its description
        share = elsewhere(_pixels(shipped["image/png"]), _pixels(now["image/png"]))
        return [f"{share:.0%} of the picture's ink lies elsewhere"] if share > _ELSEWHERE else []
    return [said for kind in shipped for said in _text_apart("".join(shipped[kind]), "".join(now[kind]))]


def _text_apart(shipped: str, now: str) -> list[str]:
    """Compare word for word, numbers to two digits."""
    if _words(shipped) != _words(now):
        return [f"the words are not those shipped: {now}"]
    return [
        f"{one} is shipped, {other} shown now"
        for one, other in zip(_NUMBER.findall(shipped), _NUMBER.findall(now), strict=True)
        if not _near(one.replace("−", "-"), other.replace("−", "-"))
    ]


def _words(text: str) -> list[str]:
    return _NUMBER.sub(" # ", text).split()


def _near(one: str, other: str) -> bool:
    """Rates as those printed, to two digits; counts to a fiftieth, or two inputs that another machine ranks otherwise."""
    value = float(one)
    return abs(value - float(other)) <= max(0.01 if "." in one else 2, 0.02 * abs(value))


def _pixels(encoded: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGB")


def elsewhere(shipped: Image.Image, now: Image.Image) -> float:
    """Return the share of a picture's ink that another has in other places or colours, 0 for the same picture."""
    size = tuple(max(1, round(side / _TILE)) for side in shipped.size)
    one, other = (_ink(picture.resize(size, Image.Resampling.BOX)) for picture in (shipped, now))
    return float(np.abs(one - other).sum() / one.sum())


def _ink(picture: Image.Image) -> NDArray[np.float64]:
    return 255.0 - np.asarray(picture, float)


def _small(encoded: str) -> str:
    """Reduce a picture's colours, of which text and lines need few: the file is a third of the size."""
    written = io.BytesIO()
    _pixels(encoded).quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=1).save(written, "PNG", optimize=True)
    return base64.encodebytes(written.getvalue()).decode()


def ship(path: Path) -> None:
    """Run a tutorial, and put what its tables and pictures show now in the place of what they showed."""
    held = nbformat.read(path, as_version=4)
    made = nbformat.read(path, as_version=4)
    NotebookClient(
        made, timeout=300, store_widget_state=False, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    for before, after in zip(held.cells, made.cells, strict=True):
        outputs = before.get("outputs", [])
        for one, other in zip(_shown(outputs), _shown(after.get("outputs", [])) if outputs else [], strict=True):
            one.update({"image/png": _small(other["image/png"])} if "image/png" in one else other)
    nbformat.write(held, path)


if __name__ == "__main__":
    isolate()
    for name in sys.argv[1:]:
        ship(Path(name))
        print(f"Wrote {name}")
