"""How often each concept is in a dataset."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clarifai_grpc.grpc.api import resources_pb2

__all__ = ["LabelCounts"]


@dataclass
class LabelCounts:
    """The labels of inputs that were gone through."""

    counts: Counter[str] = field(default_factory=Counter)
    """By concept id: how many inputs have it."""
    names: dict[str, str] = field(default_factory=dict)
    """By concept id: what it is called."""
    inputs: int = 0
    """How many inputs were gone through; of a version that the server has counted, how many labels it told."""
    is_whole: bool = True
    """Whether those were all."""
    version_id: str = ""
    """The version of the dataset that they are of; empty: of the dataset as it is now."""

    def add(self, message: resources_pb2.Input) -> None:
        """Count an input's labels; a concept of value 0 is one that it is labelled not to have."""
        self.inputs += 1
        for concept in message.data.concepts:
            if concept.value:
                self.counts[concept.id] += 1
                self.names[concept.id] = concept.name or concept.id

    def add_group(self, message: resources_pb2.DatasetVersionMetricsGroup) -> None:
        """Take over how many inputs of a version have a concept, as the server has counted them."""
        concept, metrics = message.value.string_value, message.metrics
        told = "positive_input_tags_count" if metrics.HasField("positive_input_tags_count") else "inputs_count"
        if num_pos := getattr(metrics, told).value:
            self.counts[concept] += num_pos
            self.names[concept] = concept
            self.inputs += num_pos
