"""Answers to the page's messages, and the questions that are answered from a thread of their own."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from clarifai_eval_widget.widget.wire.rows import Failure  # noqa: TC001 - a reply's types are read

__all__ = ["Check", "MediaRequest", "PreviewRequest", "Reply"]


class MediaRequest(TypedDict):
    """Load what an input is, which stands at an address; the reply's one buffer holds it, text in UTF-8."""

    action: Literal["media"]
    run: str
    row: int
    """The input's row in the evaluation of that run."""
    input: str
    """Its id: another input may stand in that row by now."""
    large: bool
    """Whether it is looked at alone; else a thumbnail, or the beginning of a text."""


class PreviewRequest(TypedDict):
    """Look up what is known of an evaluation; a dataset named as ``owner/app/dataset`` or by address is listed then."""

    action: Literal["preview"]
    version_key: str
    dataset_key: str
    dataset_version: str


class Check(TypedDict):
    """Look up what speaks against evaluating a version on the latest of a dataset, for the comparison."""

    action: Literal["check"]
    version_key: str
    dataset_key: str


class Reply(TypedDict):
    """The answer to the message of this id: ``ok``, or what went wrong. Binary data come as the message's buffers."""

    id: str
    ok: NotRequired[Literal[True]]
    error: NotRequired[Failure]
    buffers: NotRequired[int]
    """How many buffers there are, if any: a page that gets fewer is in a host that drops them, and asks for base64."""
    base64: NotRequired[list[str]]
    """The buffers as text, of a message that asked for them so: by a key ``base64`` beside its action."""
