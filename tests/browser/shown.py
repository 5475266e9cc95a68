"""Take pictures of what is no page of the widget: ``python -m tests.browser.shown FOLDER``.

The site's front page as it is built now, light and dark, and ``clarifai-eval evaluate`` in a terminal, on its way and at its
end. They are to be looked at, and belong to no page of the docs.
"""

from __future__ import annotations

import html
import os
import pty
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.browser.lab import BROWSER_FLAGS, find_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
TYPED = "clarifai-eval evaluate --local --model digit-classifier --dataset mnist-digits"
PAINTED = (
    "<body style='margin: 0; background: #111'><pre style='margin: 16px; color: #ddd; font: 14px monospace'>{}</pre>"
)


def front_page(browser: Browser, folder: Path) -> None:
    """Build the site and open it."""
    with tempfile.TemporaryDirectory() as site:
        command = [
            sys.executable,
            "-m",
            "sphinx",
            "-W",
            "-q",
            "-d",
            f"{site}/cache",
            str(ROOT / "docs"),
            f"{site}/site",
        ]
        subprocess.run(command, check=True, cwd=ROOT)
        for theme in ("light", "dark"):
            page = browser.new_page(viewport={"width": 1300, "height": 900}, color_scheme=theme)
            page.goto((Path(site) / "site" / "index.html").as_uri())
            page.screenshot(path=folder / f"front-page-{theme}.png")
            page.close()


def in_a_terminal(command: str) -> list[str]:
    """Run a command in a terminal; what stood there at each moment, the last of them at its end."""
    here, there = pty.openpty()
    options = [sys.executable, "-m", "clarifai_eval_widget.cli", *command.split()[1:]]
    with subprocess.Popen(
        options, stdin=there, stdout=there, stderr=there, env={**os.environ, "COLUMNS": "110"}
    ) as run:
        os.close(there)
        drawn = b""
        try:
            while more := os.read(here, 4096):
                drawn += more
        except OSError:  # how a terminal says that nobody writes any more
            pass
    os.close(here)
    if run.returncode:
        raise RuntimeError(f"{command} ended with {run.returncode}: {drawn.decode()}")
    moments, lines = [], [""]
    for part in drawn.decode().replace("\r\n", "\n").replace("\x1b[K", "").split("\r"):
        lines[-1:] = part.split("\n")  # drawn over what stood in its line
        moments.append("\n".join(lines))
    return moments


def terminal(browser: Browser, folder: Path) -> None:
    """Run the command and paint what stood in its terminal."""
    moments = in_a_terminal(TYPED)
    for name, moment in (("on-its-way", moments[len(moments) // 2]), ("at-its-end", moments[-1])):
        page = browser.new_page(viewport={"width": 1000, "height": 500})
        page.set_content(PAINTED.format(html.escape(f"$ {TYPED}\n{moment}")))
        page.screenshot(path=folder / f"terminal-{name}.png", full_page=True)
        page.close()


def main() -> None:
    """Write the pictures."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_FLAGS)
        front_page(browser, folder)
        terminal(browser, folder)
        browser.close()
    print(f"Wrote {', '.join(sorted(path.name for path in folder.iterdir()))} in {folder}")


if __name__ == "__main__":
    main()
