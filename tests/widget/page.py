"""The browser's end of a widget, and its reading of payloads, written independently of the encoder."""

from __future__ import annotations

import json
import struct
import zlib

import numpy as np


def decode(data):
    """The evaluation's head with run and revision, and all arrays, a panel's under ``panel.name``."""
    head, sections = decode_sections(data)
    told, arrays = sections.pop("evaluation")
    for name, (_, own) in sections.items():
        arrays |= {f"{name}.{key}": values for key, values in own.items()}
    return {**told, "run": head["run"], "revision": head["revision"]}, arrays


def decode_sections(data):
    """The payload's head, and by section its head and arrays."""
    (whole,) = struct.unpack_from("<I", data)
    data = zlib.decompress(data[4:])
    assert len(data) == whole
    (length,) = struct.unpack_from("<I", data)
    head = json.loads(data[4 : 4 + length])
    start = -(-(4 + length) // 8) * 8
    sections = {}
    for name, section in head["sections"].items():
        arrays = {key: read(data, start, entry) for key, entry in section["arrays"].items()}
        sections[name] = (section["head"], arrays)
    return head, sections


def read(data, start, entry):
    at = start + entry["offset"]
    if "packed" not in entry:
        return np.frombuffer(data, f"<{entry['type']}", entry["length"], at)
    values, zigzag, shift = [], 0, 0
    for byte in data[at : at + entry["packed"]]:
        zigzag |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            values.append(((zigzag >> 1) ^ -(zigzag & 1)) + (values[-1] if values else 0))
            zigzag = shift = 0
    assert len(values) == entry["length"]
    return np.array(values, np.int64).astype(np.uint32)


class Page:
    """Sends requests as the page does and keeps the replies."""

    def __init__(self, widget):
        self.widget = widget
        self.replies = {}
        self.buffers = {}
        self.revision = None
        """Of the panel data that came last."""
        widget.send = self._take

    def _take(self, content, buffers=None):
        self.replies[content["id"]] = content
        self.buffers[content["id"]] = buffers

    def act(self, action, *, key="one", **arguments):
        self.widget._handle_custom_msg({"id": key, "action": action, **arguments}, [])
        return self.replies[key]

    def panel(self, name, params, *, key="panel", run=None, revision=None):
        """Ask for a panel's data of what is on screen: the section's head and arrays, or the error."""
        head, _ = decode(self.widget.results) if self.widget.results else ({"revision": 0}, {})
        asked = {"run": run or self.widget.viewing, "revision": head["revision"] if revision is None else revision}
        reply = self.act("panel", key=key, panel=name, params=params, **asked)
        if "error" in reply:
            return reply["error"]
        (data,) = self.buffers[key]
        told, sections = decode_sections(data)
        self.revision = told["revision"]
        return sections[name]

    def key(self, version):
        """The row's own name of a version."""
        return next(row["key"] for row in self.widget.versions if row["key"].endswith(f"/{version}"))

    def latest(self, dataset):
        return next((row["latest_version"] for row in self.widget.datasets if row["key"] == dataset), "")

    def row(self, version):
        """The newest run of a version's chosen dataset, its version and kind, as its row shows it."""
        version = self.key(version)
        choice = self.widget.choices[version]
        wanted = choice["dataset_version"] or self.latest(choice["dataset_key"])
        return next(
            (
                run
                for run in self.widget.run_states
                if (run["version_key"], run["dataset_key"], run["use_kfold"])
                == (version, choice["dataset_key"], choice["use_kfold"])
                and (run["dataset_version"] or self.latest(run["dataset_key"])) == wanted
            ),
            None,
        )

    def calculate(self, version, **arguments):
        version = self.key(version)
        return self.act("calculate", version_key=version, **{**self.widget.choices[version], **arguments})
