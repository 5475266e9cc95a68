/** Data on demand: what panels in view ask for, kept while it may be looked at again. */
import { type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals";
import { questionKey } from "../host/host.ts";
import { type Actions, failureOf } from "../parts/actions.ts";
import { type Failure, PANELS, type PanelPayloads, type PanelRequest } from "../wire/contract.generated.ts";
import { type PanelName, ProtocolError, type Section, unpack } from "../wire/payload.ts";

/** How many answers are kept; with a panel's few kilobytes each, well below a megabyte. */
const KEPT_ANSWERS = 40;

/** What a panel asks, typed by its declaration. */
export interface Question<Name extends PanelName> extends Omit<PanelRequest, "params"> {
  panel: Name;
  params: PanelPayloads[Name]["params"];
}

/** A question of any panel. */
type AnyQuestion = Question<PanelName>;

/** What there is for a question: perhaps of an older revision, while the newest is on its way or could not be had. */
export interface Supply<Name extends PanelName> {
  /** Null until the first answer. */
  readonly section: Section<Name> | null;
  /** Revision of the section. */
  readonly revision: number | null;
  /** Revision last asked for and answered, well or not. */
  readonly answered: number | null;
  /** Why that could not be had. */
  readonly failure: Failure | null;
}

/** What there is before anything has been asked. */
const NOTHING: Supply<PanelName> = { section: null, revision: null, answered: null, failure: null };

/** All that is known of one question, whatever the revision. */
interface Line {
  readonly supply: Signal<Supply<PanelName>>;
  /** Whether a request is under way. */
  asking: boolean;
}

/**
 * The answers to panels' questions, by panel, run and parameters; of each the newest revision.
 *
 * One a workbench, for all its views: two views that ask the same share one request. Nothing is asked unless `want` is
 * called, and of one line only one revision at a time, so that a fast run cannot pile up requests. What was looked at
 * longest ago is dropped first. It ends with its workbench: answers that come later are kept, and seen by nobody.
 */
export class Demand {
  readonly #actions: Actions;
  readonly #lines = new Map<string, Line>();
  #last = "";

  constructor(actions: Actions) {
    this.#actions = actions;
  }

  /** The control under which a question waits: see `Actions`. */
  control(question: AnyQuestion): string {
    return `panel:${questionKey({ ...request(question), revision: 0 })}`;
  }

  /** What there is for a question, now and later. */
  supply<Name extends PanelName>(question: Question<Name>): ReadonlySignal<Supply<Name>> {
    return this.#line(question).supply as ReadonlySignal<unknown> as ReadonlySignal<Supply<Name>>;
  }

  /** Asks, unless the answer is here or on its way. Within an effect, it asks again when a newer revision is wanted. */
  want<Name extends PanelName>(question: Question<Name>): void {
    const line = this.#line(question);
    const { revision, answered } = line.supply.value;
    if (line.asking || revision === question.revision || answered === question.revision) return;
    untracked(() => this.#ask(question, line));
  }

  /**
   * Asks although the answer may be here, of a panel whose inputs Python sees: those on screen, not those asked for last.
   * To be called once whenever a question comes on screen, after `want`.
   */
  show<Name extends PanelName>(question: Question<Name>): void {
    const { asking, supply } = this.#line(question);
    const key = this.control(question);
    if (!PANELS[question.panel].selects || supply.peek().failure !== null || (asking && this.#last === key)) return;
    this.#last = key;
    this.#actions.ask("selection", request(question), { quiet: true }).catch(() => {});
  }

  /** Asks once more after a failure. */
  retry<Name extends PanelName>(question: Question<Name>): void {
    const line = this.#line(question);
    if (!line.asking) this.#ask(question, line);
  }

  /** Asks the host; whatever comes of it is kept as the supply, for the view to show. */
  async #ask<Name extends PanelName>(question: Question<Name>, line: Line): Promise<void> {
    line.asking = true;
    if (PANELS[question.panel].selects) this.#last = this.control(question);
    line.supply.value = { ...line.supply.value, failure: null };
    const answered = question.revision;
    try {
      const { buffers } = await this.#actions.ask(this.control(question), request(question));
      const payload = unpack(buffers[0]);
      if (payload === null) throw new ProtocolError(`The reply to panel "${question.panel}" came without data.`);
      const section = payload.section(question.panel);
      line.asking = false;
      line.supply.value = { section, revision: payload.revision, answered, failure: null };
    } catch (error) {
      line.asking = false;
      line.supply.value = { ...line.supply.value, answered, failure: failureOf(error) };
    }
  }

  /** The line of a question, made where there is none, and now the one looked at last. */
  #line(question: AnyQuestion): Line {
    const key = this.control(question);
    const line = this.#lines.get(key) ?? { supply: signal(NOTHING), asking: false };
    this.#lines.delete(key);
    this.#lines.set(key, line);
    const [oldest] = this.#lines.keys();
    if (this.#lines.size > KEPT_ANSWERS && oldest !== undefined) this.#lines.delete(oldest);
    return line;
  }
}

/** A question as the message that asks it. */
function request({ params, ...rest }: AnyQuestion): PanelRequest {
  return { ...rest, params: { ...params } };
}
