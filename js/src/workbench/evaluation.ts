/** The evaluation on screen, read from the trait `results`. */
import type { EvaluationHead, State } from "../wire/contract.generated.ts";
import { type Payload, ProtocolError, type Section, unpack } from "../wire/payload.ts";

/** What every panel builds on: K concepts, S stops; index K stands for the macro average. */
export interface Evaluation extends EvaluationHead {
  /** Key of its run. */
  readonly run: string;
  /** Grows with every state of the same run. */
  readonly revision: number;
  /** Thresholds at which the slider may stop, ascending; length S. */
  readonly stops: Float64Array;
  /** Counts at score >= stop, concept-major, length K·S; null when only the platform's rates are known. */
  readonly counts: { readonly tps: Uint32Array; readonly fps: Uint32Array } | null;
  /** Rates at the stops, length K·S, NaN undefined; null when there are counts. F1 is that of folds, where it was sent. */
  readonly rates: Readonly<Record<"tpr" | "fpr" | "precision" | "f1", Float64Array>> | null;
  /** The sections of the panels that came with it. */
  readonly payload: Payload;
}

/** The arrays of the section that every panel builds on. */
type Arrays = Section<"evaluation">["arrays"];

/** An array of one number a concept and stop; throws a ProtocolError when it is not. */
function matrix<Name extends keyof Arrays>(arrays: Arrays, name: Name, length: number): NonNullable<Arrays[Name]> {
  const found = arrays[name];
  if (found === undefined) throw new ProtocolError(`The section "evaluation" has no array "${name}".`);
  if (found.length === length) return found;
  throw new ProtocolError(
    `The array "evaluation/${name}" has ${found.length} numbers; its concepts and stops are ${length}.`,
  );
}

/** Reads an evaluation; null when there is none. Throws a ProtocolError when it cannot be read. */
export function readEvaluation(bytes: State["results"]): Evaluation | null {
  const payload = unpack(bytes);
  if (payload === null) return null;
  const { head, arrays } = payload.section("evaluation");
  const length = head.concepts.length * arrays.stops.length;
  const of = <Name extends keyof Arrays>(name: Name) => matrix(arrays, name, length);
  return {
    ...head,
    run: payload.run,
    revision: payload.revision,
    stops: arrays.stops,
    counts: head.has_counts ? { tps: of("tps"), fps: of("fps") } : null,
    rates: head.has_counts ? null : { tpr: of("tpr"), fpr: of("fpr"), precision: of("precision"), f1: of("f1") },
    payload,
  };
}

/** The evaluation, or in words why it cannot be read. */
export function readable(bytes: State["results"]): { evaluation: Evaluation | null; problem: string } {
  try {
    return { evaluation: readEvaluation(bytes), problem: "" };
  } catch (error) {
    return { evaluation: null, problem: error instanceof Error ? error.message : String(error) };
  }
}
