"""The page in one file: the bundle, an evaluation baked in, and nothing from anywhere else."""

from __future__ import annotations

import base64
import gzip
import json
from html import escape
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.widget import bundle
from clarifai_eval_widget.widget.export.baking import bake
from clarifai_eval_widget.widget.export.summary import DARKENED, summary_html
from clarifai_eval_widget.words import storable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.widget.export.baking import Shown

__all__ = ["document", "framed", "kept_html", "page"]

# The browser is told that the page may fetch nothing: what it shows is in it, and nobody learns that it was opened.
_POLICY = "default-src 'none'; script-src 'unsafe-inline' data: blob:; style-src 'unsafe-inline'; img-src data: blob:"
_STYLE = (
    "body { margin: 0 auto; max-width: 1440px; padding: 8px 12px; font-family: system-ui, sans-serif; "
    "background: light-dark(#fff, #16181b); } "
    f"@media (prefers-color-scheme: dark) {{ .cew-saved img {DARKENED} }}"
)
_HIDE = ".cew-kept > iframe ~ div { display: none; }"
# All are packed: half the size, and no text of theirs can end a script element.
_SCRIPT = """
const read = async (id) => {
  const packed = Uint8Array.from(atob(document.getElementById(id).textContent), (one) => one.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
};
const { openFile } = await import("data:text/javascript;charset=utf-8," + encodeURIComponent(await read("cew-bundle")));
const baked = JSON.parse(await read("cew-baked"));
const main = document.getElementById("cew-main");
main.replaceChildren();
openFile(main, baked, () => read("cew-late"));
"""


def document(shown: Shown, *, inputs: bool = False, summary: bool = True) -> str:
    """Write the page; where scripts do not run it shows the summary.

    Parameters
    ----------
    shown
        The evaluation, and how it is looked at.
    inputs
        Whether texts and images of inputs, and their ids, may go into the file.
    summary
        Whether the summary goes into it, too.
    """
    inside = summary_html(shown) if summary else ""
    return page(shown.caption.title, bake(shown, inputs=inputs), inside)


def page(title: str, baked: Mapping[str, Any], inside: str = "") -> str:
    """Write a page of what its file host is opened with.

    Parameters
    ----------
    title
        Of the document.
    baked
        ``Baked`` in ``js/src/host/file.ts``.
    inside
        HTML for where scripts do not run.
    """
    # The page's own headings begin at the third level, as parts of a notebook do: a file has the two above them.
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{escape(storable(title))}</title>
<style>{bundle.CSS}</style>
<style>{_STYLE}</style>
</head>
<body>
<header class="cew-visually-hidden">
<h1>Evaluation report</h1>
<h2>{escape(storable(title))}</h2>
</header>
<main id="cew-main">{inside}</main>
<script type="text/plain" id="cew-bundle">{_packed(bundle.ESM.encode())}</script>
<script type="text/plain" id="cew-late">{_packed(bundle.LATE)}</script>
<script type="text/plain" id="cew-baked">{_packed(_json(baked))}</script>
<script type="module">{_SCRIPT}</script>
</body>
</html>
"""


def kept_html(shown: Shown) -> str:
    """Write what is kept in a notebook: the page in a frame, and the summary for where frames are taken out.

    A notebook that is not trusted loses the style with the frame, and then shows the summary; else that is hidden.
    """
    return framed(shown.caption.title, document(shown, summary=False), summary_html(shown, under_widget=True))


def framed(title: str, document: str, summary: str) -> str:
    """Put a page into a frame, and beside it what is shown where frames are taken out."""
    page, title = (escape(storable(text)) for text in (document, title))
    return (
        f'<div class="cew-saved cew-kept"><style>{_HIDE}</style><iframe title="{title}" '
        'sandbox="allow-scripts allow-downloads" allow="clipboard-write" width="100%" height="760" '
        f'style="border: 0" srcdoc="{page}"></iframe><div>{summary}</div></div>'
    )


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()


def _packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, mtime=0)).decode("ascii")
