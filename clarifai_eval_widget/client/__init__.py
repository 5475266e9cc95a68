"""The client: list what can be evaluated, start evaluations, read their results."""

from clarifai_eval_widget.client.cancellation import Cancellation
from clarifai_eval_widget.client.eval_client import EvalClient
from clarifai_eval_widget.client.progress import Progress
from clarifai_eval_widget.client.run import Run

__all__ = ["Cancellation", "EvalClient", "Progress", "Run"]
