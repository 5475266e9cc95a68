"""What inputs are that stand at addresses reaches the page beside everything else, and stays out of what is saved."""

import io
import json
import threading

import pytest
from clarifai_grpc.grpc.api import resources_pb2
from PIL import Image

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.client.addresses import parse_api_address
from clarifai_eval_widget.client.media import MediaFetcher
from clarifai_eval_widget.client.settings import Settings
from clarifai_eval_widget.evaluation.hosted import Hosted, hosted_of
from clarifai_eval_widget.widget.workbench import media
from tests.client.media_server import media_server, png
from tests.small_server import wait_until
from tests.widget.page import Page

PAT = "a-token-of-somebody"


def hosted_evaluation(at, rows=6, kind="image"):
    """An evaluation as the platform sends it: of each input where it is, not what it is."""
    message = resources_pb2.EvalMetrics()
    message.status.code = 21300
    for row in range(rows):
        entry = message.test_set.add()
        entry.input.id = f"input-{row}"
        medium = getattr(entry.input.data, kind)
        medium.hosted.prefix, medium.hosted.suffix = at, f"users/me/{row}"
        medium.hosted.sizes.extend(["orig", "small", "large"])
        for concept, value in (("cat", 0.3 + 0.1 * (row % 6)), ("dog", 0.5)):
            entry.predicted_concepts.add(id=concept, value=value)
        entry.ground_truth_concepts.add(id="cat" if row % 2 else "dog", value=1)
    return Evaluation.from_proto(message)


def connect(widget, host):
    settings = Settings(PAT, "me", "", parse_api_address(host.at), {})
    fetcher = MediaFetcher(settings, timeouts=(5, 10))
    widget._workbench.media.fetcher = lambda: fetcher.fetch
    return fetcher


@pytest.fixture
def host():
    with media_server({f"/small/users/me/{row}": png((row, 0, 0)) for row in range(6)}) as running:
        yield running


@pytest.fixture
def shown(host):
    widget = EvalWidget(evaluation=hosted_evaluation(host.at))
    connect(widget, host)
    yield Page(widget)
    widget.close()


def ask(page, row, *, key=None, large=False, run=None, **changes):
    """Ask for an input; the reply comes later, as ``page.replies[key]``."""
    key = key or f"{row} {large}"
    wanted = {"run": run or page.widget.viewing, "row": row, "input": f"input-{row}", "large": large} | changes
    page.widget._handle_custom_msg({"id": key, "action": "media", **wanted}, [])
    return key


def answered(page, key):
    wait_until(lambda: key in page.replies)
    return page.replies[key].get("error"), page.buffers.get(key)


def test_the_list_says_what_has_to_be_asked_for(shown):
    params = {"concept": "cat", "outcome": "fp", "labelled": None, "threshold": 0.5, "against": None}
    head, arrays = shown.panel("inputs", {**params, "sort": "score", "page": 0, "large": None})
    assert (head["ids"], head["rows"]) == (["input-4", "input-2"], [4, 2])
    assert head["hosted"] == ["image", "image"]
    assert "images" not in arrays


def test_a_small_image_is_loaded_with_the_token_once(shown, host):
    error, (data,) = answered(shown, ask(shown, 3))
    assert error is None
    assert data == png((3, 0, 0))
    assert answered(shown, ask(shown, 3, key="again"))[1] == [data]
    assert host.asked == [("/small/users/me/3", f"Key {PAT}")]


def test_an_image_looked_at_alone_is_loaded_large_and_made_to_fit(shown, host):
    huge = io.BytesIO()
    Image.effect_noise((3000, 2000), 90).save(huge, "PNG")
    host.pages["/large/users/me/2"] = huge.getvalue()
    _, (data,) = answered(shown, ask(shown, 2, large=True))
    assert max(Image.open(io.BytesIO(data)).size) == 1600
    host.pages["/small/users/me/0"] = huge.getvalue()
    _, (small,) = answered(shown, ask(shown, 0))
    assert max(Image.open(io.BytesIO(small)).size) == 192


def test_texts_are_loaded_too_and_cut():
    with media_server({"/orig/users/me/1": "ein Wörtchen ".encode() * 1000}) as host:
        widget = EvalWidget(evaluation=hosted_evaluation(host.at, kind="text"))
        connect(widget, host)
        page = Page(widget)
        _, (data,) = answered(page, ask(page, 1))
        assert data.decode() == ("ein Wörtchen " * 1000)[:2000]
        _, (whole,) = answered(page, ask(page, 1, large=True))
        assert whole.decode() == "ein Wörtchen " * 1000
        widget.close()


def test_a_slow_host_keeps_nothing_else_of_the_page_waiting(shown, host):
    go_on = threading.Event()

    def slow(handler):
        go_on.wait(30)
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(png())

    host.pages["/small/users/me/5"] = slow
    key = ask(shown, 5)
    assert "error" not in shown.act("listen", key="meanwhile")
    assert answered(shown, ask(shown, 1))[1] == [png((1, 0, 0))]
    assert key not in shown.replies
    go_on.set()
    assert answered(shown, key)[1] == [png()]


@pytest.mark.parametrize(
    ("page_of_it", "said"), [(None, "does not have it"), (b"<html>Sign in</html>", "no image that can be read")]
)
def test_a_failure_is_told_and_another_try_is_one(shown, host, page_of_it, said):
    host.pages["/small/users/me/1"] = page_of_it
    for size in ("large", "orig"):
        host.pages.pop(f"/{size}/users/me/1", None)
    error, _ = answered(shown, ask(shown, 1))
    assert said in error["message"]
    host.pages["/small/users/me/1"] = png()
    assert answered(shown, ask(shown, 1, key="again"))[1] == [png()]


def test_the_same_asked_twice_at_once_is_loaded_once(shown, host):
    go_on = threading.Event()
    plain = host.pages["/small/users/me/4"]

    def slow(handler):
        go_on.wait(30)
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(plain)

    host.pages["/small/users/me/4"] = slow
    keys = [ask(shown, 4, key=key) for key in "ab"]
    go_on.set()
    assert [answered(shown, key)[1] for key in keys] == [[plain], [plain]]
    assert len(host.asked) == 1


def test_a_host_that_is_not_trusted_is_not_asked(host):
    with media_server({"/small/users/me/0": png()}) as elsewhere:
        widget = EvalWidget(evaluation=hosted_evaluation(elsewhere.at))
        connect(widget, host)
        page = Page(widget)
        error, _ = answered(page, ask(page, 0))
        assert "not trusted" in error["message"]
        assert elsewhere.asked == []
        widget.close()


def test_another_input_in_that_place_is_not_given(shown, host):
    for changes in ({"input": "input-9"}, {"row": 99}, {"row": -1}, {"run": "another"}):
        assert "error" in shown.act("media", key=str(changes), **wanted(shown, changes))
    assert host.asked == []


def wanted(page, changes):
    return {"run": page.widget.viewing, "row": 3, "input": "input-3", "large": False} | changes


def test_a_part_of_the_inputs_has_its_own_rows(shown):
    shown.widget.slice = {"input_id": ["input-2", "input-5"]}
    error, data = answered(shown, ask(shown, 1, key="part", input="input-5"))
    assert error is None
    assert data == [png((5, 0, 0))]


def test_without_a_connection_it_says_so():
    widget = EvalWidget(evaluation=hosted_evaluation("https://data.clarifai.com"))
    page = Page(widget)
    error, _ = answered(page, ask(page, 0))
    assert "no connection" in error["message"]
    widget.close()


def test_a_widget_on_a_server_loads_with_its_clients_token(widget):
    assert widget._workbench.media.fetcher() == widget._platform.client.media.fetch


def test_what_is_kept_is_bounded_and_gone_when_closed(monkeypatch):
    monkeypatch.setattr(media, "KEPT_BYTES", 3000)
    many = hosted_evaluation("https://data.clarifai.com", rows=20, kind="text")
    loaded = []
    kept = media.Media(lambda _: many)
    kept.fetcher = lambda: lambda addresses: loaded.append(addresses[0]) or b"x" * 1000
    for row in (0, 1, 2, 3, 1, 0):
        asked = {"action": "media", "run": "r", "row": row, "input": f"input-{row}", "large": False}
        kept.load(asked).result(10)
    assert [one.rpartition("/")[2] for one in loaded] == ["0", "1", "2", "3", "0"]
    kept.close()
    assert kept._kept == {}


def test_of_very_many_asked_for_the_oldest_give_way(monkeypatch):
    go_on = threading.Event()
    many = hosted_evaluation("https://data.clarifai.com", rows=200, kind="text")
    loads = media.Media(lambda _: many)
    loads.fetcher = lambda: lambda _: go_on.wait(30) and b"x"
    asked = {"action": "media", "run": "r", "large": False}
    made = [loads.load({**asked, "row": row, "input": f"input-{row}"}) for row in range(200)]
    go_on.set()
    assert made[-1].result(60) == [b"x"]
    given_way = [one for one in made if one.exception(60) is not None]
    assert 0 < len(given_way) < 100
    assert "Try again" in str(given_way[0].exception())


def test_where_no_thread_can_be_started_it_is_said_and_loaded_once_one_can(monkeypatch):
    many = hosted_evaluation("https://data.clarifai.com", rows=20, kind="text")
    loads = media.Media(lambda _: many)
    loads.fetcher = lambda: lambda _: b"x"
    asked = {"action": "media", "run": "r", "row": 0, "input": "input-0", "large": False}

    def refuse(_):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as refusing:
        refusing.setattr(threading.Thread, "start", refuse)
        for _ in range(10):
            with pytest.raises(RuntimeError, match="can't start"):
                loads.load(asked)
    assert loads.load(asked).result(10) == [b"x"]


def test_nothing_of_it_is_in_the_state_that_is_saved(shown):
    _, (data,) = answered(shown, ask(shown, 3))
    state = shown.widget.get_state()
    saved = b"".join(bytes(one) for one in state.values() if isinstance(one, bytes | memoryview))
    assert data[20:60] not in saved
    assert "users/me" not in json.dumps(state, default=repr)


@pytest.mark.parametrize(
    ("sizes", "small", "large"),
    [
        (["orig", "small"], ("p/small/s", "p/orig/s"), ("p/orig/s", "p/small/s")),
        ([], ("p/orig/s",), ("p/orig/s",)),
    ],
)
def test_which_addresses_stand_for_an_image(sizes, small, large):
    data = resources_pb2.Data()
    data.image.url = "https://example.org/image.png"
    data.image.hosted.prefix, data.image.hosted.suffix = "p/", "/s"
    data.image.hosted.sizes.extend(sizes)
    own = ("https://example.org/image.png",)
    assert hosted_of(data) == Hosted("image", small + own, large + own)
    data.image.base64 = b"here"
    assert hosted_of(data) is None
