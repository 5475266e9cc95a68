/**
 * What stands behind a page: the kernel, or a file with everything baked in.
 *
 * The rooms above know this interface only, so that an export is a second host and not a second app.
 */
import type { ReadonlySignal } from "@preact/signals";
import type { Action, Failure, PanelRequest, State } from "../wire/contract.generated.ts";
import type { Bytes } from "../wire/payload.ts";

/** What came of a request that was done. */
export interface Answer {
  /** Binary data, as many as the request asks for. */
  readonly buffers: readonly Bytes[];
}

/** Raised when a request was not done; says it in words for a person. */
export class RequestError extends Error {
  override name = "RequestError";
  /** In words, with what may help. */
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message || failure.title);
    this.failure = failure;
  }
}

/** Names of the synced traits. */
export type StateName = keyof State;

/**
 * State by name, and requests.
 *
 * One a model, shared by its views. It lives until the AbortSignal it was made with aborts; after that it calls nobody.
 */
export interface Host {
  /** Whether requests can be answered and state is followed: false once the kernel is gone. It never comes back. */
  readonly live: ReadonlySignal<boolean>;
  /** Whether the state was read from a saved notebook or an export, so that no kernel ever stood behind this page. */
  readonly restored: boolean;
  /** Whether everything is baked in: what is not there cannot be had, at any time. */
  readonly baked: boolean;
  /** A trait's value, or what stands in for it. */
  get<Name extends StateName>(name: Name): State[Name];
  /** Changes a trait here; `save` sends what was changed. */
  set<Name extends StateName>(name: Name, value: State[Name]): void;
  /** Sends what was changed since the last time. */
  save(): void;
  /** Calls `callback` whenever the trait changes. */
  on(name: StateName, callback: () => void): void;
  /** Ends that, for the same callback. */
  off(name: StateName, callback: () => void): void;
  /** Looks whether the kernel is still there, where it goes without a word; costs no message. */
  look(): void;
  /** Asks for an action; rejects with a RequestError when it was not done. May stay open while a cell runs. */
  request(action: Action): Promise<Answer>;
}

/** A failure that the page itself has to tell of. */
export function failure(title: string, message: string, retry = false): Failure {
  return { code: 0, title, message, details: "", req_id: "", retry };
}

/** What ends with the kernel. */
export const KERNEL_GONE: Readonly<Failure> = failure(
  "The kernel was restarted or stopped",
  "This evaluation ended with it. Run the widget’s cell again.",
);

/** What takes a kernel, in a page that was made from a saved notebook. */
export const NO_KERNEL: Readonly<Failure> = failure(
  "Shown as it was saved",
  "Slider, curves and tables work. For everything else run this widget’s cell again.",
);

/** One key for one question, whoever asks it and in whatever order its parameters stand. */
export function questionKey({ panel, run, revision, params }: Omit<PanelRequest, "action">): string {
  return JSON.stringify([panel, run, revision, Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
