/** The host's state as signals. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { EMPTY_STATE, type State } from "../wire/contract.generated.ts";
import type { Host, StateName } from "./host.ts";
import { throttle } from "./throttle.ts";

/** Milliseconds between two writes of a trait while it moves. */
export const WRITE_EVERY = 100;

/** Every trait as a signal that follows the host. */
export type TraitSignals = { readonly [Name in StateName]: ReadonlySignal<State[Name]> };

/** The same signals, writable. */
type OwnSignals = { readonly [Name in StateName]: Signal<State[Name]> };

/** Traits that move with the pointer, and are therefore written throttled. */
type Moving = "threshold" | "thresholds";

/**
 * The traits of one host, read as signals and written back.
 *
 * Made once a host and shared by all its views. Traits that Python owns are only read. Those that move are written at most
 * every `WRITE_EVERY` milliseconds, and their last value always: also when the signal aborts, after which nothing is
 * followed any more.
 */
export class Traits {
  readonly signals: TraitSignals;
  readonly #host: Host;
  readonly #own: OwnSignals;
  readonly #moves: Readonly<Record<Moving, ReturnType<typeof throttle>>>;
  readonly #listening: [name: StateName, callback: () => void][] = [];

  constructor(host: Host, ended: AbortSignal) {
    this.#host = host;
    this.#moves = {
      threshold: throttle(() => this.#save("threshold"), WRITE_EVERY),
      thresholds: throttle(() => this.#save("thresholds"), WRITE_EVERY),
    };
    const names = Object.keys(EMPTY_STATE) as StateName[];
    const followed = names.map((name) => [name, this.#follow(name)] as const);
    this.#own = Object.fromEntries(followed) as unknown as OwnSignals;
    this.signals = this.#own;
    ended.addEventListener("abort", () => {
      for (const [name, callback] of this.#listening) host.off(name, callback);
      this.flush();
    });
  }

  /** Changes a trait in every view, and writes it at once. */
  write<Name extends StateName>(name: Name, value: State[Name]): void {
    this.#signal(name).value = value;
    this.#save(name);
  }

  /** Changes a trait in every view at once; the host follows throttled. */
  move<Name extends Moving>(name: Name, value: State[Name]): void {
    this.#signal(name).value = value;
    this.#moves[name].call();
  }

  /** Writes what moved and waits to be written: a drag has ended. */
  flush(): void {
    for (const move of Object.values(this.#moves)) move.flush();
  }

  /** The writable signal of a trait, typed by its name: indexing alone would give the union of all. */
  #signal<Name extends StateName>(name: Name): Signal<State[Name]> {
    return this.#own[name];
  }

  /** Makes a trait's signal and keeps it in step with the host. */
  #follow<Name extends StateName>(name: Name): Signal<State[Name]> {
    const bound = signal(this.#host.get(name));
    const update = () => {
      // The host's echo of an earlier position must not pull the slider back while a later one is on its way.
      if (name in this.#moves && this.#moves[name as Moving].waiting) return;
      bound.value = this.#host.get(name);
    };
    this.#host.on(name, update);
    this.#listening.push([name, update]);
    return bound;
  }

  /** Hands the signal's value to the host and has it sent: the last value, however many came before it. */
  #save(name: StateName): void {
    this.#host.set(name, this.#own[name].value);
    this.#host.save();
  }
}
