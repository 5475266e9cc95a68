"""What 1,000 concepts cost beside what a user would write without this package: ``python -m tests.benchmarks.many_concepts``.

The table, the inputs behind a number of all concepts together, the figure of what is on screen, and the file of
``save_html``, at 1,000 concepts × 20,000 inputs; beside each what gives the same by pandas, scikit-learn, Matplotlib or,
where it is installed, Plotly. Each is done once, in this order, of one evaluation; seconds by the clock, and of processor
time of all threads, of which the ratios are: a busy machine disturbs that less. How the page's table of so many concepts sorts
and scrolls, ``python -m tests.benchmarks.frames`` prints. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn import metrics as sk

from clarifai_eval_widget import Evaluation, EvalWidget
from tests.benchmarks.metrics import best

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float32]
    What = tuple[str, Callable[["Round"], None], str, Callable[["Round"], None] | None]


def given(concepts: int, inputs: int) -> tuple[NDArray[np.bool_], Array]:
    """One label an input, scores that overlap."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, concepts, inputs)[:, None] == np.arange(concepts)
    scores = (1 / (1 + np.exp(2 - 2 * labels - rng.normal(size=labels.shape)))).astype(np.float32)
    return labels, scores


class Round:
    """An evaluation, what is measured of it, and the same by others."""

    def __init__(self, labels: NDArray[np.bool_], scores: Array, folder: Path) -> None:
        self.labels, self.scores, self.folder = labels, scores, folder
        self.ids = [f"input {row}" for row in range(len(labels))]
        self.names = [f"class {k:04d}" for k in range(labels.shape[1])]
        self.evaluation = Evaluation.from_scores(labels, scores, concepts=self.names, input_ids=self.ids)

    def table(self) -> None:
        """The counting included, which everything else comes after."""
        self.evaluation.table()

    def table_by_others(self) -> None:
        rows = []
        for truth, scores in zip(self.labels.T, self.scores.T, strict=True):
            area, average = sk.roc_auc_score(truth, scores), sk.average_precision_score(truth, scores)
            rates = sk.precision_recall_fscore_support(truth, scores >= 0.5, average="binary", zero_division=np.nan)
            rows.append([area, average, *rates[:3]])
        pd.DataFrame(rows, index=self.names)

    def errors(self) -> None:
        self.evaluation.inputs_behind()

    def errors_by_others(self) -> None:
        """By pandas: the wrong decisions, and of their inputs the most surely wrong first."""
        labels = pd.DataFrame(self.labels, self.ids, self.names)
        scores = pd.DataFrame(self.scores, self.ids, self.names)
        wrong = (scores.ge(0.5) != labels).any(axis=1)
        margin = scores.mask(labels, 0).max(axis=1) - scores.where(labels, 0).max(axis=1)
        loss = -np.log(scores.where(labels, 1 - scores).clip(1e-7, 1)).mean(axis=1)
        frame = pd.DataFrame({"score": scores.max(axis=1), "margin": margin, "loss": loss})[wrong]
        frame["labels"] = [tuple(labels.columns[row]) for row in labels[wrong].to_numpy()]
        frame.sort_values("margin", ascending=False)

    def ranking(self) -> None:
        self.evaluation.inputs_behind(figure="roc_auc")

    def ranking_by_others(self) -> None:
        """The place of every decision by its score: what such a list cannot do without where everything is sorted."""
        pd.Series(self.scores.ravel()).rank()

    def widget(self) -> None:
        """All that the page is sent."""
        self.shown = EvalWidget(evaluation=self.evaluation)

    def figure(self) -> None:
        self.shown.figure().savefig(self.folder / "ours.png")

    def figure_by_others(self) -> None:
        """By scikit-learn and Matplotlib: every ROC curve, in one plot."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(11, 5), layout="constrained")
        ax = figure.subplots()
        for truth, scores in zip(self.labels.T, self.scores.T, strict=True):
            fpr, tpr, _ = sk.roc_curve(truth, scores)
            ax.plot(fpr, tpr, color="#bdbdbd", linewidth=0.8)
        figure.savefig(self.folder / "others.png")

    def saved(self) -> None:
        self.shown.save_html(self.folder / "ours.html")

    def saved_by_others(self) -> None:
        """By Plotly: every ROC curve, in a file that needs no network."""
        import plotly.graph_objects as go

        curves = [sk.roc_curve(truth, one) for truth, one in zip(self.labels.T, self.scores.T, strict=True)]
        lines = [go.Scatter(x=fpr, y=tpr, name=name) for (fpr, tpr, _), name in zip(curves, self.names, strict=True)]
        go.Figure(lines).write_html(self.folder / "others.html", include_plotlyjs=True)

    def close(self) -> None:
        self.shown.close()


WHAT: tuple[What, ...] = (
    ("counting and table()", Round.table, "scikit-learn's five figures, a concept at a time", Round.table_by_others),
    ("inputs_behind(), all concepts", Round.errors, "pandas", Round.errors_by_others),
    ("inputs_behind(figure='roc_auc')", Round.ranking, "pandas' rank of all scores", Round.ranking_by_others),
    ("all that the page is sent", Round.widget, "–", None),
    ("figure(), written as PNG", Round.figure, "scikit-learn and Matplotlib, ROC alone", Round.figure_by_others),
    ("save_html()", Round.saved, "Plotly, ROC alone", Round.saved_by_others),
)


def row(one: Round, what: What, *, has_plotly: bool) -> str:
    """A figure beside what others take for the same."""
    name, ours, peer, theirs = what
    took = best(partial(ours, one), 1)
    told = f"| {name:33} | {took.wall:7.2f} | {took.cpu:7.2f} | "
    if theirs is None or (theirs is Round.saved_by_others and not has_plotly):
        return told + f"{peer if theirs is None else 'Plotly: not installed':50} | {'–':>7} | {'–':>7} | {'–':>6} |"
    other = best(partial(theirs, one), 1)
    return told + f"{peer:50} | {other.wall:7.2f} | {other.cpu:7.2f} | {other.cpu / took.cpu:6.1f} |"


def main(arguments: list[str] | None = None) -> None:
    """Print the table, a row as soon as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--concepts", type=int, default=1_000, help="how many")
    parser.add_argument("--inputs", type=int, default=20_000, help="how many")
    options = parser.parse_args(arguments)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{options.concepts:,} concepts × {options.inputs:,} inputs; {os.cpu_count()} cores{load}")
    print(f"| {'':33} | {'s':>7} | {'cpu s':>7} | {'beside it':50} | {'s':>7} | {'cpu s':>7} | {'× ours':>6} |")
    has_plotly = importlib.util.find_spec("plotly") is not None
    with tempfile.TemporaryDirectory() as folder:
        one = Round(*given(options.concepts, options.inputs), Path(folder))
        for what in WHAT:
            print(row(one, what, has_plotly=has_plotly), flush=True)
        one.close()
        for path in sorted(Path(folder).glob("*.html")):
            print(f"{path.name} {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
