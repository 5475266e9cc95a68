"""The widget: traits that mirror what is on screen, and the Python side of every button."""

from __future__ import annotations

import contextlib
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from clarifai_eval_widget.errors import DeadlineError, EvalError, InvalidRequestError, not_found
from clarifai_eval_widget.evaluation.stops import threshold_stops
from clarifai_eval_widget.widget.arguments import ARGUMENTS, check_arguments, checked_params, refuse_unknown
from clarifai_eval_widget.widget.wire.actions import answer
from clarifai_eval_widget.widget.wire.protocol import encode_curves, exact_stop, scores_caption

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import matplotlib.figure

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.run import Run
    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.platform.workflow import Controller

__all__ = ["EvalWidget"]

_log = logging.getLogger("clarifai_eval_widget")
_STATIC = Path(__file__).parents[1] / "static"
_LOAD_SECONDS = 120.0
GIVEN = "given"


def _synced(trait: Any) -> Any:
    return trait.tag(sync=True)


class EvalWidget(anywidget.AnyWidget):
    """Evaluate classifiers in a notebook cell.

    Shows where it is connected, pickers for app and model, the model's versions, and the curves of an evaluation,
    which grow while it runs. Everything on screen can be read and set from Python.

    Parameters
    ----------
    client
        Where to ask. By default credentials are looked for; where there are none, the embedded local server with its
        sample apps is started (``pip install "clarifai-eval-widget[local]"``).
    evaluation
        Show this evaluation, for instance of :meth:`Evaluation.from_scores`, with no server at all.
    model, model_version, dataset, dataset_version
        What to select at first: each an id, a web address, or an object from the client.
    threshold
        Where the threshold slider starts, in [0, 1].
    concept
        The concept shown first; None is the macro average.

    Notes
    -----
    Traits change on a background thread while an evaluation runs, even when a cell is busy; observers run on that
    thread. ``run.add_done_callback`` comes on the kernel's own loop instead.
    """

    _esm = _STATIC / "widget.js"
    _css = _STATIC / "widget.css"
    _controller: Controller | None = None

    connection = _synced(traitlets.Dict(help="Where the widget is connected: kind, label, user, help."))
    apps = _synced(traitlets.List(help="The apps to pick from."))
    app = _synced(traitlets.Unicode(help="Id of the app picked."))
    models = _synced(traitlets.List(help="The models to pick from."))
    model = _synced(traitlets.Unicode(help="Id of the model picked."))
    versions = _synced(traitlets.List(help="The rows of the versions table, newest first."))
    model_version = _synced(traitlets.Unicode(help="Id of the version that evaluate() evaluates."))
    datasets = _synced(traitlets.List(help="The datasets to pick from, of all apps."))
    choices = _synced(traitlets.Dict(help="By version id: the dataset and kind of evaluation chosen in its row."))
    run_states = _synced(traitlets.List(help="The runs as the rows show them, newest first."))
    viewing = _synced(traitlets.Unicode(help="Key of the run on screen, or empty."))
    loading = _synced(traitlets.List(help="What is being loaded."))
    problem = _synced(
        traitlets.Dict(default_value=None, allow_none=True, help="What keeps the widget from working, or None.")
    )
    curves = _synced(traitlets.Bytes(help="The numbers on screen; layout in protocol.py."))
    exact_stop = _synced(
        traitlets.Dict(default_value=None, allow_none=True, help="Counts at a threshold that is no slider stop.")
    )
    workbench_only = _synced(traitlets.Bool(help="Whether only results are shown, without a server."))

    threshold = _synced(traitlets.CFloat(0.5, help="The threshold of both plots, in [0, 1]; two-way."))
    concept = _synced(traitlets.Unicode(None, allow_none=True, help="The concept shown; None: macro average."))
    status = _synced(
        traitlets.Enum(
            ["idle", "queued", "evaluating", "evaluated", "failed", "reconnecting"],
            "idle",
            help="Status of the run on screen.",
        )
    )
    progress = _synced(traitlets.Float(0.0, help="The part done of the run on screen, 0 to 1."))
    evaluation = traitlets.Any(None, allow_none=True, help="The Evaluation on screen, or None.")

    def __init__(
        self,
        client: EvalClient | None = None,
        *,
        evaluation: Evaluation | None = None,
        model: Any = None,
        model_version: Any = None,
        dataset: Any = None,
        dataset_version: Any = None,
        threshold: float = 0.5,
        concept: str | None = None,
        **unknown: Any,
    ) -> None:
        refuse_unknown(unknown)
        check_arguments(client, evaluation, [model, model_version, dataset, dataset_version])
        self._inside = threading.local()
        self._guard = threading.RLock()
        self._loaded = threading.Event()
        self._load_error: EvalError | None = None
        self._handled: set[str] = set()
        self._stops: frozenset[float] = frozenset()
        self._revision = 0
        self._owns_client = client is None
        super().__init__(threshold=threshold, concept=concept)
        self.on_msg(self._on_message)
        self.observe(self._on_threshold, "threshold")
        self.observe(self._on_pick, ["app", "model"])
        self.observe(self._on_evaluation, "evaluation")
        if evaluation is not None:
            self._show_given(evaluation, concept)
        else:
            self._connect(client, model, model_version, dataset, dataset_version)

    @classmethod
    def local(cls, **options: Any) -> EvalWidget:
        """A widget on the embedded server and its sample apps; one server a process, so results are found again.

        Parameters
        ----------
        **options
            As for :class:`EvalWidget`, without ``client``.

        Raises
        ------
        MissingExtraError
            When the packages of the extra ``local`` are not installed.
        """
        refuse_unknown({name: value for name, value in options.items() if name not in ARGUMENTS[1:]})
        widget = cls(_sample_client(), **options)
        widget._owns_client = True
        return widget

    def __repr__(self) -> str:
        if self.workbench_only:
            return f"EvalWidget({self.evaluation!r})"
        return f"EvalWidget({self.connection.get('label', '')!r})"

    @property
    def runs(self) -> list[Run]:
        """The runs of this widget and those found on the server, newest first."""
        if self._controller is None:
            return []
        return [entry.run for entry in self._controller.runner.entries if entry.run is not None]

    @property
    def dataset(self) -> str:
        """The dataset chosen in the row of ``model_version``, by its key; set it by id, address or object."""
        current = self._controller.current if self._controller is not None else ""
        return str(self.choices.get(current, {}).get("dataset", ""))

    @dataset.setter
    def dataset(self, dataset: Any) -> None:
        self._ready().choose_dataset(dataset)

    @property
    def dataset_version(self) -> str:
        """The version of that dataset which is evaluated; empty: the latest. Set it by id or object."""
        return self._ready().catalogue.dataset(self.dataset).version_id

    @dataset_version.setter
    def dataset_version(self, dataset_version: Any) -> None:
        self._ready().choose_dataset(self.dataset, dataset_version)

    def evaluate(self, params: Mapping[str, Any] | None = None) -> Run:
        """Do what the row's Calculate does, for ``model_version`` and its chosen dataset.

        Parameters
        ----------
        params
            ``use_kfold`` and others override what is chosen in the row.

        Returns
        -------
        Run
            ``run.result()`` waits for it, ``await run`` too.

        Raises
        ------
        EvalError
            When there is nothing to evaluate or the server refuses.
        """
        controller = self._ready()
        version, dataset, use_kfold = controller.choice()
        return controller.evaluate(version, dataset, {"use_kfold": use_kfold, **checked_params(params)})

    def figure(self) -> matplotlib.figure.Figure:
        """What is on screen, as a Matplotlib figure: ROC and threshold sweep at the threshold.

        Raises
        ------
        EvalError
            When no evaluation is on screen.
        """
        if self.evaluation is None:
            raise EvalError("There is no evaluation on screen: press Calculate or View results, or call evaluate().")
        from matplotlib.figure import Figure

        figure = Figure(figsize=(11, 5), layout="constrained")
        left, right = figure.subplots(1, 2, subplot_kw={"box_aspect": 1})
        self.evaluation.plot_roc(concept=self.concept, threshold=self.threshold, ax=left)
        self.evaluation.plot_threshold_sweep(concept=self.concept, threshold=self.threshold, ax=right)
        return figure

    def close(self) -> None:
        """End the widget's threads and take it off the page."""
        if self._controller is not None:
            self._controller.close()
            if self._owns_client:
                self._controller.client.close()
        super().close()

    # -- for the controller ------------------------------------------------------------------------------------------

    def publish(self, **traits: Any) -> None:
        """Set traits together, from any thread."""
        with self._guard, self.hold_sync(), self._from_inside():
            for name, value in traits.items():
                setattr(self, name, value)

    def put_on_screen(
        self, key: str, evaluation: Evaluation | None, curves: bytes, *, revision: int, only_if_on_screen: bool
    ) -> None:
        """Show an evaluation, or with ``only_if_on_screen`` only renew the one that is shown."""
        with self._guard, self.hold_sync(), self._from_inside():
            # Two threads may have read the same run: the one that took longer must not bring back an older state.
            if only_if_on_screen and (self.viewing != key or revision < self._revision):
                return
            self.viewing = key
            self._stops = frozenset(threshold_stops(evaluation).tolist()) if curves and evaluation else frozenset()
            if evaluation is not None and self.concept is not None and self.concept not in evaluation.concepts:
                self.concept = None
            self.curves = curves
            self.evaluation = evaluation
            self._revision = revision
            self._set_exact_stop()

    def mark_loading(self) -> None:
        """Let evaluate() wait for the lists."""
        self._loaded.clear()

    def mark_loaded(self, error: EvalError | None) -> None:
        """Let evaluate() go on: the lists are there, or could not be had."""
        self._load_error = error
        self._loaded.set()

    # -- inside ------------------------------------------------------------------------------------------------------

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take trait values from the page."""
        with self._guard:
            super().set_state(sync_data)

    def _connect(self, client: EvalClient | None, *first: Any) -> None:
        # Imported here, for a widget that shows a given evaluation needs none of it.
        from clarifai_eval_widget.client import EvalClient
        from clarifai_eval_widget.client.settings import find_settings
        from clarifai_eval_widget.widget.platform.workflow import Controller

        if client is None:
            client = EvalClient() if find_settings().pat else _sample_client()
        self._controller = Controller(self, client, _sample_client if client.serves_samples else None)
        self._controller.begin(*first)

    def _show_given(self, evaluation: Evaluation, concept: str | None) -> None:
        if concept is not None and concept not in evaluation.concepts:
            raise not_found("concept", concept, evaluation.concepts)
        self.workbench_only = True
        self.connection = {"kind": "none", "label": "", "user": "", "help": ""}
        self.status, self.progress = "evaluated" if evaluation.complete else "evaluating", 1.0
        curves = encode_curves(evaluation, scores_caption(evaluation), revision=1)
        self.put_on_screen(GIVEN, evaluation, curves, revision=1, only_if_on_screen=False)

    def _ready(self) -> Controller:
        if self._controller is None:
            raise InvalidRequestError("This widget shows a given evaluation: it has no server to evaluate on.")
        if not self._loaded.wait(_LOAD_SECONDS):
            raise DeadlineError(f"The lists of models and datasets did not arrive within {_LOAD_SECONDS:g} seconds.")
        if self._load_error is not None:
            raise self._load_error
        if not self.model_version:
            raise InvalidRequestError(
                f"The app {self.app!r} has no model version to evaluate: set app or model_version."
            )
        return self._controller

    @contextlib.contextmanager
    def _from_inside(self) -> Iterator[None]:
        """Tell the traits that the package sets from those that the user sets, on this thread."""
        depth = getattr(self._inside, "depth", 0)
        self._inside.depth = depth + 1
        try:
            yield
        finally:
            self._inside.depth = depth

    @property
    def _is_inside(self) -> bool:
        return getattr(self._inside, "depth", 0) > 0

    def _on_pick(self, change: Any) -> None:
        """Another app or model was picked in Python: load it."""
        if self._is_inside or self._controller is None:
            return
        select = self._controller.select_app if change["name"] == "app" else self._controller.select_model
        select(change["new"])

    def _on_evaluation(self, change: Any) -> None:
        """An evaluation was put on screen from Python: draw it."""
        if not self._is_inside and change["new"] is not None:
            curves = encode_curves(change["new"], scores_caption(change["new"]), revision=self._revision + 1)
            self.put_on_screen(GIVEN, change["new"], curves, revision=self._revision + 1, only_if_on_screen=False)

    @traitlets.validate("app", "model", "model_version")
    def _check_pick(self, proposal: Any) -> Any:
        """Only what is listed can be picked in Python."""
        name, value = proposal["trait"].name, proposal["value"]
        if not self._is_inside and self._controller is not None:
            listed = {"app": self.apps, "model": self.models}.get(name)
            known = [row["id"] for row in listed] if listed is not None else self._controller.catalogue.shown_versions
            if value not in known:
                raise traitlets.TraitError(str(not_found(name.replace("_", " "), str(value), known)))
        return value

    @traitlets.validate("threshold")
    def _check_threshold(self, proposal: Any) -> float:
        value = float(proposal["value"])
        if not 0.0 <= value <= 1.0:
            raise traitlets.TraitError(f"A threshold lies between 0 and 1, not at {value}.")
        return value

    @traitlets.validate("concept")
    def _check_concept(self, proposal: Any) -> Any:
        value = proposal["value"]
        known = getattr(self.evaluation, "concepts", None)
        if value is not None and known and value not in known:
            raise traitlets.TraitError(str(not_found("concept", value, known)))
        return value

    def _on_threshold(self, _change: Any) -> None:
        with self._guard:
            self._set_exact_stop()

    def _set_exact_stop(self) -> None:
        """Give the page exact counts for a threshold at which the slider cannot stop."""
        evaluation = self.evaluation
        if evaluation is None or not self._stops or self.threshold in self._stops:
            self.exact_stop = None
        else:
            self.exact_stop = exact_stop(evaluation, self.threshold, run=self.viewing, revision=self._revision)

    def _on_message(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Do an action the page asks for, once, and reply by its id."""
        reply = answer(content, self._controller, self._handled)
        if reply is not None:
            self.send(reply)


def _sample_client() -> EvalClient:
    from clarifai_eval_widget.local import LocalServer

    client: EvalClient = LocalServer.shared().client()
    client.serves_samples = True
    return client
