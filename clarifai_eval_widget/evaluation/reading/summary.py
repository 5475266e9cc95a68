"""The platform's macro figures, and which of them were not sent: proto3 writes a zero and nothing alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.evaluation.platform_curve import same_threshold
from clarifai_eval_widget.evaluation.reading.info import figure, read_info
from clarifai_eval_widget.evaluation.reading.platform import read_averaged
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_grpc.grpc.api import resources_pb2

    from clarifai_eval_widget.evaluation.platform_curve import PlatformCurve

__all__ = ["read_summary", "unclear"]

_MEANS = {"macro_avg_f1_score": "f1", "macro_avg_precision": "precision", "macro_avg_recall": "recall"}
_SPREADS = {"macro_std_roc_auc": "macro_avg_roc_auc", "macro_std_f1_score": "macro_avg_f1_score"}
# no finished evaluation has exactly 0 of these: a zero was not sent
_NEVER_ZERO = ("macro_avg_roc_auc", "top1_accuracy", "top5_accuracy")
_FIELDS = (*_MEANS, *_SPREADS, *_NEVER_ZERO)
_HALF = 0.5  # the threshold of the summary


def read_summary(
    message: resources_pb2.EvalMetrics, curves: Mapping[str, PlatformCurve], notes: list[str]
) -> dict[str, float]:
    """Read the summary's macro figures; what was not sent, or cannot be right, is left out, the latter with a note.

    A zero was not sent where the rest of the reply rules it out. Where it does not, it is kept, and a note says so.

    Parameters
    ----------
    message
        The whole of it.
    curves
        As read from it, by concept id.
    notes
        Where that is said.
    """
    if not message.HasField("summary"):
        return {}
    sent = {name: float(getattr(message.summary, name)) for name in _FIELDS}
    if not any(sent.values()):
        return {}
    missing = {"macro_avg_roc_auc"} if sent["macro_avg_roc_auc"] == 0.0 else set()
    missing |= _ruled_out({name for name in _MEANS if sent[name] == 0.0}, message, sent, curves)
    missing |= {name for name, mean in _SPREADS.items() if sent[name] == 0.0 and _no_spread(mean, missing, curves)}
    values = {name: figure(f"summary.{name}", value, notes) for name, value in sent.items() if name not in missing}
    found = {
        name: value for name, value in values.items() if not (np.isnan(value) or (value == 0.0 and name in _NEVER_ZERO))
    }
    if doubtful := unclear(message, found):
        one = len(doubtful) == 1
        notes.append(
            f"{listed([f'summary.{name}' for name in doubtful], len(doubtful))} {'is' if one else 'are'} 0, or "
            f"{'was' if one else 'were'} not sent: a reply does not tell the two apart."
        )
    return found


def unclear(message: resources_pb2.EvalMetrics, found: Mapping[str, float]) -> list[str]:
    """Name the figures found to be 0 of which nothing in the reply says whether they were sent."""
    counted = read_averaged(message)
    means = [name for name, own in _MEANS.items() if found.get(name) == 0.0 and own not in counted]
    # the spread about a mean of 0 or 1 is 0, and so is that of a single concept
    alone = len(message.binary_metrics) == 1 and read_info(message).use_kfold is False
    spread = [
        name
        for name, mean in _SPREADS.items()
        if found.get(name) == 0.0 and 0.0 < found.get(mean, 0.0) < 1.0 and not alone and not counted
    ]
    return [*means, *spread]


def _ruled_out(
    zeros: set[str], message: resources_pb2.EvalMetrics, sent: Mapping[str, float], curves: Mapping[str, PlatformCurve]
) -> set[str]:
    """Name the means that cannot be 0: the server averaged nothing, or at 0.5 an input was found, whose F1 is not."""
    counted = read_averaged(message)
    told = {name for name in zeros if _MEANS[name] in counted}
    out = {name for name in told if counted[_MEANS[name]][0] == 0}
    if zeros - told and (
        any(sent[one] > 0.0 for one in (*_MEANS, "macro_std_f1_score"))
        or any(_found(curve) for curve in curves.values())
        or _predicted(message)
    ):
        out |= zeros - told
    return out


def _found(curve: PlatformCurve) -> bool:
    at_half = [
        rate
        for thresholds, rates in ((curve.pr_thresholds, curve.recall), (curve.roc_thresholds, curve.tpr))
        for threshold, rate in zip(thresholds, rates, strict=True)
        if same_threshold(float(threshold), _HALF)
    ]
    return bool(curve.f1 > 0.0 or any(rate > 0.0 for rate in at_half))


def _predicted(message: resources_pb2.EvalMetrics) -> bool:
    """Whether any input of the test set is found at the threshold of the summary."""
    return any(
        one.value >= _HALF and any(label.id == one.id and label.value > 0.0 for label in entry.ground_truth_concepts)
        for entry in message.test_set
        for one in entry.predicted_concepts
    )


def _no_spread(mean: str, missing: set[str], curves: Mapping[str, PlatformCurve]) -> bool:
    """Whether a spread of 0 was not sent: its mean was not, or the concepts differ."""
    own = [curve.roc_auc if mean == "macro_avg_roc_auc" else curve.f1 for curve in curves.values()]
    known = [value for value in own if not np.isnan(value) and value > 0.0]
    return mean in missing or (len(known) > 1 and max(known) - min(known) > 1e-3)
