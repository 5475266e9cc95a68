"""axe-core on a page: every rule that it runs by itself, in JupyterLab's light and dark theme, wide and narrow.

It runs WCAG's rules of every level it knows and its best practices. Those it calls experimental it leaves out of its own
accord, and so does this.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.panel import wait_for_frame

if TYPE_CHECKING:
    from playwright.sync_api import Page

_SOURCE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
_THEMES = Path(sys.prefix) / "share" / "jupyter" / "lab" / "themes" / "@jupyterlab"
_LOOKS = [(theme, width) for theme in ("light", "dark") for width in (1000, 360)]
_CHECK = """async within => {
    const { violations, passes } = await axe.run(document.querySelector(within));
    return { rules: passes.length, wrong: violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`)) };
}"""
_DRESS = """([css, dark]) => {
    let style = document.getElementById('theme');
    if (!style) document.head.append(style = Object.assign(document.createElement('style'), { id: 'theme' }));
    style.textContent = css + 'body { background: var(--jp-layout-color0); } * { transition: none !important; }';
    document.body.dataset.jpThemeLight = String(!dark);
    document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
}"""


def dress(page: Page, theme: str) -> None:
    """Give a page JupyterLab's colours, ``"light"`` or ``"dark"``."""
    css = (_THEMES / f"theme-{theme}-extension" / "index.css").read_text(encoding="utf-8")
    page.evaluate(_DRESS, [css, theme == "dark"])


class Axe:
    """Looks at a page in state after state, and keeps what is against each.

    Parameters
    ----------
    page
        The page as it is by then: another document needs another one.
    within
        What of it is ours.
    """

    def __init__(self, page: Page, within: str = ".cew") -> None:
        assert _SOURCE.is_file(), "axe-core is missing: run npm ci in js/"
        self._page, self._within = page, within
        self._found: dict[str, str] = {}
        page.evaluate(_SOURCE.read_text(encoding="utf-8"))

    def look(self, state: str, within: str = "") -> None:
        """Check what is on screen in every theme and width, or of it only what is new in this state."""
        for theme, width in _LOOKS:
            self._page.set_viewport_size({"width": width, "height": 900})
            dress(self._page, theme)
            wait_for_frame(self._page)  # the size is heard of in one frame,
            wait_for_frame(self._page)  # and what follows from it is drawn in the next
            result = self._page.evaluate(_CHECK, within or self._within)
            assert result["rules"] > 10, "axe did not look at anything"
            for one in result["wrong"]:
                self._found.setdefault(one, f"{state}, {theme}, {width} px")
        self._page.set_viewport_size({"width": 1000, "height": 900})

    def assert_clean(self) -> None:
        """Fail with all that was found, and where."""
        assert not self._found, "\n".join(f"{where}: {one}" for one, where in self._found.items())
