"""What importing the widget costs, beside what it cannot do without: ``python -m tests.benchmarks.import_time``.

Each import runs in a fresh interpreter; the two take turns, and the best of each counts, so that a noisy machine
disturbs both alike. The aim is at most 1.3 times ``import anywidget, numpy``.
"""

from __future__ import annotations

import subprocess
import sys

ROUNDS = 15
STATEMENTS = {
    "anywidget and numpy": "import anywidget, numpy",
    "EvalWidget": "from clarifai_eval_widget import EvalWidget",
}
HEAVY = ("pandas", "grpc", "matplotlib", "sklearn")


def seconds(statement: str) -> float:
    """Time a statement in a new interpreter, start-up left out."""
    code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(result.stdout)


def main() -> None:
    """Print the table."""
    best = dict.fromkeys(STATEMENTS, float("inf"))
    for _ in range(ROUNDS):
        for name, statement in STATEMENTS.items():
            best[name] = min(best[name], seconds(statement))
    for name, took in best.items():
        print(f"{name:22} {took * 1000:6.0f} ms  × {took / best['anywidget and numpy']:.2f}")
    code = f"import sys; {STATEMENTS['EvalWidget']}; print([m for m in {HEAVY} if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    print(f"loaded of {', '.join(HEAVY)}: {loaded.strip()}")


if __name__ == "__main__":
    main()
