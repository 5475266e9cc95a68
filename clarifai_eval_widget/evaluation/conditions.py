"""Under which conditions an evaluation's numbers were made: a small typed set that travels with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.evaluation.codes import Code, Condition, codes_of
from clarifai_eval_widget.evaluation.copies import copies_of_each
from clarifai_eval_widget.own_metrics import CONTENT_KEY
from clarifai_eval_widget.terms import EVALUATED
from clarifai_eval_widget.uncertainty.formulas import ENOUGH
from clarifai_eval_widget.words import come, listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from clarifai_grpc.grpc.api import resources_pb2
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.info import EvaluationInfo

__all__ = ["condition_notes", "conditions_of", "listed_codes", "trained_on_inputs"]


def conditions_of(e: EvaluationData) -> tuple[Condition, ...]:
    """Find every condition, once, in the order of their codes; those told when the data were read, by their notes."""
    if e.conditions_found is None:
        e.conditions_found = _find(e)
    return e.conditions_found


def _find(e: EvaluationData) -> tuple[Condition, ...]:
    told = [Condition(Code(note[:6]), note[8:]) for note in e.reading_notes if note[:6] in set(Code)]
    found = [*_of_the_run(e), *_of_inputs(e), *_of_concepts(e)]
    known = {one.code for one in found}
    return tuple(sorted([*found, *(one for one in told if one.code not in known)], key=lambda one: one.code))


def condition_notes(e: EvaluationData) -> list[str]:
    """Say the conditions to be careful about that no note says yet."""
    said = {note[:6] for note in e.reading_notes}
    return [str(one) for one in conditions_of(e) if one.code.page.careful and one.code not in said]


def _of_the_run(e: EvaluationData) -> Iterator[Condition]:
    info, held = e.info, e.numbers.held
    if e.in_sample or _own_training_data(info):
        yield Condition(Code.OWN_TRAINING_DATA, _share_trained_on(info))
    if held.folds is not None:
        yield Condition(Code.OUT_OF_FOLD, f"Out-of-fold predictions of {plural(len(held.fold_rows), 'fold')}, pooled.")
    elif info.use_kfold and len(held):
        yield Condition(Code.ONE_SPLIT, _one_split(e))
    if e.numbers.fold_means:
        yield Condition(Code.FOLD_MEANS, "Rates are means over folds.")
    if not e.complete:
        yield Condition(Code.PARTIAL, "The evaluation has not ended with all its results.")
    if e.groups is not None:
        yield Condition(Code.GROUPED, f"Inputs come in {plural(len(set(e.groups.tolist())), 'group')}.")


def _one_split(e: EvaluationData) -> str:
    """Say of which split all predictions are, and how many of its inputs were sent and are here."""
    whole, rows = e, np.arange(e.num_inputs)
    while (part := whole.part_of) is not None:
        whole, rows = part[0], part[1][rows]
    folds = whole.folds  # where all were sent, this one is as large as it is there
    sent = whole.num_inputs if folds is None else int((folds == folds[rows[0]]).sum())
    here = "" if sent == e.num_inputs else f" ({e.num_inputs:,} of its {plural(sent, 'input')})"
    most = ", of which at most 1,000 inputs are sent" if folds is None else ""
    return f"All predictions here are of one split of the cross-validation{here}{most}."


def trained_on_inputs(info: EvaluationInfo) -> str:
    """Say what a scored version has seen of its inputs in training, and what to do about it; empty for nothing known.

    Nothing but what the evaluation says of itself is read, so that it costs nothing.
    """
    known = _own_training_data(info)
    return f"{_share_trained_on(info)} {Code.OWN_TRAINING_DATA.page.advice}" if known else ""


def listed_codes(info: EvaluationInfo) -> str:
    """Return the codes of what an evaluation says of itself in a listing, without its predictions.

    How many positives a concept has, or whether lists are cut, only these tell.
    """
    found = [
        (Code.OWN_TRAINING_DATA, _own_training_data(info)),
        (Code.FOLD_MEANS, bool(info.use_kfold)),
        (Code.PARTIAL, info.status_code != EVALUATED),
    ]
    return codes_of(Condition(code, "") for code, known in found if known)


_CHANCE = 0.01
"""Of inputs that a version was trained on by chance, as a short name that two datasets have: no rate moves by more."""


def _own_training_data(info: EvaluationInfo) -> bool:
    """Whether the version was trained on inputs it was scored on, as far as the message says."""
    if info.inputs_trained_on is not None:
        return info.inputs_trained_on > _CHANCE * (info.inputs_done or 0)
    if info.use_kfold or not info.training_dataset_id or info.training_dataset_id != info.dataset_id:
        return False
    pairs = (
        (info.training_dataset_app_id, info.dataset_app_id or info.app_id),
        (info.training_dataset_version_id, info.dataset_version_id),
    )
    return all(not trained or not scored or trained == scored for trained, scored in pairs)


def _share_trained_on(info: EvaluationInfo) -> str:
    """Say how many of the inputs the version was trained on, where that is told and not all."""
    seen, of = info.inputs_trained_on, info.inputs_done
    if not seen or not of or seen >= of:
        return Code.OWN_TRAINING_DATA.page.meaning
    known = "it" if seen == 1 else "these"
    return (
        f"The model was trained on {seen:,} of the {plural(of, 'input')} evaluated; it may know {known} by heart, so "
        "that figures are too good."
    )


def _of_inputs(e: EvaluationData) -> Iterator[Condition]:
    if e.unlabelled is not None:
        yield _unlabelled(e, e.unlabelled)
    contents = _contents(e)
    keys: list[Sequence[Any]] = [e.input_ids] if e.has_input_ids else []
    for code, values in ((Code.REPEATED_IDS, keys), (Code.REPEATED_CONTENT, contents)):
        repeated = len(values[0]) - len(set(values[0])) if values else 0
        if repeated:
            told = f"{come(repeated, 'id')} more than once."
            if code == Code.REPEATED_CONTENT:
                told = f"{plural(repeated, 'input')} {'repeats' if repeated == 1 else 'repeat'} the content of another."
            yield Condition(code, told)
    times = 1 if contents or not e.has_counts else copies_of_each(e.numbers.held)
    if times > 1 and (not keys or len(set(keys[0])) == len(keys[0])):
        told = f"Every row of labels and scores comes {plural(times, 'time')}, or a multiple of that: these are copies."
        yield Condition(Code.REPEATED_CONTENT, told)
    across = max((_across_folds(e, one) for one in keys + contents), default=0)
    if across:
        yield Condition(Code.REPEATED_ACROSS_FOLDS, f"{plural(across, 'input')} came in more than one fold.")
    groups = [] if e.groups is None else e.groups.tolist()
    apart = _across_folds(e, groups) if groups else 0
    if apart:
        told = (
            f"{apart:,} of {plural(len(set(groups)), 'group')} {'lies' if apart == 1 else 'lie'} in more than one fold."
        )
        yield Condition(Code.GROUPS_ACROSS_FOLDS, told)


def _unlabelled(e: EvaluationData, rows: NDArray[np.bool_]) -> Condition:
    """Say how many inputs have no known label, what they are labelled with instead, and by which rule they count."""
    others = [one for k, one in enumerate(e.concepts) if e.label_array[rows, k].any()]
    elsewhere, number = int(e.label_array[rows].any(axis=1).sum()), int(rows.sum())
    what = f"{plural(number, 'input')} of {e.num_inputs:,} {'has' if number == 1 else 'have'} no known label"
    if elsewhere:
        what += f" of a concept with scores ({elsewhere:,} labelled with {listed(others)} only)"
    if e.excluded is None or not e.excluded[rows].all():
        return Condition(Code.UNLABELLED_NEGATIVE, f"{what}: taken for negatives of every concept.")
    beside = "" if e.source == "scores" else " The platform's own figures count them as negatives."
    return Condition(Code.UNLABELLED_LEFT_OUT, f"{what}: left out of every count.{beside}")


def _contents(e: EvaluationData) -> list[Sequence[Any]]:
    """Return what tells inputs apart by content; one of which nothing was sent is told from all others."""
    if e.contents is not None:
        return [e.contents.tolist()]
    whole = e
    while whole.part_of is not None:
        whole = whole.part_of[0]
    if not whole.received or not e.num_inputs:
        return []
    read = e.data_of(range(e.num_inputs))
    return [[_content(data) or ("row", row) for row, data in enumerate(read)]]


def _content(data: resources_pb2.Data) -> Any:
    """Return an input's text, a hash of its image, where that lies, or what the server says of its embedding."""
    if data.text.raw:
        return data.text.raw
    if data.image.base64:
        return "image", hash(data.image.base64)
    if data.image.url or data.text.url:
        return "address", data.image.url or data.text.url
    told = data.metadata.fields.get(CONTENT_KEY)
    return None if told is None else ("embedding", told.number_value)


def _across_folds(e: EvaluationData, keys: Sequence[Any]) -> int:
    """Count the inputs of which copies lie in several folds."""
    if e.folds is None or len(set(keys)) == len(keys):
        return 0
    first: dict[Any, int] = {}
    apart = set()
    for key, fold in zip(keys, e.folds.tolist(), strict=True):
        if first.setdefault(key, fold) != fold:
            apart.add(key)
    return len(apart)


def _of_concepts(e: EvaluationData) -> Iterator[Condition]:
    if e.exact_above is not None:
        cut = tuple(one for k, one in enumerate(e.concepts) if e.exact_above[k] > 0 and not e.undefined_reason(one))
        if cut:
            worst, best = np.array([e.numbers.roc_auc_bounds(one) for one in cut]).T
            wide = int(np.argmax(best - worst))
            yield Condition(
                Code.TRUNCATED,
                f"Scores not sent count as 0 for {listed(cut)}: of {cut[wide]!r} the ROC AUC could be anything from "
                f"{worst[wide]:.4f} to {best[wide]:.4f}. Counts are exact at thresholds above "
                f"{e.numbers.threshold_words(e.exact_above.max())}.",
                cut,
            )
    few = tuple(one for one in e.concepts if _too_few(e, one))
    if few:
        yield Condition(Code.TOO_FEW, f"Fewer than {ENOUGH} positives or negatives: {listed(few)}.", few)


def _too_few(e: EvaluationData, concept: str) -> bool:
    sizes = None if e.numbers.fold_means else e.numbers.class_sizes(concept)
    return sizes is not None and not e.undefined_reason(concept) and min(sizes) < ENOUGH
