"""What stands under a widget until its first evaluation has ended, and is said wherever the widget is not alive."""

from __future__ import annotations

__all__ = ["AGAIN", "INSTEAD", "PENDING", "PENDING_MARKDOWN"]

# A widget without its kernel is a bare line in JupyterLab: "Error displaying widget: model not found".
INSTEAD = (
    "<style>.jp-OutputArea-child:has(~ .jp-OutputArea-child .cew-saved) > .jp-OutputArea-output:not(:has(*)) "
    "{ display: none; } </style>"
)
"""Style that takes away what JupyterLab says of a widget without a kernel."""
AGAIN = "As it was saved. Where the widget itself does not appear, run its cell again."
"""How to have the widget back."""
_TITLE = "Evaluation widget of clarifai-eval-widget"
_SAVED = (
    "No evaluation had ended here when this notebook was saved, or none was drawn in time. Once one is, its curves and "
    "table stand here in every copy of the notebook."
)
_RUN = "Where the widget itself does not appear: run its cell again with the package installed, and press Calculate."
PENDING = f'<div class="cew-saved">{INSTEAD}<p><b>{_TITLE}</b></p><p>{_SAVED}</p><p><small>{_RUN}</small></p></div>'
"""What stands there until an evaluation has ended, as HTML."""
PENDING_MARKDOWN = f"**{_TITLE}**\n\n{_SAVED}\n\n{_RUN}"
"""The same as Markdown."""
