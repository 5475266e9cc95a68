"""A run as the widget keeps it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from clarifai_eval_widget.client.cancellation import Cancellation
from clarifai_eval_widget.client.defaults import scores_own_training_data
from clarifai_eval_widget.client.progress import Progress
from clarifai_eval_widget.client.resources import in_same_app
from clarifai_eval_widget.evaluation.codes import Code
from clarifai_eval_widget.evaluation.conditions import trained_on_inputs
from clarifai_eval_widget.words import short_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from clarifai_eval_widget.client.resources import Dataset, ModelVersion
    from clarifai_eval_widget.client.run import Run
    from clarifai_eval_widget.errors import EvalError
    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.wire.contract import RunRow

__all__ = ["Entry"]


@dataclass(eq=False)
class Entry:
    """A run as the widget keeps it: what was asked for, and what came of it."""

    key: str
    """Tells it from every other entry of the widget."""
    version: ModelVersion
    """What is evaluated."""
    dataset: Dataset
    """On what it was asked to be evaluated; without a version: on the latest."""
    use_kfold: bool
    """Whether heads are cross-validated."""
    run: Run | None = None
    """None until the server has taken it."""
    error: EvalError | None = None
    """Why it could not be started or read, or None."""
    trouble: EvalError | None = None
    """What keeps the numbers of one that has ended from being read, while that is tried again by itself."""
    wake: threading.Event = field(default_factory=threading.Event)
    """Set to have that tried at once, or given up where nobody looks any more."""
    evaluation: Evaluation | None = None
    """What was last read of it."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """What else was asked for, to be asked again on a retry."""
    seen: Progress | None = None
    """The progress at which ``evaluation`` was read."""
    revision: int = 0
    """Grows with every state of ``evaluation``."""
    created_at: datetime | None = field(default_factory=lambda: datetime.now(UTC))
    """When it was started here; None for one that was found on the server."""
    row: RunRow | None = None
    """How it is shown; None when that has changed."""
    cancelled: Literal["ended", "stopped watching", ""] = ""
    """What cancelling it came to, empty when nobody did."""
    leave: Callable[[], None] | None = None
    """Ends following the run; None while nobody follows it."""
    end_told: bool = False
    """Whether its end may be shown: its last numbers are on screen with it, or nobody waits for them there."""

    @property
    def progress(self) -> Progress:
        """The progress; ``failed`` also when the start was refused."""
        if self.error is not None:
            return Progress("failed")
        return self.run.progress if self.run is not None else Progress()

    @property
    def shown_progress(self) -> Progress:
        """The progress that is told: a run is not ``evaluated`` before its last numbers can be shown beside it."""
        progress = self.progress
        withheld = progress.status == "evaluated" and not self.end_told
        return progress.with_status("evaluating") if withheld else progress

    @property
    def has_failed(self) -> bool:
        """Whether it has ended without a result."""
        return self.progress.status == "failed"

    @property
    def failure(self) -> EvalError | None:
        """Why it failed, or what keeps the server from answering or its numbers from being read, or None.

        Of one that somebody ended nothing went wrong.
        """
        told = self.error or self.trouble
        if told is not None or self.run is None or (self.cancelled == "stopped watching" and not self.run.done()):
            return told  # of what nobody waits for any more, nothing keeps it from anything
        return None if self.cancelled == "ended" else self.run.error

    @property
    def method(self) -> Literal["cross-validation", "score", ""]:
        """The kind of evaluation; empty for one found on a server that does not say it."""
        if self.run is not None and self.created_at is None and not self.run.method:
            return ""
        return "cross-validation" if self.use_kfold else "score"

    @property
    def dataset_name(self) -> str:
        """The dataset's id, with its app (and owner) where that is another than the model's; empty where not told."""
        dataset = self.dataset
        if not dataset.id or in_same_app(dataset, self.version):
            return dataset.id
        ours = dataset.user_id in ("", "me", self.version.user_id)
        return f"{dataset.id} (app {dataset.app_id if ours else f'{dataset.user_id}/{dataset.app_id}'})"

    @property
    def dataset_version(self) -> str:
        """The version evaluated on: as the server says, else as asked for; empty while only "the latest" is known."""
        told = self.run.dataset_version_id if self.run is not None else ""
        return told or self.dataset.version_id

    @property
    def dataset_label(self) -> str:
        """The dataset's name, with its version as soon as it is known: which one "the latest" meant, too."""
        name, version = self.dataset_name, self.dataset_version
        return f"{name or 'unnamed data'}, version {short_id(version)}" if version else name or "unnamed data"

    @property
    def own_training_data(self) -> str:
        """What the version, which is scored, has seen of these inputs in training, and what to do about it.

        Once the server has compared the inputs, what it found; else what versions of datasets tell. Empty for none.
        """
        if self.evaluation is not None and self.evaluation.info.inputs_trained_on is not None:
            return trained_on_inputs(self.evaluation.info)
        dataset = replace(self.dataset, version_id=self.dataset_version)
        own = scores_own_training_data(self.version, dataset, use_kfold=self.use_kfold)
        return Code.OWN_TRAINING_DATA.page.warning if own else ""

    @property
    def ended_there(self) -> Literal["ended", ""]:
        """Whether somebody has ended it on its server, as :attr:`cancelled` says it."""
        return "ended" if self.run is not None and self.run.cancellation is Cancellation.ENDED else ""

    @property
    def has_result(self) -> bool:
        """Whether its final numbers have been read."""
        return self.evaluation is not None and self.evaluation.complete

    @property
    def is_due(self) -> bool:
        """Whether there is more to read than has been read."""
        if self.run is None or self.error is not None:
            return False
        now, seen = self.progress, self.seen
        if self.has_failed:  # but what was counted before somebody ended it can be read
            return self.cancelled == "ended" and (seen is None or seen.status != "failed")
        if now.status == "evaluated":
            return not self.has_result and (seen is None or seen.status != "evaluated")
        counted = (seen.folds_done, seen.inputs_done) if seen is not None else (0, 0)
        return self.run.is_live and (now.folds_done, now.inputs_done) != counted
