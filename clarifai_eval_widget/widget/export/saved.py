"""What stands under the widget in a saved notebook: hidden by the living page, shown wherever the page is not.

It is an output of its own, for in the widget's own bundle nothing is shown when its model is gone.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import uuid
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.widget.export.pending import PENDING, PENDING_MARKDOWN
from clarifai_eval_widget.widget.export.rest import Rest
from clarifai_eval_widget.widget.platform.lanes import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.widget.export.baking import Shown

__all__ = ["APART", "KEEP_VARIABLE", "REST", "SavedOutput", "shell"]

REST = 2.0
"""Seconds that what is on screen has to stand before it is written anew: nobody waits then, and nothing is drawn on."""
APART = 10.0
"""Fewest seconds between two times that it is written for that."""
KEEP_VARIABLE = "CLARIFAI_EVAL_KEEP"
"""Set to 1 in a kernel's environment, every widget's page is kept without being told to; the exporters do."""


class SavedOutput:
    """The output under a widget. Safe to use from several threads.

    Written on a thread of its own, once an evaluation is complete, and anew once another concept or threshold has stood
    for a moment. The cell that runs meanwhile waits for that at its end, so that a notebook that is only executed and
    written has it, too.

    Parameters
    ----------
    shown
        Gives what is on screen; raises EvalError when there is nothing.
    owner
        Gives the id by which the page finds its own saved output: that of the widget's layout, a model that every host
        hands over with the widget.
    """

    def __init__(self, shown: Callable[[], Shown], owner: Callable[[], str]) -> None:
        self._shown = shown
        self._owner = owner
        self._id = ""
        self._lane = Lane("eval-widget-saved")
        self._interactive = os.environ.get(KEEP_VARIABLE) == "1"
        self._by_hand = False
        self._written: Shown | None = None
        self._writing = threading.Lock()  # a summary being drawn must not come after what was kept meanwhile
        self._rest = Rest(self.renew, seconds=REST, apart=APART)

    @property
    def is_placed(self) -> bool:
        """Whether it stands in a cell."""
        return bool(self._id)

    def place(self) -> None:
        """Put it into the cell that runs, and write what is on screen if that is complete."""
        if (of := shell()) is None:
            return
        update = self.is_placed
        self._id = self._id or uuid.uuid4().hex
        if not update:
            of.events.register("post_run_cell", self.wait)
        self._put(PENDING, PENDING_MARKDOWN, update=False)
        self._written = None  # not in this place
        self.renew()

    def renew(self) -> None:
        """Write what is on screen, soon, if it is complete; while the slider moves, once it rests."""
        if self._id and not self._rest.waits:
            self._lane.submit(self._write, once="write")

    def follow(self) -> None:
        """Write what is on screen once it rests: it is looked at in another way.

        What was kept by hand stays as it was kept; its page can be looked at in any way.
        """
        if self._id and not self._by_hand:
            self._rest.begin()

    def keep(self) -> None:
        """Write what is on screen now, with the page that works without a kernel.

        Raises
        ------
        EvalError
            When there is no notebook, or nothing on screen.
        """
        if shell() is None:
            raise EvalError("There is no notebook here to keep it in: save_html writes a file.")
        shown = self._shown()
        self._interactive = self._by_hand = True
        self._rest.end()  # what it waits for is kept now, or comes later
        if not self._id:
            self.place()
        with self._writing:
            self._publish(shown)

    def close(self) -> None:
        """End the thread; what was written stays, and is what was on screen."""
        if self._rest.end():
            self._write()
        self._written = None
        self._lane.close()
        if (of := shell()) is not None:
            with contextlib.suppress(ValueError):  # never placed
                of.events.unregister("post_run_cell", self.wait)

    def _write(self) -> None:
        with self._writing, contextlib.suppress(EvalError):  # nothing is on screen any more: the last of it stays
            shown = self._shown()
            if shown.evaluation.complete and shown != self._written:
                self._publish(shown)

    def _publish(self, shown: Shown) -> None:
        # Imported here, for they draw: a widget is on the page before Matplotlib is there.
        from clarifai_eval_widget.widget.export.document import kept_html
        from clarifai_eval_widget.widget.export.summary import summary_html, summary_markdown

        self._written = shown
        html = kept_html(shown) if self._interactive else summary_html(shown, under_widget=True)
        self._put(html, summary_markdown(shown), update=True)

    def _put(self, html: str, markdown: str, *, update: bool) -> None:
        # The class tells the living page which of these is its own, wherever on the page it stands.
        html = html.replace('class="cew-saved', f'class="cew-saved cew-of-{self._owner()}', 1)
        # No plain text: what a terminal needs is in the widget's own output, and an empty one would be an empty line.
        data = {"text/html": html, "text/markdown": markdown}
        _publish(data, self._id, update=update)

    def wait(self, *_: Any) -> None:
        """Have it written by now, however long the machine takes for that; called when a cell has ended."""
        if self._rest.end():
            self.renew()
        self._lane.join()


def shell() -> Any:
    """Give the shell of a kernel, or None where there is none."""
    if "ipykernel.kernelapp" not in sys.modules:  # importing it would make comms of a kernel that is not there
        return None
    from ipykernel.kernelapp import IPKernelApp

    return IPKernelApp.instance().shell if IPKernelApp.initialized() else None


def _publish(data: dict[str, str], display_id: str, *, update: bool) -> None:
    from IPython.display import display

    display(data, raw=True, display_id=display_id, update=update)
