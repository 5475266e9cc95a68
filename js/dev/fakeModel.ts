/** Stands for anywidget's model where there is no kernel: traits, events, and what was sent and saved. */
import type { Callbacks, Model } from "../src/host/kernel.ts";
import type { Bytes } from "../src/wire/payload.ts";

type Listener = (...args: unknown[]) => void;

/**
 * A model in memory: what a test or the harness sets arrives like state from Python, and what the page sends is kept.
 *
 * Lives as long as whoever made it. Each listener is called at once, as ipywidgets does.
 */
export class FakeModel implements Model {
  readonly sent: Record<string, unknown>[] = [];
  /** What `save_changes` carried, in order. */
  readonly saved: Record<string, unknown>[] = [];
  onSend: (message: Record<string, unknown>) => void = () => {};
  #callbacks: Callbacks | undefined;
  readonly #state: Record<string, unknown>;
  readonly #dirty: Record<string, unknown> = {};
  readonly #listeners = new Map<string, Set<Listener>>();

  constructor(state: Record<string, unknown> = {}) {
    this.#state = { ...state };
  }

  get(name: string): unknown {
    return this.#state[name];
  }

  set(name: string, value: unknown): void {
    this.#dirty[name] = value;
    this.receive({ [name]: value });
  }

  save_changes(): void {
    this.saved.push({ ...this.#dirty });
    for (const name of Object.keys(this.#dirty)) delete this.#dirty[name];
  }

  send(content: unknown, callbacks?: Callbacks): void {
    this.sent.push(content as Record<string, unknown>);
    this.#callbacks = callbacks;
    this.onSend(content as Record<string, unknown>);
  }

  on(event: string, callback: (...args: never[]) => void): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    listeners.add(callback as Listener);
    this.#listeners.set(event, listeners);
  }

  off(event: string, callback: (...args: never[]) => void): void {
    this.#listeners.get(event)?.delete(callback as Listener);
  }

  /** How many listeners there are. */
  get listening(): number {
    return [...this.#listeners.values()].reduce((sum, set) => sum + set.size, 0);
  }

  /** What the kernel says of the message sent last. */
  tell(execution_state: "busy" | "idle"): void {
    this.#callbacks?.iopub.status({ content: { execution_state } });
  }

  /** State from Python. */
  receive(state: Record<string, unknown>): void {
    const changed = Object.entries(state).filter(([name, value]) => this.#state[name] !== value);
    Object.assign(this.#state, state);
    for (const [name, value] of changed) this.#emit(`change:${name}`, this, value);
  }

  /** A message from Python. */
  reply(message: unknown, buffers: Bytes[] = []): void {
    this.#emit("msg:custom", message, buffers);
  }

  /** An event of the model itself, such as the end of its kernel. */
  fire(event: string): void {
    this.#emit(event);
  }

  #emit(event: string, ...args: unknown[]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(...args);
  }
}
