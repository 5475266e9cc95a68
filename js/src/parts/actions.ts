/**
 * Actions by control: what is under way, how long it has been waited for, and what went wrong.
 *
 * Each control may have one action under way: it is disabled until the reply, so a click never acts twice. A kernel
 * that runs another cell answers late; after `BUSY_AFTER` the control says so, and the action still happens once.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { type Answer, failure, type Host, RequestError } from "../host/host.ts";
import type { Action, Failure } from "../wire/contract.generated.ts";

/** Milliseconds without a reply after which the kernel counts as busy. */
export const BUSY_AFTER = 400;
/** Milliseconds after which the wait may have another cause, such as a restarted kernel. */
export const STUCK_AFTER = 15_000;

/** An action that has not been answered. */
export interface Pending {
  /** What was asked for: a picker shows it before it has happened. */
  readonly action: Action;
  /** How long that was ago: just now, longer than a free kernel takes, too long for a busy one. */
  readonly wait: "sent" | "waiting" | "stuck";
}

/** Things by control: "app", "model", "refresh", "row:VERSION", a panel's question. */
export type ByControl<T> = Readonly<Record<string, T>>;

/** Words for a wait; empty while the reply may still be prompt. */
export function waitText(pending: Pending | undefined): string {
  if (pending === undefined || pending.wait === "sent") return "";
  if (pending.wait === "waiting") return "Waiting for the running cell";
  return "Still waiting for the kernel. If it was restarted, run the widget’s cell again.";
}

/** The failure that an error tells of; an error of the page's own code gets words too. */
export function failureOf(error: unknown): Failure {
  if (error instanceof RequestError) return error.failure;
  return failure("This cannot be shown", error instanceof Error ? error.message : String(error), true);
}

/**
 * The actions of one host under way, and the last failure of each control.
 *
 * Made once a host, for all its views: a control that waits in one of them waits in all. Ends with its AbortSignal, which
 * stops the clocks.
 */
export class Actions {
  readonly #pending = signal<ByControl<Pending>>({});
  readonly #errors = signal<ByControl<Failure>>({});
  readonly #clocks = new Map<string, ReturnType<typeof setTimeout>[]>();
  readonly #host: Host;

  constructor(host: Host, ended: AbortSignal) {
    this.#host = host;
    ended.addEventListener("abort", () => {
      for (const control of this.#clocks.keys()) this.#stop(control);
    });
  }

  /** What is under way, by control. */
  get pending(): ReadonlySignal<ByControl<Pending>> {
    return this.#pending;
  }

  /** The last failure of each control, until it is dismissed or tried again. */
  get errors(): ReadonlySignal<ByControl<Failure>> {
    return this.#errors;
  }

  /**
   * Asks for `action` for `control`, unless one of its actions is still under way or the kernel is gone. Returns whether
   * it was asked for; a failure is kept for the control until its next try.
   *
   * A `quiet` action says nothing of a busy kernel: what it asks for is on screen already. `done` is called when the kernel
   * has agreed, `refused` when it has not.
   */
  start(control: string, action: Action, { quiet = false, done = () => {}, refused = () => {} } = {}): boolean {
    if (control in this.#pending.value || !this.#host.live.value) return false;
    this.dismiss(control);
    const failed = (error: unknown) => {
      // That the kernel is gone is said once for the whole page.
      if (this.#host.live.value) this.#errors.value = { ...this.#errors.value, [control]: failureOf(error) };
      refused();
    };
    this.ask(control, action, { quiet }).then(done, failed);
    return true;
  }

  /** Asks for `action` for `control` and hands the answer, or the error, to the caller. */
  async ask(control: string, action: Action, { quiet = false } = {}): Promise<Answer> {
    this.#pending.value = { ...this.#pending.value, [control]: { action, wait: "sent" } };
    if (!quiet) this.tell(control);
    try {
      return await this.#host.request(action);
    } finally {
      this.#stop(control);
      this.#pending.value = without(this.#pending.value, control);
    }
  }

  /** From now on says of an action under way how long it waits, which was asked for quietly. */
  tell(control: string): void {
    if (this.#clocks.has(control)) return;
    const later = (wait: Pending["wait"], delay: number) => setTimeout(() => this.#mark(control, wait), delay);
    this.#clocks.set(control, [later("waiting", BUSY_AFTER), later("stuck", STUCK_AFTER)]);
  }

  /** Forgets the last failure of a control. */
  dismiss(control: string): void {
    if (control in this.#errors.value) this.#errors.value = without(this.#errors.value, control);
  }

  /** Says how long a control has waited; one whose reply has come is left alone. */
  #mark(control: string, wait: Pending["wait"]): void {
    const pending = this.#pending.value[control];
    if (pending) this.#pending.value = { ...this.#pending.value, [control]: { ...pending, wait } };
  }

  /** Stops a control's clocks. */
  #stop(control: string): void {
    for (const clock of this.#clocks.get(control) ?? []) clearTimeout(clock);
    this.#clocks.delete(control);
  }
}

/** A copy without one control. */
function without<T>(all: ByControl<T>, control: string): ByControl<T> {
  const { [control]: _gone, ...rest } = all;
  return rest;
}
