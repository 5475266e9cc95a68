"""Numbers, names and lists in words, for messages, tables and captions. Knows nobody."""

from __future__ import annotations

import difflib
import math
import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "come",
    "exact",
    "listed",
    "nearest",
    "number",
    "plural",
    "quoted",
    "short_id",
    "shortened",
    "storable",
    "visible",
    "within",
]


_LONGEST_NAME = 300
# Control characters, line ends, halves of characters, and those that turn the direction of what follows.
_UNSEEN = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")


def listed(names: Iterable[Any], limit: int = 5) -> str:
    """Name a few things and say how many more there are."""
    every = [str(name) for name in names]
    more = f" and {len(every) - limit} more" if len(every) > limit else ""
    return ", ".join(every[:limit]) + more


def quoted(value: object, most: int = 100) -> str:
    """Quote what somebody gave, as far as it helps to see: of a long one the beginning, and how long it is."""
    if isinstance(value, str | bytes) and len(value) > most:
        return f"{value[:most]!r}… ({len(value):,} {'characters' if isinstance(value, str) else 'bytes'})"
    shown = repr(value)
    return shown if len(shown) <= 2 * most else f"{shown[: 2 * most]}…"


def short_id(version_id: str) -> str:
    """The platform's 32 hexadecimal digits, shortened as its pages do."""
    return version_id[:8] if len(version_id) > 20 else version_id


def shortened(text: str, most: int) -> str:
    """Return a text with its middle left out where it is longer than anybody reads."""
    if len(text) <= most:
        return text
    end = most // 8
    return f"{text[: most - end]} … ({len(text):,} characters) … {text[-end:]}"


def storable(text: str) -> str:
    """Escape what UTF-8 cannot hold: file names that are not text in the system's encoding carry such halves."""
    return text.encode("utf-8", "backslashreplace").decode()


def visible(text: str) -> str:
    """Escape what a terminal would obey rather than show: names are other people's."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def plural(count: int, noun: str) -> str:
    """Write a count with its noun: 1 input, 2 inputs, 1,000 inputs."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def come(count: int, noun: str) -> str:
    """Write a count with its noun and that they come: 1 input comes, 2 inputs come."""
    return f"{plural(count, noun)} {'comes' if count == 1 else 'come'}"


def number(value: float | None, digits: int = 4) -> str:
    """Write a number; an undefined one is a dash, never a zero."""
    return "–" if value is None or math.isnan(value) else f"{value:.{digits}f}"


def exact(value: object) -> str:
    """Write a threshold or a bound with the fewest digits that its own type reads back as the same number.

    One cut to some digits may count other inputs, or look like the bound that it breaks.
    """
    return str(value).removesuffix(".0")


def within(value: float, *, up: bool = False, digits: int = 4) -> str:
    """Write a figure that was attained with some digits, cut towards what is attained: no bound looks met unless it is.

    Down by default, as of a rate that shall be high; up of one that shall be low.
    """
    if not math.isfinite(value):
        return str(value)
    rounded = Context(prec=digits, rounding=ROUND_CEILING if up else ROUND_FLOOR).create_decimal(repr(float(value)))
    return exact(float(rounded))


def nearest(name: str, known: Iterable[str], *, most: int = 3, cutoff: float = 0.4) -> list[str]:
    """Return the known names that come nearest to one that does not exist, the nearest first; perhaps none."""
    # The time that takes grows with the square of the length; no id is near one that is longer than any is.
    return difflib.get_close_matches(str(name)[:_LONGEST_NAME], list(known), n=most, cutoff=cutoff)
