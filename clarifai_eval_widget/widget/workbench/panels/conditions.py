"""Under which conditions the numbers were made: each by its code, with what it means and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.widget.wire.heads import ConditionTold  # noqa: TC001 - types of heads are read while it runs
from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.panel import Panel
from clarifai_eval_widget.widget.workbench.taking import Call, Taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.evaluation.codes import Condition
    from clarifai_eval_widget.widget.workbench.panel import Baking, Nothing

__all__ = ["PANEL"]

_NAMED = 200  # concepts of one condition: more are told by their number


class ConditionsHead(TypedDict):
    """All of them, in the order of their codes."""

    conditions: list[ConditionTold]


def _encode(evaluation: Evaluation, _params: Mapping[str, Any]) -> Section:
    head: ConditionsHead = {"conditions": [_told(one) for one in conditions_of(evaluation)]}
    return Section(head, {})


def _told(one: Condition) -> ConditionTold:
    page = one.code.page
    return {
        "code": str(one.code),
        "title": page.title,
        "careful": page.careful,
        "detail": one.detail if one.detail != page.meaning else "",
        "meaning": page.meaning,
        "advice": page.advice,
        "concepts": list(one.concepts or ())[:_NAMED],
    }


def _bake(_evaluation: Evaluation, _baking: Baking) -> list[Nothing]:
    return [{}]


PANEL = Panel(
    "conditions",
    travels=False,
    encode=_encode,
    bake=_bake,
    taken=Taken(lambda _look: Call("condition_table")),
    head=ConditionsHead,
)
