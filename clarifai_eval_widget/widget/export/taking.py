"""What can be taken away from a widget: figures, files, and what stays in a saved notebook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.widget.bundle import LATE
from clarifai_eval_widget.widget.synced import SyncedState

if TYPE_CHECKING:
    import os

    import matplotlib.figure
    import pandas as pd

    from clarifai_eval_widget.widget.export.baking import Shown
    from clarifai_eval_widget.widget.export.saved import SavedOutput
    from clarifai_eval_widget.widget.wire.contract import Take
    from clarifai_eval_widget.widget.wire.requests import Handler
    from clarifai_eval_widget.widget.workbench.workbench import Workbench

__all__ = ["TakeAway"]


class TakeAway(SyncedState):
    """A widget with an evaluation on screen, as it leaves the notebook or stays in it."""

    _workbench: Workbench
    _saved: SavedOutput | None = None

    def __init__(self, **traits: Any) -> None:
        from clarifai_eval_widget.widget.export.contained import Displays
        from clarifai_eval_widget.widget.export.saved import SavedOutput

        self._displays = Displays.heard()
        saved = self._saved = SavedOutput(self._on_screen, lambda: str(self.layout.model_id))
        super().__init__(**traits)
        self.observe(lambda _: saved.renew(), "evaluation")
        self.observe(lambda _: saved.follow(), ["concept", "threshold", "thresholds", "drawn"])

    @property
    def _takers(self) -> list[Handler[Any]]:
        from clarifai_eval_widget.widget.wire.contract import Late, Take
        from clarifai_eval_widget.widget.wire.requests import Handler

        return [Handler(Take, self._take), Handler(Late, lambda _: [LATE])]

    def _take(self, asked: Take) -> list[bytes]:
        from clarifai_eval_widget.widget.export.document import document
        from clarifai_eval_widget.widget.export.forms import taken

        if asked["form"] == "keep":
            self.keep()
            return [b""]
        shown = self._on_screen()
        return [document(shown).encode() if asked["form"] == "html" else taken(self, shown, asked)]

    @property
    def differences(self) -> pd.DataFrame | None:
        """All that the comparison on screen shows, a row for each other evaluation and concept, and over all.

        Areas on the same inputs, their difference with interval, p and p adjusted by Holm, average precisions, and how
        many inputs only one gets right at the threshold. None where fewer than two evaluations are compared.
        """
        from clarifai_eval_widget.widget.workbench.differences import difference_frame

        with self.together():
            members = self._workbench.comparison.members
            named = {concept for one in members if one.evaluation is not None for concept in one.evaluation.concepts}
            thresholds = {concept: self.thresholds.get(concept, self.threshold) for concept in named}
        return difference_frame(members, thresholds)

    def figure(self) -> matplotlib.figure.Figure:
        """What is on screen, as a Matplotlib figure: the curves of the tab chosen and the threshold sweep.

        With the concepts ticked, folds, bands, averages and zoom of ``drawn``, and below them what is compared: its
        curves, and how the others differ from the first, on the inputs that the page compares them on. Each concept
        is at its threshold; of scores and of all concepts together, at the common one. The other panels' drawings are
        methods of ``w.evaluation``, such as ``plot_confusion_matrix()``.

        Raises
        ------
        EvalError
            When no evaluation is on screen.
        """
        from clarifai_eval_widget.widget.export.drawing import draw

        return draw(self._on_screen(), self.curves, compared=True)

    def save_html(self, path: str | os.PathLike[str], *, inputs: bool = False) -> Path:
        """Write what is on screen into one file: slider, tables and panels work in it without kernel or network.

        What takes Python says so there: a threshold between the slider's stops, the inputs behind a number, marks of
        mislabelled inputs. Thresholds to choose from are there for the concept on screen and for all together, by the
        numbers that the page begins with; slices for twenty concepts, with F1 at 0.5, by fold.

        Parameters
        ----------
        path
            The file to write, for instance ``"report.html"``.
        inputs
            True: the first hundred inputs behind each concept's counts go into the file, with their ids, texts and
            images, and slices by their metadata. By default none does.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        EvalError
            When no evaluation is on screen.
        """
        from clarifai_eval_widget.widget.export.document import document

        file = Path(path)
        file.write_text(document(self._on_screen(), inputs=inputs), encoding="utf-8")
        return file

    def keep(self) -> None:
        """Keep what is on screen in the notebook's file, interactive without kernel or network.

        It stands under the widget wherever the widget itself is not alive: in a notebook opened again, on its way
        through nbconvert. Where a notebook is not trusted, and on GitHub, a picture and a table stand there. Inputs,
        their ids, texts and images stay out.

        Raises
        ------
        EvalError
            When no evaluation is on screen, or there is no notebook.
        """
        assert self._saved is not None
        self._saved.keep()

    def close(self) -> None:
        """Take the widget off the page; what was kept stays."""
        if self._saved is not None:  # refused before it was made
            self._saved.close()
        super().close()

    def _repr_markdown_(self) -> str:
        """What is on screen for those who read text: a sentence, how it was had, and the table."""
        from clarifai_eval_widget.widget.export.summary import summary_markdown

        return repr(self) if self.evaluation is None else summary_markdown(self._on_screen())

    def _ipython_display_(self, **_: Any) -> None:
        from IPython.display import display

        bundle: Any = self._repr_mimebundle_()
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        if data:
            data["text/plain"] = repr(self)  # all that a terminal shows; older releases of anywidget cut it off
            display(data, metadata=metadata, raw=True)
            assert self._saved is not None
            # What is displayed in an Output is gone with its state: under the Output it stays, as under any box.
            if self._displays is None or not self._displays.inside():
                self._saved.place()

    def _on_screen(self) -> Shown:
        """What is on screen, to be drawn or written."""
        from clarifai_eval_widget.widget.export.baking import Shown

        with self.together():
            if self.evaluation is None:
                raise EvalError(
                    "There is no evaluation on screen: press Calculate or View results, or call evaluate()."
                )
            own = {concept: at for concept, at in self.thresholds.items() if concept in self.evaluation.concepts}
            compared = self._workbench.comparison.members
            return Shown(
                evaluation=self.evaluation,
                caption=self._workbench.caption,
                threshold=self.threshold,
                thresholds=own,
                concept=self.concept,
                compared=compared,
                drawn=self.drawn,
                curves=self.curves,
            )
