"""A script that makes a server ends when its last line has run."""

import subprocess
import sys

ASKING = """
import threading, time
from clarifai_eval_widget import LocalServer

server = LocalServer()
answered = threading.Semaphore(0)

def ask():
    client = server.client()
    while True:
        try:
            client.apps()
        except Exception:
            time.sleep(0.05)
        else:
            answered.release()

for _ in range(6):
    threading.Thread(target=ask, daemon=True).start()
for _ in range(60):
    answered.acquire()
print("the last line")
"""


def test_a_script_ends_although_its_threads_go_on_asking():
    done = subprocess.run([sys.executable, "-c", ASKING], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "the last line\n"), done.stderr
    assert "after shutdown" not in done.stderr
    assert "interpreter shutdown" not in done.stderr
