/** The host of a notebook: anywidget's model, with the kernel behind it. */
import { type Signal, signal } from "@preact/signals";
import { type Action, EMPTY_STATE, type Reply, type State } from "../wire/contract.generated.ts";
import { type Bytes, fromBase64 } from "../wire/payload.ts";
import { type Answer, type Host, KERNEL_GONE, NO_KERNEL, RequestError, type StateName } from "./host.ts";

/** Hears what the kernel says of a message: "busy" when it takes it, "idle" when it is done with it. */
export interface Callbacks {
  iopub: { status: (message: { content?: { execution_state?: string } }) => void };
}

/** Milliseconds in which an answer may come after the kernel is done with a message. */
export const LATE_ANSWER = 1500;

/** Milliseconds after which a message that the kernel has not taken is asked after; doubled each time. */
export const UNHEARD = 5000;

/** What is used of anywidget's model, which every view of a widget shares. */
export interface Model {
  /** A trait's value as it was last received or set. */
  get(name: string): unknown;
  /** Changes a trait here; the kernel hears of it with `save_changes`. */
  set(name: string, value: unknown): void;
  save_changes(): void;
  /** Sends a message to `on_msg` of the widget in Python; where the host has them, its callbacks hear of the kernel. */
  send(content: unknown, callbacks?: Callbacks): void;
  /** Calls back on `change:TRAIT`, `msg:custom` (content, buffers) and `comm_live_update`. */
  on(event: string, callback: (...args: never[]) => void): void;
  off(event: string, callback: (...args: never[]) => void): void;
}

/** What of the layout tells whether its comm still is: Lab closes comms with their kernel, and tells no widget when it is shut down. */
interface Layout {
  comm_live?: boolean;
  comm?: { jsServicesComm?: { isDisposed?: boolean } };
}

/** A random id; `crypto.randomUUID` is missing on pages served over plain http. */
export function uuid(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** Who waits for the reply of an id. */
interface Waiting {
  /** Asks once more, for text in place of buffers; nothing where that was asked for. */
  again?: (() => void) | undefined;
  resolve(answer: Answer): void;
  reject(error: RequestError): void;
}

/**
 * A kernel reached through anywidget's model.
 *
 * Made once a model, in `initialize`, where its one listener for messages is registered: views come and go without it.
 * Sends each request once, under an id of its own, and settles it by the reply of that id; other messages are left alone.
 * A reply that lacks buffers it should have shows that the host drops them: that request is sent anew, and from then on all
 * ask for text instead.
 * A kernel that is done with a message and has answered neither that nor a question after it does not know the widget any
 * more: it was restarted elsewhere, which a page is not told. What was sent while it went down is lost without a word, so
 * that a message which nobody takes is asked after, too: behind a long cell the questions wait as the message does.
 * When the kernel goes, all open requests are rejected and further ones are refused; when the signal aborts, its listeners
 * are taken off and open requests stay open, for nobody waits for them any more.
 */
export class KernelHost implements Host {
  readonly live: Signal<boolean>;
  readonly restored: boolean;
  readonly baked = false;
  readonly #model: Model;
  readonly #waiting = new Map<string, Waiting>();
  /** Whether this host drops the buffers of messages, as Colab does: they come as text from then on. */
  #asText = false;

  constructor(model: Model, ended: AbortSignal) {
    this.#model = model;
    const layout = this.#layout;
    // marimo's export to HTML swallows what is sent; it says that it is one by this name alone.
    this.restored = layout?.comm_live === false || "__MARIMO_STATIC__" in globalThis;
    this.live = signal(!this.restored);
    const receive = (content: unknown, buffers?: readonly Bytes[]) => this.#receive(content, buffers ?? []);
    const end = () => this.#end();
    model.on("msg:custom", receive);
    // ipywidgets says so when the kernel restarts or dies; a page made anew gets a model of its own.
    model.on("comm_live_update", end);
    ended.addEventListener("abort", () => {
      model.off("msg:custom", receive);
      model.off("comm_live_update", end);
      this.#waiting.clear();
    });
  }

  /** anywidget hands over no sign of life of the widget's own model, but its layout is a model beside it, and as alive. */
  get #layout(): Layout | null | undefined {
    return this.#model.get("layout") as Layout | null | undefined;
  }

  look(): void {
    if (this.live.value && this.#layout?.comm?.jsServicesComm?.isDisposed) this.#end();
  }

  get<Name extends StateName>(name: Name): State[Name] {
    return (this.#model.get(name) ?? EMPTY_STATE[name]) as State[Name];
  }

  set<Name extends StateName>(name: Name, value: State[Name]): void {
    this.#model.set(name, value);
  }

  save(): void {
    // What was set stays in the page.
    if (this.live.value) this.#tell(() => this.#model.save_changes());
  }

  on(name: StateName, callback: () => void): void {
    this.#model.on(`change:${name}`, callback);
  }

  off(name: StateName, callback: () => void): void {
    this.#model.off(`change:${name}`, callback);
  }

  /** Sends the action under an id of its own; the promise stays open as long as the kernel is busy. */
  request(action: Action): Promise<Answer> {
    if (!this.live.value) return Promise.reject(new RequestError(this.restored ? NO_KERNEL : KERNEL_GONE));
    const doubt = () => void this.#ask({ action: "listen" }, () => this.#end()).catch(() => {});
    return this.#ask(action, doubt, doubt);
  }

  /** Sends the action; `ignored` is called when the kernel is done with it without an answer, `unheard` while it has not taken it. */
  #ask(action: Action, ignored: () => void, unheard?: () => void): Promise<Answer> {
    const id = uuid();
    const answer = new Promise<Answer>((resolve, reject) => {
      const again = () => this.#ask(action, ignored, unheard).then(resolve, reject);
      this.#waiting.set(id, { resolve, reject, again: this.#asText ? undefined : again });
    });
    let taken = false;
    const status: Callbacks["iopub"]["status"] = ({ content }) => {
      taken = true;
      if (content?.execution_state === "idle") setTimeout(() => this.#waiting.has(id) && ignored(), LATE_ANSWER);
    };
    const wonder = (wait: number) =>
      setTimeout(() => {
        if (taken || !this.#waiting.has(id)) return;
        unheard?.();
        wonder(2 * wait);
      }, wait);
    if (unheard) wonder(UNHEARD);
    this.#tell(() => this.#model.send({ id, ...(this.#asText && { base64: true }), ...action }, { iopub: { status } }));
    return answer;
  }

  /** Tells the kernel something; a model that throws has a closed comm, for a kernel that is shut down says nothing. */
  #tell(say: () => void): void {
    try {
      say();
    } catch {
      this.#end();
    }
  }

  /** Settles the request that a message answers; what answers none (another page's, another widget's) is left alone. */
  #receive(content: unknown, buffers: readonly Bytes[]): void {
    const reply = content as Partial<Reply> | null;
    const waiting = this.#waiting.get(reply?.id ?? "");
    if (!reply?.id || waiting === undefined) return;
    this.#waiting.delete(reply.id);
    const data = reply.base64?.map(fromBase64) ?? buffers;
    if (data.length < (reply.buffers ?? 0) && waiting.again) {
      this.#asText = true;
      waiting.again();
    } else if (reply.error) waiting.reject(new RequestError(reply.error));
    else waiting.resolve({ buffers: data });
  }

  /** Marks the kernel as gone and lets nobody wait for it any longer. */
  #end(): void {
    this.live.value = false;
    for (const { reject } of this.#waiting.values()) reject(new RequestError(KERNEL_GONE));
    this.#waiting.clear();
  }
}
