"""Apps, models and datasets of other users and organisations, beside one's own of the same ids."""

import pytest
import traitlets

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.errors import EvalError, InvalidRequestError, NotFoundError
from tests.client.stand_in import StandIn, WithDatasetVersions
from tests.small_server import wait_until
from tests.widget.page import Page

ORG = "https://clarifai.com/some-org/app"


@pytest.fixture
def opened():
    with StandIn(questions=0) as server, server.client() as client:
        server.only_of = {"some-org": ["theirs", "data"]}
        server.unknown_owners = {"nobody"}
        widget = EvalWidget(client)
        wait_until(lambda: widget.versions and not widget.loading)
        yield widget, Page(widget), server
        widget.close()


def select(widget, page, app, key="a"):
    reply = page.act("select_app", key=key, app=app)
    wait_until(lambda: not widget.loading)
    return reply


def owners(server, method):
    return {asked.user_app_id.user_id for name, asked in server.requests if name == method}


@pytest.mark.parametrize(
    "typed",
    [
        "some-org/app",
        " some-org/app ",
        ORG,
        f"{ORG}/",
        "clarifai.com/some-org/app/models/model",
        f"{ORG}/datasets/theirs/versions/d2?tab=1",
    ],
)
def test_an_app_of_another_owner_is_opened_by_what_is_typed_or_pasted_and_named_with_its_owner(opened, typed):
    widget, page, server = opened
    server.requests.clear()
    assert select(widget, page, typed)["ok"]
    wait_until(lambda: widget.versions and not widget.loading)
    assert widget.app == "some-org/app"
    assert [(row["id"], row["owner"]) for row in widget.apps] == [("app", ""), ("some-org/app", "some-org")]
    assert widget.versions[0]["key"] == "some-org/app/model/v1"
    for method in ("GetApp", "ListModels", "ListModelVersions", "ListDatasets", "ListEvaluations"):
        assert owners(server, method) == {"some-org"}
    by_key = {row["key"]: (row["app"], row["own_app"]) for row in widget.datasets}
    assert by_key["some-org/app/theirs"] == ("some-org/app", True)
    assert by_key["ann/app/data"] == ("app", False), "one's own app of that id is another"
    chosen = "theirs" if "/datasets/" in typed else "data"
    assert widget.choices["some-org/app/model/v1"]["dataset_key"] == f"some-org/app/{chosen}"


def test_an_app_may_be_named_at_first_with_a_model_or_version_of_it_by_who_is_only_me():
    def owned(reply):  # as the platform tells it, whatever the owner was called in the question
        for one in reply.models:
            one.user_id = "ann"

    with StandIn(questions=0) as server:
        server.after["ListModels"] = [owned] * 20
        server.models = [("model", ["v1", "v2"])]
        for first in ({"model": "model"}, {"model_version": "v1"}, {"model": "model", "model_version": "v1"}):
            with server.client(user_id="me") as client:
                widget = EvalWidget(client, app="app", **first)
                wait_until(lambda widget=widget: (widget.versions or widget.problem) and not widget.loading)
                assert (widget.problem, widget.app, widget.model_version) == (None, "app", "v1")
                widget.close()


DATASET = f"{ORG}/datasets/theirs"


@pytest.mark.parametrize("given_for", ["page", "app"])
@pytest.mark.parametrize(("end", "version"), [("", ""), ("/versions/d1?tab=1", "d1")])
def test_the_address_of_a_dataset_has_it_chosen_in_the_version_that_it_names(opened, given_for, end, version):
    widget, page, server = opened
    server.models = [("model", ["v1", "v2"])]
    if given_for == "page":
        assert select(widget, page, DATASET + end)["ok"]
    else:
        widget.app = DATASET + end
    wait_until(lambda: widget.versions and not widget.loading)
    assert (widget.app, widget.problem) == ("some-org/app", None)
    for key in ("v1", "v2"):
        choice = widget.choices[f"some-org/app/model/{key}"]
        assert (choice["dataset_key"], choice["dataset_version"]) == ("some-org/app/theirs", version)


def test_a_dataset_or_a_version_of_it_that_is_not_there_is_told_and_its_app_is_shown():
    with WithDatasetVersions(questions=0) as server, server.client() as client:
        widget = EvalWidget(client)
        page = Page(widget)
        wait_until(lambda: widget.versions and not widget.loading)
        own = "https://clarifai.com/ann/app/datasets"
        before = dict(widget.choices)
        for number, end in enumerate(("nothing", "data/versions/nothing")):
            server.faults["GetDatasetVersion"] = [11101]
            page.act("select_app", key=str(number), app=f"{own}/{end}")
            wait_until(lambda: widget.problem and not widget.loading)
            assert "nothing" in widget.problem["message"]
            assert (widget.app, widget.choices) == ("app", before)
            page.act("select_app", key=f"again {number}", app="app")
            wait_until(lambda: not widget.problem and not widget.loading and widget.versions)
        with pytest.raises(traitlets.TraitError, match="no model"):
            widget.model = f"{own}/data"
        widget.close()


MODEL = f"{ORG}/models/second-model"


def answer_two_models(server):
    """Have an app of two models, the second with versions v1 and v2."""
    server.models = [("model", ["v1"]), ("second-model", ["v1", "v2"])]


@pytest.mark.parametrize("given_for", ["page", "app", "model", "model_version"])
@pytest.mark.parametrize(("end", "version"), [("/versions/v1/", "v1"), ("/versions/v2?tab=evaluate", "v2")])
def test_the_address_of_a_model_shows_that_model_and_its_version(opened, given_for, end, version):
    widget, page, server = opened
    answer_two_models(server)
    if given_for == "page":
        assert select(widget, page, MODEL + end)["ok"]
    else:
        setattr(widget, given_for, MODEL + end)
    wait_until(lambda: widget.versions and not widget.loading)
    assert (widget.app, widget.model, widget.model_version) == ("some-org/app", "second-model", version)


@pytest.mark.parametrize("end", ["/models/nothing", "/models/second-model/versions/nothing"])
def test_a_model_or_version_that_is_not_there_is_told_and_its_app_is_shown(opened, end):
    widget, page, server = opened
    answer_two_models(server)
    select(widget, page, ORG + end)
    wait_until(lambda: widget.problem)
    assert "'nothing'" in widget.problem["message"]
    assert widget.app == "some-org/app"
    with pytest.raises(traitlets.TraitError, match="nothing"):
        widget.model = ORG + end


def test_a_version_that_is_not_there_does_not_cost_the_dataset_named_beside_it():
    with StandIn(questions=0) as server, server.client() as client:
        server.datasets = ["data", "other"]
        widget = EvalWidget(client, model="model", model_version="nothing", dataset="other")
        told = wait_until(lambda: widget.problem)
        assert "'nothing'" in told["message"]
        assert widget.choices["ann/app/model/v1"]["dataset_key"] == "ann/app/other"
        widget.close()


def test_what_is_evaluated_there_is_kept_apart_from_ones_own_of_the_same_ids(opened):
    widget, page, server = opened
    own = widget.evaluate()
    own.result(timeout=30)
    select(widget, page, "some-org/app")
    wait_until(lambda: widget.versions and not widget.loading)
    assert (widget.viewing, widget.status) == ("", "idle"), "the run of one's own model is off the screen"
    theirs = widget.evaluate()
    theirs.result(timeout=30)
    assert theirs.version_key == "some-org/app/model/v1"
    assert theirs.dataset_key == "some-org/app/data"
    assert own.dataset_key == "ann/app/data"
    started = [asked for name, asked in server.requests if name == "PostEvaluations"]
    assert [one.user_app_id.user_id for one in started] == ["ann", "some-org"]
    by_key = {row["version_key"]: row["app"] for row in widget.run_states}
    assert by_key == {"ann/app/model/v1": "app", "some-org/app/model/v1": "some-org/app"}
    page.act("view", key="b", run=next(row["key"] for row in widget.run_states if row["app"] == "app"))
    wait_until(lambda: widget.app == "app" and not widget.loading and widget.versions)
    assert widget.versions[0]["key"] == "ann/app/model/v1"


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("nobody/app", "no app 'nobody/app' that this key may read"),
        ("some-org/app/x/y", "names no app"),
        ("https://clarifai.com/some-org", "names no app"),
        ("/", "names no app"),
    ],
)
def test_what_cannot_be_opened_is_said_plainly_and_leaves_everything_as_it_is(opened, typed, error):
    widget, page, _ = opened
    before = widget.get_state()
    assert error in select(widget, page, typed)["error"]["message"]
    assert widget.get_state() == before
    with pytest.raises(traitlets.TraitError, match=error):
        widget.app = typed
    assert widget.app == "app"


def test_a_key_that_may_not_read_the_app_still_lists_what_it_may(opened):
    widget, page, server = opened
    server.forbidden = {"GetApp"}
    assert select(widget, page, "some-org/app")["ok"]
    wait_until(lambda: widget.versions and not widget.loading)
    assert widget.app == "some-org/app"


def test_it_stays_listed_and_shown_through_a_refresh_and_is_set_in_python_by_the_same_names(opened):
    widget, page, server = opened
    widget.app = ORG
    wait_until(lambda: widget.versions and not widget.loading)
    assert widget.app == "some-org/app"
    page.act("refresh", key="r")
    wait_until(lambda: server.calls["ListApps"] == 2 and not widget.loading)
    assert (widget.app, [row["id"] for row in widget.apps]) == ("some-org/app", ["app", "some-org/app"])
    assert "some-org/app/theirs" in {row["key"] for row in widget.datasets}
    widget.app = "app"
    wait_until(lambda: widget.versions and not widget.loading)
    assert widget.versions[0]["key"] == "ann/app/model/v1"


@pytest.mark.parametrize("typed", ["some-org/app/theirs", f"{ORG}/datasets/theirs"])
def test_a_dataset_of_another_owner_is_looked_up_for_the_dialog_listed_and_evaluated_on(opened, typed):
    widget, page, server = opened
    version = widget.versions[0]["key"]
    page.act("preview", key="a", version_key=version, dataset_key=typed, dataset_version="")
    wait_until(lambda: widget.preview)
    assert (widget.preview["asked"], widget.preview["dataset_key"]) == (typed, "some-org/app/theirs")
    page.act("refresh", key="r")
    wait_until(lambda: server.calls["ListApps"] == 2 and not widget.loading)
    assert "some-org/app/theirs" in {row["key"] for row in widget.datasets}, "it stays"
    asked = {"version_key": version, "dataset_key": "some-org/app/theirs", "dataset_version": "", "use_kfold": False}
    assert page.act("calculate", key="b", **asked)["ok"]
    wait_until(lambda: widget.run_states and widget.status == "evaluated")
    row = widget.run_states[0]
    assert (row["dataset_key"], row["dataset_name"]) == ("some-org/app/theirs", "theirs (app some-org/app)")


@pytest.mark.parametrize(
    "typed", ["some-org/app/missing", f"{ORG}/datasets/missing", f"{ORG}/workflows/x", "a/b/c/d/e"]
)
def test_a_dataset_that_cannot_be_found_is_refused_in_the_dialog(opened, typed):
    widget, page, _ = opened
    before = widget.datasets
    asked = {"version_key": widget.versions[0]["key"], "dataset_key": typed, "dataset_version": ""}
    assert page.act("preview", key="a", **asked)["ok"]
    wait_until(lambda: widget.preview)
    (remark,) = widget.preview["remarks"]
    assert (widget.preview["dataset_key"], remark["kind"]) == (typed, "refusal")
    assert "missing" in remark["text"] or "not that of" in remark["text"] or "There is no dataset" in remark["text"]
    assert widget.datasets == before


def test_a_dataset_whose_app_may_not_be_listed_is_told_plainly(opened):
    widget, page, server = opened
    server.forbidden = {"ListDatasets"}
    asked = {"version_key": widget.versions[0]["key"], "dataset_key": "some-org/app/theirs", "dataset_version": ""}
    assert page.act("preview", key="a", **asked)["ok"]
    wait_until(lambda: widget.preview)
    (remark,) = widget.preview["remarks"]
    assert remark["text"].startswith("The datasets of 'some-org/app/theirs' cannot be listed by this key. Check owner")


def test_the_client_takes_apps_of_other_owners_by_the_same_names(opened):
    _, _, server = opened
    with server.client() as client:
        assert client.app("some-org/app").key == "some-org/app"
        assert {one.key for one in client.datasets(ORG)} == {"some-org/app/theirs", "some-org/app/data"}
        assert [one.user_id for one in client.models("some-org/app")] == ["some-org"]
        with pytest.raises(NotFoundError):
            client.app("nobody/app")
        with pytest.raises(InvalidRequestError, match="names no app"):
            client.models("a/b/c")


def test_a_server_that_answers_with_ones_own_app_of_that_id_is_not_believed(opened):
    widget, page, server = opened

    def mine(reply):
        reply.app.user_id = "ann"

    server.faults["GetApp"] = [mine, mine]
    assert "no app" in select(widget, page, "some-org/app")["error"]["message"]
    with server.client() as client, pytest.raises(EvalError):
        client.app("some-org/app")
