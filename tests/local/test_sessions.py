"""The server is one a process: where a host gives every visit a session, it belongs to none of them."""

import subprocess
import sys

# Solara runs a program once before the first visit, in a session that it closes then. While one is closed it has no
# kernel any more, and is still that of its threads.
CLOSING = """
import threading
import solara.server.app
from solara.server import kernel_context
from clarifai_eval_widget import LocalServer

before = set(threading.enumerate())
session = kernel_context.create_dummy_context()
with session:
    server = LocalServer(rest_port=0)
    client = server.client()
session.kernel = None
print([app.id for app in client.apps()])
server.add_dataset("zoo", "animals", ["a", "b"] * 20, ["cat", "dog"] * 20, embeddings=[[0.0], [1.0]] * 20)
server.train("zoo", "keeper", dataset_id="animals")
(version,) = client.model_versions("keeper")
print(client.start_evaluation(version).result(timeout=60).num_inputs)
own = [one for one in set(threading.enumerate()) - before if one.name.startswith(("clarifai-eval", "Thread"))]
print([one.name for one in own if getattr(one, "current_context", None) is not None], len(own) > 3)
server.stop()
print("the last line")
"""


def test_it_goes_on_answering_when_the_session_it_was_made_in_is_closed():
    command = [sys.executable, "-c", CLOSING]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.splitlines() == ["[]", "40", "[] True", "the last line"], done.stderr
