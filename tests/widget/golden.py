"""Writes what Python packs, with what it holds, for the page's tests to read: ``python -m tests.widget.golden``.

Each ``tests/data/wire/NAME.bin`` is a payload and ``NAME.json`` beside it says what stands in it, in plain JSON (null for
NaN). The way back are ``from_page.json`` and ``from_page.bin``, written by the page's tests.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from google.protobuf import text_format

from clarifai_eval_widget import Evaluation, metrics
from clarifai_eval_widget.errors import NotFoundError, ServerStatus
from clarifai_eval_widget.widget.wire.failures import failure
from clarifai_eval_widget.widget.wire.packing import Payload, Section, pack, unpack
from clarifai_eval_widget.widget.workbench.caption import Caption, given_caption
from clarifai_eval_widget.widget.workbench.panels import all_panels
from clarifai_eval_widget.widget.workbench.workbench import Workbench

DATA = Path(__file__).parents[1] / "data"
WIRE = DATA / "wire"


CHOOSE = {
    "concept": "cat",
    "recall": 0.9,
    "precision": 0.9,
    "fpr": 0.05,
    "beta": 2.0,
    "fp_cost": 1.0,
    "fn_cost": 5.0,
    "guarantee": 0.95,
    "prevalence": None,
}
INPUTS = {
    "concept": "a",
    "outcome": "fp",
    "labelled": "b",
    "threshold": 0.25,
    "against": None,
    "sort": "margin",
    "page": 0,
    "large": None,
}


def scored(num_inputs, concepts, *, dtype=np.float32, step=7, **options):
    """Labels and scores by simple arithmetic, ties among them."""
    rows, columns = np.arange(num_inputs)[:, None], np.arange(len(concepts))[None, :]
    labels = rows % max(1, len(concepts)) == columns
    scores = ((rows * step + columns * 13) % 53 / 100 + 0.45 * labels).astype(dtype)
    return Evaluation.from_scores(labels, scores, concepts=concepts, **options)


def cross_validated():
    return scored(60, ["bird", "cat", "dog"], folds=np.arange(60) // 12 + 1)


def given():
    return scored(40, ["a", "b"], dtype=np.float64, step=11, concept_names={"a": "Apple"})


def platform_rates():
    from clarifai_grpc.grpc.api import service_pb2

    reply = text_format.Parse((DATA / "platform_reply.txtpb").read_text(), service_pb2.SingleEvalMetricsResponse())
    del reply.eval_metrics.test_set[:]
    return Evaluation.from_proto(reply.eval_metrics)


def odd_rates():
    """A concept with one of its thresholds above 1, and one that is only labelled."""
    from clarifai_grpc.grpc.api import resources_pb2

    metrics = resources_pb2.EvalMetrics()
    curve = metrics.binary_metrics.add(num_pos=3, num_neg=4, roc_auc=0.5)
    curve.concept.id = "cat"
    curve.roc_curve.fpr.extend([0.0, 0.5, 1.0])
    curve.roc_curve.tpr.extend([0.0, 0.25, 1.0])
    curve.roc_curve.thresholds.extend([1.5, 0.5, 0.0])
    metrics.confusion_matrix.concept_ids.extend(["cat", "none sent"])
    return Evaluation.from_proto(metrics)


def growing(concepts):
    """A test set of one input a concept, of an evaluation that has not ended."""
    from clarifai_grpc.grpc.api import resources_pb2

    metrics = resources_pb2.EvalMetrics()
    metrics.status.code = 21301
    for index, concept in enumerate(concepts):
        entry = metrics.test_set.add()
        entry.input.id = str(index)
        entry.ground_truth_concepts.add(id=concept, value=1)
        for other in concepts:
            entry.predicted_concepts.add(id=other, value=0.75 if other == concept else 0.25)
    return Evaluation.from_proto(metrics)


def odd_names():
    names = ["<b>&\"'</b>", "Ωμέγα 犬 🐕", "\ud800 alone", "__proto__", "a/b $x_1$\n"]
    return scored(30, names, concept_names={"__proto__": "constructor"})


def never_positive():
    labels = np.zeros((20, 2), dtype=bool)
    labels[:10, 0] = True
    return Evaluation.from_scores(labels, np.linspace(0, 1, 40).reshape(20, 2), concepts=["a", "never"])


def co_labelled():
    """Inputs of which every third has two labels."""
    rows = np.arange(30)[:, None]
    labels = (rows % 3 == np.arange(3)) | ((rows % 9 == 0) & (np.arange(3) == 1))
    return Evaluation.from_scores(labels, ((rows * 7 + np.arange(3) * 5) % 16 / 16), concepts=["a", "b", "c"])


def no_inputs():
    return Evaluation.from_scores(np.zeros((0, 2), bool), np.zeros((0, 2), np.float32), concepts=["a", "b"])


def no_concepts():
    from clarifai_grpc.grpc.api import resources_pb2

    return Evaluation.from_proto(resources_pb2.EvalMetrics())


def shown(evaluation, caption=None):
    return Workbench.encode(evaluation, caption or given_caption(evaluation), 3).results


def panel(name, evaluation, params):
    return pack(Payload("run-1", 3, {name: all_panels()[name].encode(evaluation, params)}))


def payloads():
    """Every payload by name, made anew."""
    folds = Caption("run-1", "sentiment, version 2", "cross-validation", "Cross-validated on reviews", ("A note.",))
    return {
        "cross_validated": shown(cross_validated(), folds),
        "given": shown(given()),
        "co_labelled": shown(co_labelled()),
        "platform_rates": shown(platform_rates()),
        "odd_rates": shown(odd_rates()),
        "odd_names": shown(odd_names()),
        "never_positive": shown(never_positive()),
        "no_inputs": shown(no_inputs()),
        "no_concepts": shown(no_concepts()),
        "histogram_one": panel("histogram", cross_validated(), {"concept": "cat"}),
        "histogram_all": panel("histogram", cross_validated(), {"concept": None}),
        "calibration_one": panel("calibration", cross_validated(), {"concept": "cat"}),
        "calibration_empty": panel("calibration", no_inputs(), {"concept": None}),
        "choose_one": panel("choose", cross_validated(), CHOOSE),
        "choose_all": panel("choose", never_positive(), CHOOSE | {"concept": None}),
        "bands_one": panel("bands", cross_validated(), {"concept": "cat"}),
        "micro_all": panel("micro", cross_validated(), {}),
        "inputs_cell": panel("inputs", co_labelled(), INPUTS),
        "inputs_none": panel("inputs", given(), INPUTS | {"concept": None, "labelled": None}),
        "matrix_stops": panel("matrix", cross_validated(), {"kind": "count", "thresholds": None}),
        "matrix_shared": panel("matrix", co_labelled(), {"kind": "count", "thresholds": None}),
        "matrix_exact": panel("matrix", co_labelled(), {"kind": "count", "thresholds": [0.5, 0.25, 0.125]}),
        "matrix_platform": panel("matrix", platform_rates(), {"kind": "platform_probability", "thresholds": None}),
        "matrix_together": panel("matrix", co_labelled(), {"kind": "cooccurrence", "thresholds": None}),
        "matrix_means": panel("matrix", never_positive(), {"kind": "probability", "thresholds": None}),
        "precision_recall_counted": panel("precision_recall", cross_validated(), {}),
        "precision_recall_undefined": panel("precision_recall", never_positive(), {}),
        "precision_recall_rates": panel("precision_recall", platform_rates(), {}),
    }


def replies():
    """Replies as the page gets them."""
    error = NotFoundError("told", status=ServerStatus(21316, "Inputs needed", "cat has 3", "req-1"))
    return [{"id": "a", "ok": True}, {"id": "b", "error": failure(error)}]


def rates():
    """Every rate of some counts and of some reported rates, None where undefined."""
    counts = [
        (tp, fp, num_pos, num_neg)
        for num_pos in (0, 3)
        for num_neg in (0, 4)
        for tp in (0, num_pos)
        for fp in (0, num_neg)
    ]
    reported = [(0.5, 1.0, 1.0), (0.0, 0.0, 0.25), (None, 0.0, 0.0), (0.75, 0.6, None), (None, None, 0.5)]
    of_counts = [metrics.rates_of_counts(*given) for given in counts]
    of_rates = [metrics.rates_of_rates(*(np.nan if one is None else one for one in given)) for given in reported]
    told = zip([*counts, *reported], [*of_counts, *of_rates], strict=True)
    return [
        {"given": given, "rates": {name: none_if_nan(value) for name, value in found.items()}} for given, found in told
    ]


def none_if_nan(value):
    return None if value != value else value  # noqa: PLR0124 - NaN differs from itself


def plain(data):
    """What a payload holds, as JSON can say it; None for no payload at all."""
    if not data:
        return None
    payload = unpack(data)
    sections = {
        name: {"head": dict(section.head), "arrays": {key: listed(one) for key, one in section.arrays.items()}}
        for name, section in payload.sections.items()
    }
    return {"run": payload.run, "revision": payload.revision, "sections": sections}


def listed(values):
    shown = [none_if_nan(value) for value in values.tolist()]
    return {"type": f"{values.dtype.kind}{values.dtype.itemsize}", "values": shown}


def from_plain(told):
    """The payload that :func:`plain` told of."""
    sections = {
        name: Section(
            section["head"], {key: np.array(one["values"], one["type"]) for key, one in section["arrays"].items()}
        )
        for name, section in told["sections"].items()
    }
    return Payload(told["run"], told["revision"], sections)


def main():
    WIRE.mkdir(parents=True, exist_ok=True)
    for name, data in payloads().items():
        (WIRE / f"{name}.bin").write_bytes(data)
        (WIRE / f"{name}.json").write_text(json.dumps(plain(data)) + "\n", encoding="utf-8")
    (WIRE / "rates.json").write_text(json.dumps(rates(), indent=1) + "\n", encoding="utf-8")
    (WIRE / "replies.json").write_text(json.dumps(replies(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
