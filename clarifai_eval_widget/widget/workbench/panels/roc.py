"""The corners of each concept's ROC, of the macro average, and of each fold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["PANEL"]


def _encode(_evaluation: Evaluation, _params: Mapping[str, Any]) -> Section:
    return Section()


PANEL = Panel(
    "roc",
    travels=True,
    encode=_encode,
    # Corners of concept k are those from offsets[k] to offsets[k + 1]: counts where there are counts, else rates.
    arrays={"offsets": "u4", "macro_fpr": "f8", "macro_tpr": "f8"},
    optional_arrays={
        "fps": "u4",
        "tps": "u4",
        "fpr": "f8",
        "tpr": "f8",
        # Fold f's curve of concept k is entry f * (K + 1) + k; k = K is the fold's macro average.
        "fold_offsets": "u4",
        "fold_fpr": "f4",
        "fold_tpr": "f4",
    },
)
