"""What an evaluation is of: its owner, the model version, the dataset, the method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from clarifai_eval_widget.client.resources import inputs_of, key_of

if TYPE_CHECKING:
    from clarifai_grpc.grpc.api import resources_pb2

    from clarifai_eval_widget.client.resources import Model

__all__ = ["Subject"]

_UNTOLD_USERS = {"", "me"}


class Subject:
    """What is known of an evaluation's subject; more of it as the server tells more.

    Parameters
    ----------
    eval_metrics
        The evaluation as listed or started.
    """

    def __init__(self, eval_metrics: resources_pb2.EvalMetrics) -> None:
        model = eval_metrics.model
        self.id: str = eval_metrics.id
        # Where a reply does not say who owns an evaluation, it is the model's app: that is where they are started.
        self.app_id: str = eval_metrics.app_id or model.app_id
        self.user_id: str = eval_metrics.user_id or model.user_id
        self.model_id: str = model.id
        self.model_user_id: str = model.user_id or self.user_id
        self.model_app_id: str = model.app_id or self.app_id
        self.model_version_id: str = model.model_version.id
        self.dataset_id, self.dataset_app_id, self.dataset_user_id, self.dataset_version_id = "", "", "", ""
        self.dataset_inputs: int | None = None
        """How many inputs the dataset has, where the server says so."""
        self.use_kfold: bool | None = None
        self.learn(eval_metrics)

    @property
    def version_key(self) -> str:
        """``user/app/model/version``: the key of the model version evaluated."""
        return key_of(self.model_user_id, self.model_app_id, self.model_id, self.model_version_id)

    @property
    def dataset_key(self) -> str:
        """``user/app/dataset``: the key of the dataset; ``dataset_version_id`` says which version, once it is told."""
        return key_of(self.dataset_user_id, self.dataset_app_id, self.dataset_id)

    @property
    def method(self) -> Literal["cross-validation", "score", ""]:
        """``cross-validation``, ``score``, or empty where the server does not say."""
        if self.use_kfold is None:
            return ""
        return "cross-validation" if self.use_kfold else "score"

    def model_proto(self) -> resources_pb2.Model:
        """Write the model and its version as requests name them."""
        from clarifai_grpc.grpc.api import resources_pb2

        model = resources_pb2.Model(id=self.model_id, app_id=self.model_app_id, user_id=self.model_user_id)
        model.model_version.id = self.model_version_id
        return model

    def is_of(self, model: Model) -> bool:
        """Whether it evaluates a version of this very model, not of one that only has the same name."""
        told = (self.model_app_id, self.model_id) == (model.app_id, model.id)
        users = {self.model_user_id, model.user_id}
        return told and (len(users) == 1 or bool(users & _UNTOLD_USERS))

    def learn(self, eval_metrics: resources_pb2.EvalMetrics) -> None:
        """Note what is evaluated and how; a summary may leave out what an earlier reply said."""
        told, truth = eval_metrics.eval_info.params.fields, eval_metrics.ground_truth_dataset
        dataset_id = truth.id or (told["dataset_id"].string_value if "dataset_id" in told else "")
        version_id = truth.version.id or (
            told["dataset_version_id"].string_value if "dataset_version_id" in told else ""
        )
        if dataset_id:
            self.dataset_id = dataset_id
            self.dataset_app_id = truth.app_id or self.app_id
            self.dataset_user_id = truth.user_id or self.user_id
        self.dataset_version_id = version_id or self.dataset_version_id
        self.dataset_inputs = inputs_of(truth.version) or self.dataset_inputs
        if "use_kfold" in told:
            self.use_kfold = told["use_kfold"].bool_value
