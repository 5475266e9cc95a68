"""What an evaluation comes to on its way to the page and in a saved notebook: ``python -m tests.benchmarks.payload``.

A row an evaluation, of concepts × inputs, and below it its largest parts. In a notebook that keeps its widgets' state,
bytes stand as base64, a third more; beside them the whole state with the bundle's own text.
"""

from __future__ import annotations

import argparse
import json
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.widget.wire.packing import Payload, Section, pack, unpack
from clarifai_eval_widget.widget.workbench.caption import given_caption
from clarifai_eval_widget.widget.workbench.own_figures import matrices_of
from clarifai_eval_widget.widget.workbench.panels import all_panels
from clarifai_eval_widget.widget.workbench.panels.matrix import FOLLOWED
from clarifai_eval_widget.widget.workbench.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


_AROUND = len(pack(Payload("", 0, {"": Section()})))


@dataclass(frozen=True)
class Case:
    """An evaluation of random scores; every input has its label's score raised."""

    concepts: int
    inputs: int
    folds: int = 0
    labels: int = 1
    """Labels an input."""
    groups: int = 0
    skewed: float = 1.0
    """To which power the scores are taken: above 1 they crowd at 0."""
    digits: int | None = None
    """To how many the scores are rounded: they tie."""

    @property
    def name(self) -> str:
        """What a row is called."""
        more = [
            f"{self.folds} folds" if self.folds else "",
            f"{self.labels} labels" if self.labels > 1 else "",
            f"{self.groups} groups" if self.groups else "",
            f"scores to the {self.skewed:g}" if self.skewed != 1 else "",
            f"{self.digits} digits" if self.digits else "",
        ]
        return ", ".join(filter(None, [f"{self.concepts:,} × {self.inputs:,}", *more]))

    def evaluation(self) -> Evaluation:
        """Make it."""
        rng = np.random.default_rng(0)
        labels = np.zeros((self.inputs, self.concepts), bool)
        for _ in range(self.labels):
            labels[np.arange(self.inputs), rng.integers(0, self.concepts, self.inputs)] = True
        scores = rng.random(labels.shape, dtype=np.float32) ** np.float32(self.skewed) * np.float32(0.8)
        scores[labels] += np.float32(0.2) * rng.random(int(labels.sum()), dtype=np.float32)
        if self.digits is not None:
            scores = scores.round(self.digits)
        return Evaluation.from_scores(
            labels,
            scores,
            concepts=[f"concept {k:04d}" for k in range(self.concepts)],
            folds=rng.integers(1, self.folds + 1, self.inputs) if self.folds else None,
            groups=rng.integers(0, self.groups, self.inputs) if self.groups else None,
        )


CASES = (
    Case(3, 480),
    Case(12, 5_000),
    Case(12, 5_000, folds=5),
    Case(12, 5_000, folds=20),
    Case(12, 5_000, folds=5, groups=200),
    Case(20, 20_000, folds=5, labels=3),
    Case(100, 20_000),
    Case(100, 20_000, folds=5),
    Case(100, 20_000, folds=20),
    Case(100, 20_000, folds=5, skewed=6),
    Case(100, 20_000, folds=5, digits=2),
    Case(10, 1_000_000),
    Case(10, 1_000_000, folds=5),
    Case(450, 20_000, folds=5),
    Case(1_000, 20_000),
    Case(1_000, 20_000, folds=5),
    Case(1_000, 20_000, folds=20),
    Case(1_000, 20_000, folds=5, labels=5, skewed=3),
    Case(1_000, 20_000, groups=200),
    Case(3_000, 10_000),
)


def encoded(evaluation: Evaluation) -> bytes:
    """What travels as one evaluation comes on screen."""
    return Workbench.encode(evaluation, given_caption(evaluation), 1).results


def parts(data: bytes) -> Iterator[tuple[str, int]]:
    """Bytes by part, each packed by itself: a section's head, and every array."""
    for name, section in unpack(data).sections.items():
        yield f"{name}, head", weight(Section(section.head, {}))
        yield from ((f"{name}/{key}", weight(Section({}, {key: values}))) for key, values in section.arrays.items())


def weight(section: Section) -> int:
    """Bytes of a section as it is packed, the payload around it left out."""
    return len(pack(Payload("", 0, {"": section}))) - _AROUND


def panels(evaluation: Evaluation) -> dict[str, int]:
    """Bytes of what the page asks for beside: every panel that a file without a kernel can have, every matrix."""
    first = evaluation.concepts[0]
    many = [0.5] * len(evaluation.concepts) if len(evaluation.concepts) > FOLLOWED else None
    asked: list[tuple[str, str, dict[str, object]]] = [
        ("precision_recall", "", {}),
        ("micro", "", {}),
        ("histogram", "", {"concept": first}),
        ("calibration", "", {"concept": first}),
        ("bands", "", {"concept": first}),
        *(
            ("matrix", f" {kind}", {"kind": kind, "thresholds": many if kind == "count" else None})
            for kind in matrices_of(evaluation)
        ),
    ]
    return {
        name + more: len(pack(Payload("given", 1, {name: all_panels()[name].encode(evaluation, params)})))
        for name, more, params in asked
    }


def saved(evaluation: Evaluation) -> tuple[int, int]:
    """Bytes in a notebook's metadata: of the results, and of the whole state."""
    widget = EvalWidget(evaluation=evaluation)
    state = widget.get_state()
    sent = {
        name: b64encode(value).decode() if isinstance(value, bytes | memoryview) else value
        for name, value in state.items()
    }
    results, whole = len(sent["results"]), len(json.dumps(sent, default=str))
    widget.close()
    return results, whole


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only cases whose name begins so")
    parser.add_argument("--parts", type=int, default=6, help="how many of the largest parts to name")
    options = parser.parse_args(arguments)
    print(f"{'kilobytes':58}{'to the page':>12}{'base64':>9}{'state':>9}{'asked for':>11}")
    for case in CASES:
        if case.name.startswith(options.only):
            evaluation = case.evaluation()
            data = encoded(evaluation)
            base64, state = saved(evaluation)
            beside = panels(evaluation)
            sizes = (len(data), base64, state, sum(beside.values()))
            print(
                f"{case.name:58}{sizes[0] / 1e3:12,.0f}{sizes[1] / 1e3:9,.0f}{sizes[2] / 1e3:9,.0f}{sizes[3] / 1e3:11,.0f}"
            )
            largest = sorted(parts(data), key=lambda part: -part[1])[: options.parts]
            print("    " + " · ".join(f"{name} {size / 1e3:,.0f}" for name, size in largest))
            print("    " + " · ".join(f"{name} {size / 1e3:,.0f}" for name, size in beside.items()), flush=True)


if __name__ == "__main__":
    main()
