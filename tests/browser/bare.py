"""The real bundle before the real widget, without a notebook: what the page does, in a second instead of thirty."""

from __future__ import annotations

import base64
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget import EvalWidget
from tests.browser.panel import WAIT, eventually
from tests.small_server import Gate, small_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Locator, Page

_STATIC = Path(__file__).parents[2] / "clarifai_eval_widget" / "static"
_MODEL = """async ([source, css, state]) => {
    const bytes = text => new DataView(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);
    const read = state => Object.fromEntries(
        Object.entries(state).map(([k, v]) => [k, v && v.base64 !== undefined ? bytes(v.base64) : v]));
    const listeners = new Map(), held = read(state), dirty = {};
    const emit = (event, ...args) => [...(listeners.get(event) ?? [])].forEach(one => one(...args));
    const receive = state => Object.entries(read(state)).forEach(([name, value]) => {
        if (JSON.stringify(held[name]) === JSON.stringify(value) && !(value instanceof DataView)) return;
        held[name] = value;
        emit('change:' + name);
    });
    const model = {
        get: name => held[name],
        set: (name, value) => { held[name] = value; dirty[name] = value; emit('change:' + name); },
        save_changes: () => {
            const changed = {...dirty};
            Object.keys(dirty).forEach(name => delete dirty[name]);
            window.barePython('save', changed).then(receive);
        },
        send: content => window.barePython('send', content).then(({reply, buffers, state}) => {
            receive(state);
            if (reply) emit('msg:custom', reply, buffers.map(bytes));
        }),
        on: (event, callback) => listeners.set(event, [...(listeners.get(event) ?? []), callback]),
        off: (event, callback) => listeners.set(event, (listeners.get(event) ?? []).filter(one => one !== callback)),
    };
    window.bareReceive = receive;
    window.bareEmit = emit;
    const style = document.createElement('style');
    style.textContent = css;
    document.head.append(style);
    const url = URL.createObjectURL(new Blob([source], {type: 'text/javascript'}));
    const widget = (await import(url)).default();
    widget.initialize({model});
    const el = document.createElement('div');
    document.body.append(el);
    widget.render({model, el});
}"""


class BarePage:
    """A widget on an empty page; what the page does reaches it as through a kernel that is free."""

    def __init__(self, page: Page, widget: EvalWidget, *, drops_buffers: bool = False) -> None:
        self.page = page
        self.drops_buffers = drops_buffers
        """Whether it is as in a host that delivers messages without their buffers."""
        self.asked: list[dict[str, Any]] = []
        """What the page sent, in order."""
        self.widget = widget
        self._told: dict[str, Any] = {}
        page.expose_function("barePython", self._called)
        page.set_content("<!doctype html><title>widget</title><body></body>")
        source = (_STATIC / "widget.js").read_text()
        page.evaluate(_MODEL, [source, (_STATIC / "widget.css").read_text(), self._news()])
        self.root: Locator = page.locator(".cew")

    def push(self) -> None:
        """Send the page what was set in Python."""
        self.page.evaluate("state => window.bareReceive(state)", self._news())

    def until(self, condition: Callable[[], Any]) -> None:
        """Wait for the widget in Python, the page being told of all that comes."""

        def told() -> bool:
            self.push()
            met = bool(condition())
            if met:
                self.push()  # what made it true may have come since
            return met

        eventually(self.page, told)

    def lose_kernel(self) -> None:
        """Tell the page what ipywidgets tells it when the kernel restarts or dies."""
        self.page.evaluate("() => window.bareEmit('comm_live_update')")

    def keep_waiting(self) -> None:
        """Leave all that the page asks from now on without an answer, as a kernel behind a long cell does."""
        self.page.evaluate("() => { window.barePython = () => new Promise(() => {}); }")

    def _news(self) -> dict[str, Any]:
        """The traits that differ from what the page was told."""
        now = {name: value for name, value in self.widget.get_state().items() if self.widget.has_trait(name)}
        plain = {name: value for name, value in now.items() if name.startswith("_") is False}
        changed = {name: value for name, value in plain.items() if self._told.get(name, ...) != value}
        self._told |= changed
        return {
            name: {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes | memoryview) else value
            for name, value in changed.items()
            if not isinstance(value, str) or not value.startswith("IPY_MODEL_")
        }

    def _called(self, what: str, content: dict[str, Any]) -> dict[str, Any]:
        if what == "save":
            self.widget.set_state(content)
            self._told |= content
            return self._news()
        self.asked.append(content)
        answer = self.widget._requests.answer(content)
        if isinstance(answer, Future):
            answer = answer.result(30)
        reply = answer and answer.reply
        given = answer.buffers if answer and not self.drops_buffers else ()
        buffers = [base64.b64encode(one).decode() for one in given]
        return {"reply": reply, "buffers": buffers, "state": self._news()}


def held_page(chromium: Browser, width: int) -> Iterator[tuple[BarePage, Gate]]:
    """Show a widget of a small server that holds its folds back; for a fixture, with the gate."""
    context = chromium.new_context(viewport={"width": width, "height": 900})
    context.set_default_timeout(WAIT)
    with small_server() as server:
        gate = server.before_step = Gate()
        widget = EvalWidget(server.client())
        yield BarePage(context.new_page(), widget), gate
        gate.open()
        widget.close()
    context.close()
