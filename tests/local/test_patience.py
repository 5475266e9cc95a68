"""On a machine that is slow, whoever asks the local server waits: nobody is told that it has failed."""

import threading
import time

import pytest
from clarifai_grpc.grpc.api import service_pb2

from clarifai_eval_widget import EvalClient, EvalWidget
from clarifai_eval_widget.client import starting
from clarifai_eval_widget.errors import ConnectionLostError, DeadlineError
from clarifai_eval_widget.local.api.answering import Calls
from clarifai_eval_widget.local.data.content import Lazy, patient_until
from tests.local.support import Api
from tests.small_server import small_server, wait_until

DEADLINE = 0.4  # of a call; what is made takes longer


class Samples:
    """What the server makes when it is first needed: inputs and versions. It takes until the test lets it go on."""

    def __init__(self, server):
        self.go, self.begun, self.failures = threading.Event(), [], []
        dataset, model = server._records.dataset("shop", "reviews"), server._records.model("shop", "sentiment")
        version, self._model = dataset.versions[0], model
        content, trained = version.content.get(), model.trained
        version.content = Lazy(lambda: self._make("inputs", content))
        model.samples, model.trained = Lazy(lambda: self._make("versions", trained)), []

    def _make(self, what, made):
        self.begun.append(what)
        assert self.go.wait(60)
        if self.failures:
            raise RuntimeError(self.failures.pop())
        return made

    def ready_after(self, seconds):
        """Let it go on later than several calls may take."""
        threading.Timer(seconds, self.go.set).start()


@pytest.fixture
def server():
    with small_server() as running:
        yield running


@pytest.fixture
def samples(server):
    return Samples(server)


@pytest.fixture(params=["its own client", "a client that knows its address"])
def client(server, request):
    if request.param == "its own client":
        made = server.client(deadline=DEADLINE)
    else:
        made = EvalClient(pat=server.pat, user_id="local", base_url=server.base_url, deadline=DEADLINE)
    with made:
        yield made


def test_lists_and_a_start_wait_for_what_is_being_made_however_long_that_takes(samples, client):
    samples.ready_after(3 * DEADLINE)
    assert [(one.id, one.inputs) for one in client.datasets("shop")] == [("reviews", 300)]
    samples.go.clear()
    samples.ready_after(3 * DEADLINE)
    run = client.start_evaluation("second", "reviews")
    assert run.result(timeout=60).complete
    assert samples.begun == ["inputs", "versions"], "each is made once, however often it is asked for"
    assert len(client.evaluations()) == 1


def test_a_widget_in_a_script_evaluates_when_the_samples_are_there(samples, client):
    samples.ready_after(4 * DEADLINE)
    widget = EvalWidget(client, model="sentiment")
    try:
        assert widget.evaluate().result(timeout=60).complete
        assert widget.problem is None
    finally:
        widget.close()


def test_what_could_not_be_made_is_heard_of_and_made_anew(samples, client):
    samples.failures = ["no memory left"]
    samples.ready_after(3 * DEADLINE)
    assert len(client.model_versions("sentiment")) == 2
    assert samples.begun == ["versions"] * 2


def test_a_client_that_is_closed_waits_no_longer(samples, client):
    threading.Timer(2 * DEADLINE, client.close).start()
    with pytest.raises(ConnectionLostError):
        client.datasets("shop")
    samples.go.set()


def test_a_client_of_another_make_is_answered_when_all_is_made(server, samples):
    samples.ready_after(2 * DEADLINE)
    api = Api(server)
    assert [one.id for one in api.call("ListModelVersions", app="shop", model_id="sentiment").model_versions]
    api.channel.close()


@pytest.fixture
def late(monkeypatch):
    """Names calls whose next answers come later than anybody waits for one."""
    answer, names = Calls.answer, []

    def slow(self, name, context, request, fill):
        if name in names:
            names.remove(name)
            threading.Event().wait(2 * DEADLINE)
        return answer(self, name, context, request, fill)

    monkeypatch.setattr(Calls, "answer", slow)
    return names


def test_a_server_of_this_process_that_answers_late_is_asked_again(server, late):
    with server.client(deadline=DEADLINE) as client:
        late[:] = ["ListApps"] * 3
        assert [app.id for app in client.apps()] == ["shop", "market"]
        late[:] = ["GetApp"] * 3
        with pytest.raises(DeadlineError):
            client.app("shop", deadline=DEADLINE)
        late[:] = ["ListApps"] * 50
        with pytest.raises(DeadlineError):
            client.apps()


def test_one_of_another_process_may_have_ended_and_is_not(server, late):
    late[:] = ["ListApps"]
    with (
        EvalClient(pat=server.pat, user_id="local", base_url=server.base_url, deadline=DEADLINE) as client,
        pytest.raises(DeadlineError),
    ):
        client.apps()


def test_who_waits_for_long_hears_of_it(samples, client, caplog):
    samples.ready_after(4 * DEADLINE)
    assert len(client.datasets("shop")) == 1
    assert [one.message for one in caplog.records if "Still waiting" in one.message and "embedded" in one.message]


def test_labels_are_not_sent_again_where_the_answer_is_late(server, late):
    asked = service_pb2.PostAnnotationsRequest()
    late[:] = ["PostAnnotations"] * 3
    with server.client(deadline=DEADLINE) as client:
        client.apps()
        with pytest.raises(DeadlineError):
            client._connection.call(lambda service: service.PostAnnotations, asked, doing="write")
    assert len(late) == 2


def test_a_thread_that_cannot_be_started_is_started_later(monkeypatch):
    def refuse(self):
        monkeypatch.undo()
        raise RuntimeError("can't start new thread")

    lazy = Lazy(lambda: "made")
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with patient_until(time.monotonic() + 60):
        with pytest.raises(RuntimeError, match="new thread"):
            lazy.get()
        assert lazy.get() == "made"


def test_a_start_that_a_server_of_this_process_takes_on_late_happens_once(server, late, monkeypatch, caplog):
    monkeypatch.setattr(starting, "_START_SECONDS", DEADLINE / 4)
    monkeypatch.setattr(starting, "_SILENCE_SECONDS", DEADLINE / 2)
    late[:] = ["PostEvaluations", "PostEvaluations"]
    with server.client() as client:
        run = client.start_evaluation("second", "reviews")
        assert run.result(timeout=60).complete
        assert [run.id in one.message for one in caplog.records if "has not taken on" in one.message] == [True]
        wait_until(lambda: not late)
        assert [one.id for one in client.evaluations()] == [run.id]
