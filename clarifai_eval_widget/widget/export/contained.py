"""Which widgets a cell has put on the page inside others: boxes, tabs, outputs. Only those outer ones are displayed."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.widget.export.saved import SavedOutput, shell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Displays"]

VIEW = "application/vnd.jupyter.widget-view+json"


class Displays:
    """What the cells of a kernel display. At the end of each, widgets inside others get their saved output under it.

    A box neither tells its children that it is displayed, nor has it a bundle that they could add to; and an ``Output``
    keeps what is displayed in it in its state, which is gone with the kernel. So displays are heard, and walked through
    when the cell has ended. One for each shell.

    Parameters
    ----------
    of
        The kernel's shell.
    """

    def __init__(self, of: Any) -> None:
        self._shell = of
        self._roots: dict[str, None] = {}  # ids of widgets displayed outside of any Output, in their order
        self._fresh: list[str] = []
        self._put: dict[str, list[str]] = {}  # what this cell displayed in an Output, whose page has not told it yet
        of.display_pub.register_hook(self._hear)
        of.events.register("pre_run_cell", self._begin)
        of.events.register("post_run_cell", self._end)

    @classmethod
    def heard(cls) -> Displays | None:
        """Those of the shell of this kernel, heard from now on; None where there is no kernel."""
        of = shell()
        if of is None:
            return None
        for callback in of.events.callbacks["post_run_cell"]:
            if isinstance(owner := getattr(callback, "__self__", None), cls):
                return owner
        return cls(of)

    def inside(self) -> list[Any]:
        """The Outputs that take what is displayed now."""
        from ipywidgets import Output

        parent = self._shell.get_parent() or {}
        running = parent.get("header", {}).get("msg_id")
        every = list(_widgets().values()) if running else []
        return [one for one in every if isinstance(one, Output) and one.msg_id == running]

    def _hear(self, message: dict[str, Any]) -> dict[str, Any]:
        """Note a widget that is displayed; a hook of the display publisher, which goes on with what this returns."""
        kind, view = message["header"]["msg_type"], _viewed(message["content"])
        if kind != "clear_output" and not (kind == "display_data" and view):
            return message  # as most are: the Outputs are not looked through for it
        if kind == "clear_output" and not (self._fresh or self._put):
            return message
        takers = [self._put.setdefault(one.model_id, []) for one in self.inside()] or [self._fresh]
        for taker in takers:
            if kind == "clear_output":
                taker.clear()
            else:
                taker.append(view)
        return message

    def _begin(self, *_: Any) -> None:
        """Let go of what was displayed between cells: nothing can stand under that."""
        self._fresh, self._put = [], {}
        # A hook hears only the thread that registered it, and the first widget may have been made on another.
        self._shell.display_pub.unregister_hook(self._hear)
        self._shell.display_pub.register_hook(self._hear)

    def _end(self, result: Any = None) -> None:
        from ipywidgets import Widget

        shown = getattr(result, "result", None)
        returned = str(shown.model_id) if isinstance(shown, Widget) else ""
        fresh = [one for one in (*self._fresh, returned) if one in _widgets()]
        self._roots = dict.fromkeys(one for one in (*self._roots, *fresh) if one in _widgets())
        if not fresh and not _any_unplaced():
            return  # as after most cells: the boxes on the page, others' too, are not walked through
        again = set(self._within(fresh))
        # Of boxes of former cells too: something may have been put into them since.
        saved = [one for one in self._within(self._roots) if one in again or not one.is_placed]
        for one in saved:
            one.place()
        for one in saved:  # a call when a cell has ended comes too late for this one
            one.wait()

    def _within(self, roots: Iterable[str]) -> list[SavedOutput]:
        """The saved outputs of our widgets inside others; one that is displayed by itself has seen to its own."""
        outer = [one for one in roots if not isinstance(getattr(_widgets()[one], "_saved", None), SavedOutput)]
        seen: set[str] = set()
        return [saved for one in outer for saved in _below(one, self._put, seen)]


def _widgets() -> Mapping[str, Any]:
    from ipywidgets.widgets.widget import _instances

    known: dict[str, Any] = _instances
    return known


def _any_unplaced() -> bool:
    every = [vars(one).get("_saved") for one in list(_widgets().values())]
    return any(isinstance(one, SavedOutput) and not one.is_placed for one in every)


def _below(model_id: str, put: Mapping[str, list[str]], seen: set[str]) -> Iterator[SavedOutput]:
    ahead = deque([model_id])  # no recursion: boxes may be nested as deeply as anybody likes
    while ahead:
        one = ahead.popleft()
        widget = _widgets().get(one)
        if widget is None or one in seen:
            continue
        seen.add(one)
        saved = getattr(widget, "_saved", None)
        if isinstance(saved, SavedOutput):
            yield saved
        else:
            ahead.extendleft(reversed([*_held(widget), *put.get(one, ())]))


def _held(widget: Any) -> list[str]:
    """The ids of what a widget holds: its children, and what its outputs show."""
    try:
        inner = [getattr(one, "model_id", None) for one in getattr(widget, "children", ())]
        return [one for one in (*inner, *map(_viewed, getattr(widget, "outputs", ()))) if isinstance(one, str) and one]
    except Exception:  # noqa: BLE001 - others' widgets may call anything so, and the cell that has run is not theirs
        return []


def _viewed(output: Mapping[str, Any]) -> str:
    """The id of the widget that an output shows; empty where it shows none."""
    data = output.get("data")
    view = data.get(VIEW) if isinstance(data, dict) else None
    return str(view.get("model_id", "")) if isinstance(view, dict) else ""
