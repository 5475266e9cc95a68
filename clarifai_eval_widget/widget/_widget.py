"""The widget: a workbench and, where there is a server, a platform, on one screen."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import traitlets

from clarifai_eval_widget.errors import EvalError, InvalidRequestError
from clarifai_eval_widget.evaluation.named import concept_id
from clarifai_eval_widget.widget import bundle
from clarifai_eval_widget.widget.arguments import ARGUMENTS, check_arguments, checked_slice, refuse_unknown
from clarifai_eval_widget.widget.export.taking import TakeAway

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.run import Run
    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.evaluation.relabelling import Relabelling
    from clarifai_eval_widget.widget.platform.workflow import Platform
    from clarifai_eval_widget.widget.wire.requests import Answer, Handler, Requests

__all__ = ["EvalWidget"]


class EvalWidget(TakeAway):
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
    app, model, model_version, dataset, dataset_version
        What to select at first: each an id, a web address, or an object from the client. A model named by its id is
        looked for in the app, or without one in all apps.
    threshold
        Where the threshold slider starts, in [0, 1].
    concept
        The concept shown first; None is the macro average.

    Notes
    -----
    Traits change on a background thread while an evaluation runs, even when a cell is busy; observers run on that
    thread. ``run.add_done_callback`` comes on the kernel's own loop instead.
    """

    # Text, not paths: of a path anywidget keeps every instance for ever, to send it what changes in the file.
    _esm = bundle.ESM
    _css = bundle.CSS
    _platform: Platform | None = None
    _panel = ""
    """Name of the one panel that is shown; blocks.py has classes of one."""

    def __init__(
        self,
        client: EvalClient | None = None,
        *,
        evaluation: Evaluation | None = None,
        app: Any = None,
        model: Any = None,
        model_version: Any = None,
        dataset: Any = None,
        dataset_version: Any = None,
        threshold: float = 0.5,
        concept: str | None = None,
        **unknown: Any,
    ) -> None:
        refuse_unknown(unknown)
        check_arguments(client, evaluation, [app, model, model_version, dataset, dataset_version])
        # Loaded with the first widget: who only imports the class need not wait for them.
        from clarifai_eval_widget.widget.workbench.workbench import Workbench

        self._workbench = Workbench(self, only=self._panel)
        self._requests = self._answering()
        super().__init__(threshold=threshold, concept=concept, panel=self._panel)
        self.observe(lambda _: self._workbench.renew_exact_counts(), ["threshold", "thresholds"])
        self.observe(self._on_pick, ["app", "model"])
        self.observe(self._on_evaluation, "evaluation")
        self.observe(self._on_compared, "compared")
        self.observe(self._on_slice, "slice")
        self.observe(lambda _: self._workbench.comparison.renew_relabelled(), "relabels")
        self.on_msg(self._on_message)
        if evaluation is not None:
            self._show_given(evaluation, concept)
        else:
            self._connect(client, app, model, model_version, dataset, dataset_version)

    @classmethod
    def local(
        cls, path: str | os.PathLike[str] | None = None, *, port: int | None = None, **options: Any
    ) -> EvalWidget:
        """A widget on the embedded server and its sample apps; one server a process, so results are found again.

        Parameters
        ----------
        path
            A file that keeps everything, which another process may be serving, for instance ``clarifai-eval serve
            --path PATH --samples``: then the widget is on that server. None: in memory, in this process.
        port
            The port to serve on; by default the file's last, or a free one. A server that runs already must be on it.
        **options
            As for :class:`EvalWidget`, without ``client``.

        Raises
        ------
        MissingExtraError
            When the packages of the extra ``local`` are not installed.
        """
        refuse_unknown({name: value for name, value in options.items() if name not in ARGUMENTS[1:]})
        widget = cls(_sample_client(port) if path is None else _shared_client(path, port), **options)
        widget._server().owns_client = True
        return widget

    def __repr__(self) -> str:
        if self.workbench_only:
            return f"{type(self).__name__}({self.evaluation!r})"
        label = self.connection["label"] if self.connection else ""
        told = self.status if self.evaluation is None else repr(self.evaluation)
        return f"EvalWidget({label!r}{'' if told == 'idle' else f', {told}'})"

    @property
    def runs(self) -> list[Run]:
        """The runs of this widget and those found on the server, newest first."""
        if self._platform is None:
            return []
        return [entry.run for entry in self._platform.runs.entries if entry.run is not None]

    @property
    def dataset(self) -> str:
        """The dataset chosen in the row of ``model_version``, or empty; set it by id, key, address or object.

        As ``app/dataset``, with the owner before it where that is another than the model's.
        """
        return self._platform.picks.dataset if self._platform is not None else ""

    @dataset.setter
    def dataset(self, dataset: Any) -> None:
        self._server().picks.choose_dataset(dataset)

    @property
    def dataset_version(self) -> str:
        """The version of that dataset which is evaluated; empty: the latest. Set it by id or object."""
        return self._platform.picks.choice["dataset_version"] if self._platform is not None else ""

    @dataset_version.setter
    def dataset_version(self, dataset_version: Any) -> None:
        self._server().picks.choose_dataset_version(dataset_version)

    def evaluate(self, params: Mapping[str, Any] | None = None, **more: Any) -> Run:
        """Do what the row's Calculate does, for ``model_version`` and its chosen dataset.

        Parameters
        ----------
        params, **more
            ``use_kfold`` and others override what is chosen in the row; ``w.evaluate(use_kfold=True)`` does too.

        Returns
        -------
        Run
            ``run.result()`` waits for it, ``await run`` too.

        Raises
        ------
        EvalError
            When there is nothing to evaluate or the server refuses.
        """
        return self._server().evaluate({**(params or {}), **more})

    def compare(self, *evaluations: Any, names: Sequence[str] | None = None) -> None:
        """Put evaluations beside one another on screen: the first is what the others are measured against.

        Their differences as numbers: ``a.compare(b)`` and ``a.compare_overall(b)`` of two Evaluations.

        Parameters
        ----------
        *evaluations
            Runs, keys of runs, or Evaluations, at most six; none at all: compare nothing any more.
        names
            What to call them on screen, one each; by default model and version, or "Evaluation A", "Evaluation B", …

        Raises
        ------
        InvalidRequestError
            When there are too many, or not as many names.
        TypeError
            When one is neither a Run nor an Evaluation.
        """
        self._workbench.compare(evaluations, names)

    @property
    def relabelling(self) -> Relabelling | None:
        """The marks of ``relabels`` on what is on screen: ``.frame``, ``.after``, ``.to_proto()``; None without one.

        Marks of inputs that are not on screen are left out.
        """
        if self.evaluation is None:
            return None
        from clarifai_eval_widget.widget.workbench.relabelling import known_relabels

        return self.evaluation.relabel(known_relabels(self.evaluation, self.relabels))

    def close(self) -> None:
        """End the widget's threads, take it off the page, and let go of its data; runs that were started go on."""
        if not hasattr(self, "_workbench"):
            return  # its arguments were refused: the garbage collector closes it all the same
        super().close()  # the page first: nothing of what follows is for it
        if self._platform is not None:
            self._platform.close()
        self.unobserve_all()  # that its data are let go is no news for who observed them
        self._workbench.close()

    # -- inside ------------------------------------------------------------------------------------------------------

    def _connect(self, client: EvalClient | None, *first: Any) -> None:
        # Imported here, for a widget that shows a given evaluation needs none of it.
        from clarifai_eval_widget.client import EvalClient
        from clarifai_eval_widget.client.settings import find_settings
        from clarifai_eval_widget.widget.platform.workflow import Platform

        is_given = client is not None
        if client is None:
            client = EvalClient() if find_settings().pat else _sample_client()
        self._platform = Platform(self, self._workbench, client, _sample_client)
        self._platform.owns_client = not is_given
        self._requests = self._answering(self._platform.handlers)
        self._platform.begin(*first)

    def _answering(self, of_platform: Iterable[Handler[Any]] = ()) -> Requests:
        from clarifai_eval_widget.widget.wire.requests import Requests

        return Requests([*self._workbench.handlers, *self._takers, *of_platform])

    def _show_given(self, evaluation: Evaluation, concept: str | None) -> None:
        if concept is not None:
            self.concept = concept_id(concept, evaluation)
        self.publish(
            workbench_only=True,
            connection={"kind": "none", "label": "", "user": "", "help": ""},
        )
        self._give(evaluation)

    def _give(self, evaluation: Evaluation | None) -> None:
        """Put an evaluation on screen that no run of the widget made, or none; then say so in the status."""
        if self._platform is not None:
            self._platform.runs.give(evaluation)
            return
        self._workbench.give(evaluation)
        if evaluation is None:
            self.publish(status="idle", progress=0.0)
        else:
            self.publish(status="evaluated" if evaluation.complete else "evaluating", progress=1.0)

    def _server(self) -> Platform:
        if self._platform is None:
            raise InvalidRequestError("This widget shows a given evaluation: it has no server to evaluate on.")
        return self._platform

    def _on_pick(self, change: Any) -> None:
        """Another app or model was picked in Python: load it."""
        if self.is_inside or self._platform is None:
            return
        select = self._platform.select_app if change["name"] == "app" else self._platform.select_model
        select(change["new"])

    def _on_evaluation(self, change: Any) -> None:
        """An evaluation was put on screen from Python: draw it."""
        if not self.is_inside:
            self._give(change["new"])

    def _on_compared(self, change: Any) -> None:
        """Nothing is to be compared any more: traitlets asks no validator about None."""
        if change["new"] is None and not self.is_inside:
            self.compare()

    @traitlets.validate("compared")
    def _check_compared(self, proposal: Any) -> Any:
        """What is set in Python is compared; the trait then holds the table of it."""
        if self.is_inside:
            return proposal["value"]
        given = proposal["value"]
        if hasattr(given, "columns"):  # such a table, of this widget or another
            self.compare(*given["evaluation"], names=list(given["title"]))
        else:
            self.compare(*(given if given is not None else ()))
        return self.compared

    def _on_slice(self, change: Any) -> None:
        """All inputs are to be shown again: traitlets asks no validator about None."""
        if change["new"] is None and not self.is_inside:
            self._workbench.narrowing.choose(None)

    @traitlets.validate("slice")
    def _check_slice(self, proposal: Any) -> Any:
        """What is set in Python is shown by itself; the trait then holds it as the page would have chosen it."""
        given = proposal["value"]
        if self.is_inside or given is None:
            return given
        try:
            self._workbench.narrowing.choose(checked_slice(given))
        except EvalError as error:
            raise traitlets.TraitError(str(error)) from None
        return self.slice

    @traitlets.validate("app", "model", "model_version")
    def _check_pick(self, proposal: Any) -> Any:
        """Only what is listed can be picked in Python, and apps of other owners."""
        if not self.is_inside and self._platform is not None:
            try:
                return self._platform.picks.check(proposal["trait"].name, proposal["value"])
            except EvalError as error:
                raise traitlets.TraitError(str(error)) from None
        return proposal["value"]

    def _on_message(self, _widget: Any, content: object, _buffers: Any) -> None:
        """Do what the page asks for, once, and reply by its id."""
        answer = self._requests.answer(content)
        if isinstance(answer, Future):
            answer.add_done_callback(lambda made: self._reply(made.result()))
        elif answer is not None:
            self._reply(answer)

    def _reply(self, answer: Answer) -> None:
        self.send(answer.reply, answer.buffers)


def _sample_client(port: int | None = None) -> EvalClient:
    from clarifai_eval_widget.local import LocalServer

    client: EvalClient = LocalServer.shared(port=port).client()
    client.serves_samples = True
    return client


def _shared_client(path: str | os.PathLike[str], port: int | None) -> EvalClient:
    from clarifai_eval_widget.local import LocalServer

    client: EvalClient = LocalServer.shared_client(path, port=port)
    return client
