"""What the client and the local server tell each other beyond the protocol, and where. Knows nobody."""

from __future__ import annotations

__all__ = [
    "CANCELLED",
    "CANCEL_HEADER",
    "CONTENT_KEY",
    "FROM_HEADER",
    "GROUP_KEY",
    "HAVE_HEADER",
    "MAKING",
    "OWN_KEY",
    "PATIENT_HEADER",
    "REASON_HEADER",
    "SERVER_HEADER",
    "UNSAVED",
]

OWN_KEY = "clarifai_eval_widget"
"""In ``extended_metrics.user_metrics``: the local server and saved files tell folds and progress under it; the rest is
the user's."""

UNSAVED = "unsaved"
"""Under it: why an evaluation that has ended is not in the server's file yet, in a sentence that also ends its status'
details; absent from the others."""

GROUP_KEY = "clarifai_eval_widget_group"
"""In the metadata of a test-set entry's input, beside ``fold``: the number, from 0, of the group that it is of."""
CONTENT_KEY = "clarifai_eval_widget_content"
"""In the same place, of an input without text and image whose embedding comes more than once: a number from 0, one for
all inputs of that embedding."""

HAVE_HEADER = "x-clarifai-eval-widget-have"
"""In a request's metadata: how many test-set entries the client holds; only those beyond are sent. A server that does
not know it sends all."""
FROM_HEADER = "x-clarifai-eval-widget-from"
"""In the initial metadata of a reply from a server that knows it: the number, from 0, of the first entry sent."""
CANCEL_HEADER = "x-clarifai-eval-widget-cancel"
"""In a request's metadata, "1": end the evaluation, which the service has no call for; what is counted so far stays.
Another server ignores it."""
CANCELLED = "cancelled"
"""In the internal details of the status that such an evaluation ends with, for whoever did not cancel it."""
REASON_HEADER = "x-clarifai-eval-widget-reason"
"""Beside it: why, in words, percent-encoded."""
PATIENT_HEADER = "x-clarifai-eval-widget-patient"
"""In a request's metadata, "1": where what is asked for is still being made, the local server says so in time, and is
asked again. Without it the reply comes when all is made, however long the caller waits."""
MAKING = "making"
"""In the internal details of the status, 10030, that it then answers with."""
SERVER_HEADER = "x-clarifai-eval-widget-server"
"""In the trailing metadata of every reply of the local server: an address of this machine alone may be a tunnel to
anything."""
