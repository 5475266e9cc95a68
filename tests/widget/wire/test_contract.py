"""The page's side of the contract is the one that Python's types make."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_pages_contract_is_generated_from_todays_types():
    command = [sys.executable, "-m", "tests.widget.contract", "--check"]
    same = subprocess.run(command, cwd=ROOT, check=False, timeout=120).returncode == 0
    assert same, "js/src/wire/contract.generated.ts is out of date: run python -m tests.widget.contract"
