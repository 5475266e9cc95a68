/**
 * Actions sent to Python and their replies by id.
 *
 * Each control may have one action under way: the control is disabled until its reply, so a click never acts twice. A kernel
 * that runs another cell answers late; after `BUSY_AFTER` the control says so, and the action still happens once.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Action, Failure, Reply } from "./protocol.ts";

/** Milliseconds without a reply after which the kernel counts as busy. */
export const BUSY_AFTER = 400;
/** Milliseconds after which the wait may have another cause, such as a restarted kernel. */
export const STUCK_AFTER = 15_000;

export interface Pending {
  id: string;
  action: Action;
  wait: "sent" | "waiting" | "stuck";
}

/** Words for a wait; empty while the reply may still be prompt. */
export function waitText(pending: Pending | undefined): string {
  if (pending === undefined || pending.wait === "sent") return "";
  if (pending.wait === "waiting") return "Waiting for the running cell";
  return "Still waiting for the kernel. If it was restarted, run the widget’s cell again.";
}

/** A random id; `crypto.randomUUID` is missing on pages served over plain http. */
export function uuid(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** Actions under way and failed ones, by control ("app", "model", "refresh", "row:VERSION"). */
export class Actions {
  readonly #pending = signal<Readonly<Record<string, Pending>>>({});
  readonly #errors = signal<Readonly<Record<string, Failure>>>({});
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>[]>();
  readonly #gone: () => boolean;
  readonly #send: (message: Action & { id: string }) => void;

  constructor(send: (message: Action & { id: string }) => void, gone: () => boolean = () => false) {
    this.#send = send;
    this.#gone = gone;
  }

  get pending(): ReadonlySignal<Readonly<Record<string, Pending>>> {
    return this.#pending;
  }

  get errors(): ReadonlySignal<Readonly<Record<string, Failure>>> {
    return this.#errors;
  }

  /**
   * Sends `action` for `control`, unless one of its actions is still under way or the kernel is gone. Returns whether it was sent.
   *
   * A `quiet` action says nothing of a busy kernel: what it asks for is on screen already.
   */
  start(control: string, action: Action, { quiet = false } = {}): boolean {
    if (control in this.#pending.value || this.#gone()) return false;
    const id = uuid();
    this.dismiss(control);
    this.#pending.value = { ...this.#pending.value, [control]: { id, action, wait: "sent" } };
    const later = (wait: Pending["wait"], delay: number) => setTimeout(() => this.#mark(control, wait), delay);
    this.#timers.set(id, quiet ? [] : [later("waiting", BUSY_AFTER), later("stuck", STUCK_AFTER)]);
    this.#send({ id, ...action });
    return true;
  }

  /** Takes a message from Python; anything that answers no action of this page is left alone. */
  receive(message: unknown): void {
    const reply = message as Partial<Reply> | null;
    const found = Object.entries(this.#pending.value).find(([, pending]) => pending.id === reply?.id);
    if (found === undefined || reply === null) return;
    const [control, { id }] = found;
    this.#clear(id);
    const { [control]: _answered, ...rest } = this.#pending.value;
    this.#pending.value = rest;
    if ("error" in reply && reply.error) this.#errors.value = { ...this.#errors.value, [control]: reply.error };
  }

  /** Forgets the last failure of a control. */
  dismiss(control: string): void {
    if (!(control in this.#errors.value)) return;
    const { [control]: _dismissed, ...rest } = this.#errors.value;
    this.#errors.value = rest;
  }

  dispose(): void {
    for (const id of this.#timers.keys()) this.#clear(id);
  }

  #mark(control: string, wait: Pending["wait"]): void {
    const pending = this.#pending.value[control];
    if (pending) this.#pending.value = { ...this.#pending.value, [control]: { ...pending, wait } };
  }

  #clear(id: string): void {
    for (const timer of this.#timers.get(id) ?? []) clearTimeout(timer);
    this.#timers.delete(id);
  }
}
