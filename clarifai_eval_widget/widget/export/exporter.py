"""Exporters for ``jupyter nbconvert``, whose pages need no kernel, no widget manager and no network.

``--to eval-html`` shows what was kept, or what is in the saved state, or the summary; with ``--execute`` every widget's
whole page, as ``save_html`` writes it. ``--to eval-slides`` does the same on slides.

nbconvert finds them by their entry points. Only nbconvert imports this file, and lists it with every exporter there is:
what it needs of the package is imported when a notebook is written.
"""

from __future__ import annotations

import base64
import os
import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from nbconvert.exporters import HTMLExporter, SlidesExporter
from nbconvert.preprocessors import Preprocessor

from clarifai_eval_widget.widget.export.saved import KEEP_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["EvalHTMLExporter", "EvalSlidesExporter", "KeepPages"]

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
_SUMMARY = re.compile(r'^<div class="cew-saved')
_KEPT = re.compile(r'^<div class="cew-saved[^"]* cew-kept')
_MARK = re.compile(r'^<div class="cew-saved cew-of-(\w+)')
_OURS = re.compile(r"\b(?:EvalWidget|RocPlot|ThresholdSweep|ConceptsTable|ConfusionMatrix)\(")
_BOX_NAMES = ("Box", "HBox", "VBox", "GridBox", "Tab", "Accordion", "Stack", "Output")
_BOXES = {f"{name}Model" for name in _BOX_NAMES}
_BOX = re.compile(rf"({'|'.join(_BOX_NAMES)}|interactive)\(")
_LOADED = re.compile(r'\s*<script src="https?://[^"]*/require(?:\.min)?\.js"></script>')
_FORMULA = re.compile(r"\$.+?\$|\\\(|\\\[|\\begin\{", re.DOTALL)


class KeepPages(Preprocessor):
    """Put a page that works by itself in the place of each widget's view.

    What was kept with ``w.keep()``, or by executing with these exporters, is the page already. Of a widget whose state
    was saved with the notebook it is made from that state: slider, tables and curves; what takes Python says so. Else
    the summary stands there, and where there is none, the text.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Change a copy of a notebook, and return it."""
        state = nb.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
        for cell in nb.cells:
            if "outputs" in cell:
                cell.outputs = _written(cell.outputs, state)
        left = {output.data[VIEW]["model_id"] for output in _outputs(nb) if VIEW in output.get("data", {})}
        if not left:  # else another widget needs the manager, which comes from where nbconvert says
            nb.metadata.pop("widgets", None)
        return nb, resources


def _outputs(nb: Any) -> Iterator[Any]:
    for cell in nb.cells:
        yield from cell.get("outputs", ())


def _written(outputs: list[Any], state: dict[str, Any]) -> list[Any]:
    """The outputs of a cell, with pages or summaries in the place of each view of our widgets, and of boxes of them."""
    saved = [output for output in outputs if _SUMMARY.match(_html(output))]
    found = {id(one): _within(one, state, boxes=bool(saved)) for one in outputs if VIEW in one.get("data", {})}
    views = {at: within for at, within in found.items() if within.ours}
    under = _under([model_id for within in views.values() for model_id in within.ours], saved, state)
    written: list[Any] = []
    framed: list[int] = []  # summaries that are in a page
    for output in outputs:
        if id(output) not in views:
            written.append(output)
            continue
        within, pages, text = views[id(output)], [], False
        for model_id in within.ours:
            summary = under.get(model_id)
            baked = None if summary is not None and _KEPT.match(_html(summary)) else _baked(model_id, state)
            if baked is not None:
                pages.append(
                    type(output)({**output, "data": type(output.data)({"text/html": _framed(baked, summary)})})
                )
                framed.append(id(summary))
            text = text or (baked is None and summary is None)
        if text:
            del output.data[VIEW]  # what nobody can draw would be an empty box: the text beside it is shown instead
        written += [output] if text or within.others else []
        written += pages
    return [output for output in written if id(output) not in framed]


class _Within(NamedTuple):
    """What is in a view."""

    ours: list[str]
    """The ids of our widgets; of a box whose state was not saved, its own."""
    others: bool
    """Whether anything else is, which takes the view to be shown."""


def _within(output: Any, state: dict[str, Any], *, boxes: bool) -> _Within:
    """What a view shows: itself, or by the state that was saved what is in the boxes and outputs that it is made of.

    Without that, its text tells; with ``boxes`` any box is taken for one of ours, for the text may be cut short.
    """
    own, text = output.data[VIEW]["model_id"], str(output.data.get("text/plain", ""))
    if own not in state:
        return _Within([own] if _OURS.search(text) or (boxes and _BOX.match(text)) else [], others=False)
    ours: dict[str, None] = {}
    others, seen, ahead = False, set[str](), [own]
    while ahead:
        model_id = ahead.pop(0)
        if model_id in seen or model_id not in state:
            continue
        seen.add(model_id)
        model = state[model_id]
        held = model.get("state", {})
        if str(held.get("_anywidget_id", "")).startswith("clarifai_eval_widget."):
            ours[model_id] = None
            continue
        printed = [one.get("data", {}) for one in _dicts(held.get("outputs"))]
        children = held.get("children")
        inner = [str(one).removeprefix("IPY_MODEL_") for one in (children if isinstance(children, list) else ())]
        ahead = inner + [one[VIEW]["model_id"] for one in printed if VIEW in one] + ahead
        others = others or model.get("model_name") not in _BOXES or any(VIEW not in one for one in printed)
    return _Within(list(ours), others)


def _dicts(held: Any) -> list[dict[str, Any]]:
    """Of a list its dictionaries: what other widgets call outputs may be anything."""
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _under(ours: list[str], saved: list[Any], state: dict[str, Any]) -> dict[str, Any]:
    """By id of our widgets, the summary that stands under each: the one marked as its own, or by its place."""
    marked = {mark[1]: one for one in saved if (mark := _MARK.match(_html(one)))}
    layouts = {
        one: str(state[one]["state"].get("layout", "")).removeprefix("IPY_MODEL_") for one in ours if one in state
    }
    under = {one: marked[layout] for one, layout in layouts.items() if layout in marked}
    by_place = dict(zip(ours, saved, strict=True)) if len(ours) == len(saved) else {}
    unknown = {one: saved[0] for one in ours if one not in state and saved}
    return {**by_place, **unknown, **under}


def _framed(baked: dict[str, Any], summary: Any) -> str:
    from clarifai_eval_widget.widget.export.document import framed, page

    title = _title(baked)
    return framed(title, page(title, baked), _html(summary) if summary is not None else "")


def _html(output: Any) -> str:
    text = output.get("data", {}).get("text/html", "")
    return text if isinstance(text, str) else "".join(text)


def _title(baked: dict[str, Any]) -> str:
    """What the results say that they are of; empty where another version of the package wrote them."""
    from clarifai_eval_widget.widget.wire.packing import unpack

    with suppress(ValueError):
        for section in unpack(base64.b64decode(baked["results"])).sections.values():
            if title := section.head.get("title"):
                return str(title)
    return ""


def _baked(model_id: str, state: dict[str, Any]) -> dict[str, Any] | None:
    """What the page's file host is opened with, from a saved state; None where that holds no results it can read."""
    from clarifai_eval_widget.widget.wire.traits import EMPTY_STATE

    model = state.get(model_id)
    if model is None:
        return None
    sent = {tuple(one["path"]): one["data"] for one in model.get("buffers", ()) if one["encoding"] == "base64"}
    if not sent.get(("results",)):
        return None
    # Lists of apps, models and runs are the platform's half: they stay out of what is handed on.
    looked_at = ("threshold", "thresholds", "concept", "curves", "drawn", "panel")
    kept = ("viewing", "status", "progress", "exact_counts", *looked_at)
    held = {name: model["state"][name] for name in kept if name in model["state"] and name in EMPTY_STATE}
    none = {"kind": "none", "label": "", "user": "", "help": ""}
    baked = {
        "state": {**held, "workbench_only": True, "connection": none},
        "results": sent[("results",)],
        "payloads": [],
    }
    return baked if _title(baked) else None


@contextmanager
def _kept() -> Iterator[None]:
    """Have the kernels that are started meanwhile keep the page of every widget in the notebook."""
    before = os.environ.get(KEEP_VARIABLE)
    os.environ[KEEP_VARIABLE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[KEEP_VARIABLE]
        else:
            os.environ[KEEP_VARIABLE] = before


class EvalHTMLExporter(HTMLExporter):
    """HTML in which evaluations work; of what nbconvert fetches, only what the notebook uses."""

    export_from_notebook = "HTML with evaluations"

    def _init_preprocessors(self) -> None:
        super()._init_preprocessors()
        self.register_preprocessor(KeepPages, enabled=True)  # behind the one that executes

    def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> Any:
        """Write a notebook: the text, and what goes with it."""
        if not any(_FORMULA.search(cell.source) for cell in nb.cells if cell.cell_type == "markdown"):
            self.mathjax_url = ""
        with _kept():
            text, resources = super().from_notebook_node(nb, resources, **options)
        shorter = _LOADED.sub("", text)
        return (text if "require" in shorter.partition("<body")[2] else shorter), resources


class EvalSlidesExporter(SlidesExporter):
    """Slides in which evaluations work; reveal.js itself comes from where nbconvert says (``--reveal-prefix``)."""

    export_from_notebook = "Slides with evaluations"

    def _init_preprocessors(self) -> None:
        super()._init_preprocessors()
        self.register_preprocessor(KeepPages, enabled=True)

    def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> Any:
        """Write a notebook: the text, and what goes with it."""
        with _kept():
            return super().from_notebook_node(nb, resources, **options)
