"""What importing the widget costs, beside what it cannot do without: ``python -m tests.benchmarks.import_time``.

Each statement runs in fresh interpreters, compiled files ready, by turns, so that a noisy machine disturbs all alike.
Shown are seconds of processor time of the thread that imports (NumPy's own threads spin for a while and would be
counted in else): the least and the median, and each as a multiple of ``import anywidget, numpy``. The aim for
EvalWidget is at most 1.1 times that. The widget's working parts and NumPy come with the first widget: the last row is
what a notebook has waited for when its first widget stands.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

ROUNDS = 25
BASE = "anywidget and numpy"
STATEMENTS = {
    BASE: "import anywidget, numpy",
    "EvalWidget": "from clarifai_eval_widget import EvalWidget",
    "EvalWidget and numpy": "import numpy; from clarifai_eval_widget import EvalWidget",
    "the first widget made": "import numpy; from clarifai_eval_widget import EvalWidget; "
    "from clarifai_eval_widget.widget.workbench.workbench import Workbench; "
    "import clarifai_eval_widget.widget.export.saved, clarifai_eval_widget.widget.wire.requests",
}
HEAVY = ("pandas", "grpc", "matplotlib", "sklearn", "numpy")


def seconds(statement: str, compiled: str) -> float:
    """Time a statement in a new interpreter, start-up left out."""
    code = f"import time; t = time.thread_time(); {statement}; print(time.thread_time() - t)"
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-c", code]
    return float(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)


def main() -> None:
    """Print the table."""
    took: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    with tempfile.TemporaryDirectory() as compiled:
        for statement in STATEMENTS.values():
            seconds(statement, compiled)
        for _ in range(ROUNDS):
            for name, statement in STATEMENTS.items():
                took[name].append(seconds(statement, compiled))
    for name, found in took.items():
        least, middle = min(found), statistics.median(found)
        of_least, of_middle = least / min(took[BASE]), middle / statistics.median(took[BASE])
        print(f"{name:22} {least * 1000:5.0f} ms × {of_least:.2f}   median {middle * 1000:5.0f} ms × {of_middle:.2f}")
    code = f"import sys; {STATEMENTS['EvalWidget']}; print([m for m in {HEAVY} if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    print(f"loaded by EvalWidget of {', '.join(HEAVY)}: {loaded.strip()}")


if __name__ == "__main__":
    main()
