"""A panel in the forms in which it can be taken away: Python, CSV, PNG, SVG."""

from __future__ import annotations

import sys
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.errors import EvalError, InvalidRequestError, not_found
from clarifai_eval_widget.evaluation.writing.sheet import to_csv
from clarifai_eval_widget.widget.workbench.panel import Nothing
from clarifai_eval_widget.widget.workbench.panel_data import checked, checked_look
from clarifai_eval_widget.widget.workbench.panels import all_panels
from clarifai_eval_widget.widget.workbench.taking import Call, Held

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from clarifai_eval_widget.widget.export.baking import Shown
    from clarifai_eval_widget.widget.wire.contract import Take
    from clarifai_eval_widget.widget.workbench.panel import Panel
    from clarifai_eval_widget.widget.workbench.taking import Look, Taken

__all__ = ["taken"]


def taken(widget: Any, shown: Shown, asked: Take) -> bytes:
    """Give a panel in the form asked for; text in UTF-8.

    What is copied as Python, run in the notebook, gives the DataFrame that CSV writes.

    Raises
    ------
    NotFoundError
        When there is no such panel.
    InvalidRequestError
        When it has no such form.
    EvalError
        When it has nothing to give.
    """
    panel = all_panels().get(asked["panel"])
    if panel is None:
        raise not_found("panel", asked["panel"], all_panels())
    if panel.taken is None or asked["form"] not in panel.taken.forms:
        raise InvalidRequestError(f"The panel {panel.name!r} cannot be taken away as {asked['form']}.")
    params = checked(panel, asked["params"]) if panel.params is not Nothing else {}
    look = shown.look(params, checked_look(panel, asked.get("look", {})))
    if asked["form"] == "python":
        return _python(widget, panel.taken, look).encode()
    if asked["form"] == "csv":
        return _csv(widget, panel.taken, look)
    return _drawing(widget, shown, panel, look, asked["form"])


def name_of(widget: Any) -> str:
    """The name the notebook knows a widget by; "w" where it has none."""
    if "ipykernel.kernelapp" in sys.modules:
        from IPython import get_ipython

        shell = get_ipython()
        for name, value in list(shell.user_ns.items()) if shell is not None else ():
            if value is widget and not name.startswith("_"):
                return str(name)
    return "w"


def _python(widget: Any, what: Taken, look: Look) -> str:
    name, asked = name_of(widget), what.frame(look)
    of = f"{name}.evaluation"
    lines = [f"e = {of}"] if isinstance(asked, Call) else []
    text = asked.text("e") if isinstance(asked, Call) else f"{name}.{asked.name}"
    if isinstance(asked, Held):
        held = attrgetter(asked.name)(widget)
        text += "".join(f".loc[{key!r}]" for key in (() if held is None else asked.keys(held)))
    if _has(look, what):
        text += f".join({'e' if lines else of}.{what.joined}, on='input_id')"
    return "\n".join([*lines, text])


def _has(look: Look, what: Taken) -> bool:
    """Whether the evaluation has what is to be joined."""
    return bool(what.joined) and len(getattr(look.evaluation, what.joined)) > 0


def _frame(widget: Any, what: Taken, look: Look) -> Any:
    """Give the table, with what is joined to it."""
    asked = what.frame(look)
    frame = asked.made(look.evaluation) if isinstance(asked, Call) else attrgetter(asked.name)(widget)
    if frame is None:
        raise EvalError("There is nothing to take away: open the panel and let it show something first.")
    for key in asked.keys(frame) if isinstance(asked, Held) else ():
        frame = frame.loc[key]
    if _has(look, what):
        frame = frame.join(getattr(look.evaluation, what.joined), on="input_id")
    return frame


def _csv(widget: Any, what: Taken, look: Look) -> bytes:
    frame = _frame(widget, what, look)
    return to_csv(frame, index=not (frame.index.name is None and frame.index.nlevels == 1)).encode()


def _drawing(widget: Any, shown: Shown, panel: Panel, look: Look, form: str) -> bytes:
    from clarifai_eval_widget.widget.export.drawing import ScreenFigure, rendered
    from clarifai_eval_widget.widget.export.tables import draw_table

    what, title = panel.taken, panel.name.replace("_", " ")
    assert what is not None

    if what.plot is None:
        figure: Figure = draw_table(_frame(widget, what, look), f"{shown.caption.title} · {title}")
    else:
        call: Call = what.plot(look)
        figure = ScreenFigure(figsize=call.size, layout="constrained")
        call.made(shown.evaluation, ax=figure.subplots())
    return rendered(figure, form, dpi=200)
