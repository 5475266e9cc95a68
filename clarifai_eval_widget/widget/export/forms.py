"""A panel in the forms in which it can be taken away: Python, CSV, PNG, SVG."""

from __future__ import annotations

import sys
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.errors import EvalError, InvalidRequestError, not_found
from clarifai_eval_widget.evaluation.writing.sheet import to_csv
from clarifai_eval_widget.widget.workbench.panel_data import checked
from clarifai_eval_widget.widget.workbench.panels import all_panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from clarifai_eval_widget.widget.export.baking import Shown
    from clarifai_eval_widget.widget.wire.contract import Take
    from clarifai_eval_widget.widget.workbench.panel import Panel
    from clarifai_eval_widget.widget.workbench.taking import Call, Look, Taken

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
    params = {} if isinstance(panel.taken.frame, str) else checked(panel, asked["params"])
    look = shown.look(params)
    if asked["form"] == "python":
        return _python(name_of(widget), panel.taken, look).encode()
    if asked["form"] == "csv":
        return _csv(widget, shown, panel.taken, look)
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


def _python(widget: str, what: Taken, look: Look) -> str:
    if isinstance(what.frame, str):
        joined = f".join({widget}.evaluation.{what.joined}, on='input_id')" if _has(look, what) else ""
        return f"{widget}.{what.frame}{joined}"
    lines = [f"e = {widget}.evaluation", what.frame(look).text("e")]
    return "\n".join(lines)


def _has(look: Look, what: Taken) -> bool:
    """Whether the evaluation has what is to be joined."""
    return bool(what.joined) and len(getattr(look.evaluation, what.joined)) > 0


def _frame(widget: Any, shown: Shown, what: Taken, look: Look) -> Any:
    """Give the table, with what is joined to it."""
    frame = attrgetter(what.frame)(widget) if isinstance(what.frame, str) else what.frame(look).made(shown.evaluation)
    if frame is None:
        raise EvalError("There is nothing to take away: open the panel and let it show something first.")
    if _has(look, what):
        frame = frame.join(getattr(shown.evaluation, what.joined), on="input_id")
    return frame


def _csv(widget: Any, shown: Shown, what: Taken, look: Look) -> bytes:
    frame = _frame(widget, shown, what, look)
    return to_csv(frame, index=not (frame.index.name is None and frame.index.nlevels == 1)).encode()


def _drawing(widget: Any, shown: Shown, panel: Panel, look: Look, form: str) -> bytes:
    from clarifai_eval_widget.widget.export.drawing import ScreenFigure, rendered
    from clarifai_eval_widget.widget.export.tables import draw_table

    what, title = panel.taken, panel.name.replace("_", " ")
    assert what is not None

    if what.plot is None:
        frame = _frame(widget, shown, what, look) if what.table is None else what.table(look).made(shown.evaluation)
        figure: Figure = draw_table(frame, f"{shown.caption.title} · {title}")
    else:
        call: Call = what.plot(look)
        figure = ScreenFigure(figsize=call.size, layout="constrained")
        call.made(shown.evaluation, ax=figure.subplots())
    return rendered(figure, form, dpi=200)
