"""The columns of a frame, and of which kind each is, do not go by how many rows it has."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from clarifai_grpc.grpc.api import resources_pb2

from clarifai_eval_widget.evaluation import Evaluation
from tests.evaluation.test_carrying import ASKED, evaluation

OF_ALL = {name: asked for name, asked in ASKED.items() if name not in ("slices", "compare")} | {
    "criteria_table": lambda e, _: e.criteria_table(),
    "condition_table": lambda e, _: e.condition_table(),
    "slices": lambda e, _: e.slices(np.arange(e.num_inputs) // 60),
    "table, full": lambda e, _: e.table(full=True)[list(Evaluation.from_proto(resources_pb2.EvalMetrics()).table())],
    "inputs_behind": lambda e, _: e.inputs_behind(),
}
BY_CONCEPT = {"confusion_matrix", "cooccurrence_matrix", "rejecting_matrix"}  # a column a concept
OF_ONE = ("operating_point", "cross_fitted", "abstain", "cheapest", "net_benefit", "deployment", "roc_auc_interval")


def kinds(frame):
    plain = {"float32": "float64", "bool": "boolean"}  # floats of what was scored; both are of two values
    return {name: plain.get(str(kind), str(kind)) for name, kind in frame.dtypes.items()}


FRAMES = [
    name
    for name in OF_ALL
    if name == "roc_auc_intervals" or not name.startswith((*OF_ONE, "plot", "_repr", "to_", "compare", "inputs_needed"))
]


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_of_no_concept_has_the_columns_of_any_other(name):
    some, none = evaluation(), Evaluation.from_proto(resources_pb2.EvalMetrics())
    full, empty = (OF_ALL[name](e, e) for e in (some, none))
    if not isinstance(full, pd.DataFrame):
        pytest.fail(f"{name} gives no frame") if isinstance(empty, pd.DataFrame) else None
        return
    assert empty.index.names == full.index.names
    if name in BY_CONCEPT:
        assert empty.shape == (0, full.shape[1] - len(some.concepts))
    else:
        assert kinds(empty) == kinds(full)
