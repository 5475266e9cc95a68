"""Names and parameters that cannot be sent are refused with a typed error, and none is echoed at length."""

import pytest

from clarifai_eval_widget.client import EvalClient
from clarifai_eval_widget.client.resources import App, Dataset, DatasetVersion, Model, ModelVersion, Owner
from clarifai_eval_widget.errors import EvalError, InvalidRequestError
from tests.small_server import small_server

HALF = "caf\ud800e"
LONG = "x" * 1_000_000


@pytest.fixture(scope="module")
def server():
    with small_server() as running:
        yield running


LOOKS_ONLY = 5  # finds nothing, which is no error


def nested(kind, depth):
    value = 1
    for _ in range(depth):
        value = {"a": value} if kind is dict else [value]
    return value


def circle():
    value = {}
    value["a"] = value
    return value


def named(name):
    """Every way to name something with a text, as functions of a client."""
    return [
        lambda client: client.models(name),
        lambda client: client.models(App(name, "local")),
        lambda client: client.models(App("shop", name)),
        lambda client: client.model_versions(name),
        lambda client: client.model_versions(Model(name, "shop", "local")),
        lambda client: client.versions_by_id(name),
        lambda client: client.datasets(name),
        lambda client: client.dataset_versions(name),
        lambda client: client.dataset_versions(Dataset(name, "shop", "local")),
        lambda client: client.evaluation(name, "shop"),
        lambda client: client.evaluation("e", name),
        lambda client: client.evaluations(name),
        lambda client: client.start_evaluation(name),
        lambda client: client.start_evaluation(ModelVersion(name, "sentiment", "shop", "local", status_code=21100)),
        lambda client: client.start_evaluation("second", name),
        lambda client: client.start_evaluation("second", "reviews", name),
        lambda client: client.start_evaluation("second", "reviews", DatasetVersion(name, "reviews", "shop", "local")),
        lambda client: client.start_evaluation("second", params={name: 1}),
        lambda client: client.start_evaluation("second", params={"use_kfold": name}),
        lambda client: EvalClient(pat="x", user_id=name, base_url=client.settings.address.netloc).apps(),
        lambda client: EvalClient(pat="x", app_id=name, base_url=client.settings.address.netloc).models(),
        lambda client: EvalClient(pat="x", base_url=f"https://{name}.com"),
    ]


@pytest.mark.parametrize("way", range(len(named(""))))
def test_a_name_with_half_a_surrogate_pair_is_refused_before_it_is_sent(client, way):
    with pytest.raises(InvalidRequestError) as info:
        named(HALF)[way](client)
    assert "surrogate" in str(info.value)
    str(info.value).encode()


@pytest.mark.parametrize("way", [way for way in range(len(named("")) - 1) if way != LOOKS_ONLY])
def test_a_name_of_a_megabyte_is_not_echoed(client, way):
    with pytest.raises(EvalError) as info:
        named(LONG)[way](client)
    error = info.value
    assert max(len(str(error)), len(error.details), len(error.description), len(repr(error))) < 5000


@pytest.mark.parametrize(
    "make",
    [lambda: nested(dict, 80), lambda: nested(list, 80), lambda: nested(dict, 5000), circle],
    ids=["dicts", "lists", "deep dicts", "circle"],
)
def test_parameters_that_nobody_could_read_are_refused_by_their_name(client, make):
    with pytest.raises(InvalidRequestError, match="'deep' cannot be nested so deeply"):
        client.start_evaluation("second", params={"deep": make()})


@pytest.mark.parametrize("kind", [str, bytes, int, list])
def test_ids_of_other_kinds_are_refused_with_their_value(kind):
    value = kind() if kind is str else kind([1]) if kind in (bytes, list) else kind(5)
    if kind is str:
        assert Owner(value).user_id == ""
        return
    with pytest.raises(InvalidRequestError, match="is text, not"):
        Model(value, "shop", "local")
