/** The host of an export, or of a page without a kernel: state and payloads baked in. */
import { signal } from "@preact/signals";
import { type Action, EMPTY_STATE, type PanelRequest, type State } from "../wire/contract.generated.ts";
import { type Bytes, fromBase64 } from "../wire/payload.ts";
import { type Answer, failure, type Host, questionKey, RequestError, type StateName } from "./host.ts";

/** A payload that a panel may ask for, beside the question it answers. */
export type BakedPayload = Omit<PanelRequest, "action"> & {
  /** Base64. */
  readonly data: string;
};

/** What is baked into a file; JSON. */
export interface Baked {
  /** Traits, `results` left out. */
  readonly state: Partial<Omit<State, "results">>;
  /** The trait `results`, as base64. */
  readonly results: string;
  readonly payloads: readonly BakedPayload[];
}

/**
 * Everything from one document, nothing from anywhere else.
 *
 * Lives as long as its page. State changes here only, and every view of the page follows; `save` has nowhere to save to.
 * It answers the questions of panels that were baked in, hands over the second file, and says of anything else that it takes a kernel.
 */
export class FileHost implements Host {
  /** A file is whole as it is: nothing that was there is gone. */
  readonly live = signal(true);
  readonly restored = false;
  readonly baked = true;
  readonly #state: State;
  readonly #payloads: ReadonlyMap<string, string>;
  readonly #late: (() => Promise<string>) | undefined;
  readonly #listeners = new Map<StateName, Set<() => void>>();

  constructor(baked: Baked, late?: () => Promise<string>) {
    this.#late = late;
    this.#state = { ...EMPTY_STATE, ...baked.state, results: fromBase64(baked.results) };
    this.#payloads = new Map(baked.payloads.map((payload) => [questionKey(payload), payload.data]));
  }

  get<Name extends StateName>(name: Name): State[Name] {
    return this.#state[name];
  }

  /** Changes a trait and tells every view; a value that is the same changes nothing. */
  set<Name extends StateName>(name: Name, value: State[Name]): void {
    if (this.#state[name] === value) return;
    this.#state[name] = value;
    for (const listener of this.#listeners.get(name) ?? []) listener();
  }

  look(): void {}

  save(): void {}

  on(name: StateName, callback: () => void): void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(callback));
  }

  off(name: StateName, callback: () => void): void {
    this.#listeners.get(name)?.delete(callback);
  }

  /** Answers a panel's question from what was baked in; rejects anything that takes a kernel. */
  async request(action: Action): Promise<Answer> {
    if (action.action === "late" && this.#late) return { buffers: [new TextEncoder().encode(await this.#late())] };
    if (action.action !== "panel") {
      const refused = failure("This page has no kernel", "Open the notebook and run the widget’s cell to do this.");
      throw new RequestError(refused);
    }
    const data = this.#payloads.get(questionKey(action));
    if (data !== undefined) return { buffers: [fromBase64(data) satisfies Bytes] };
    const missing = failure("Not in this file", "It takes Python: open the notebook and run the widget’s cell.");
    throw new RequestError(missing);
  }
}
