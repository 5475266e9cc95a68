/** The inputs of a page, as Python sent them. Pure but for the signals read. */
import type { Signal } from "@preact/signals";
import type { PanelPayloads } from "../../../wire/contract.ts";
import type { Section } from "../../../wire/packing.ts";
import type { Evaluation } from "../../evaluation.ts";
import type { Selected, Workbench } from "../../workbench.ts";

/** What Python sent. */
export type Inputs = Section<"inputs">;
/** In which order they stand. */
export type Sort = Inputs["head"]["sort"];

/** A score to draw. */
export interface Bar {
  /** Concept by index. */
  readonly concept: number;
  readonly score: number;
  /** Whether the input is labelled with it. */
  readonly own: boolean;
  /** What the run compared scores; null where there is none. */
  readonly other: number | null;
}

/** One input. */
export interface Item {
  readonly id: string;
  readonly text: string | null;
  /** Bytes of an image file; null for none. */
  readonly image: Uint8Array<ArrayBuffer> | null;
  /** Labels, concepts by index. */
  readonly labels: readonly number[];
  readonly bars: readonly Bar[];
  readonly margin: number;
  readonly loss: number;
  readonly fold: number | null;
}

/** Each input's image, at the next multiple of four bytes after the one before. */
function imagesOf({ images, image_sizes: sizes }: Inputs["arrays"]): (Uint8Array<ArrayBuffer> | null)[] {
  if (!images || !sizes) return [];
  let at = images.byteOffset;
  return Array.from(sizes, (size) => {
    const from = at;
    at += Math.ceil(size / 4) * 4;
    return size === 0 ? null : new Uint8Array(images.buffer.slice(from, from + size) as ArrayBuffer);
  });
}

/** A score of those sent; null where there is none. */
function scoreAt(scores: Float64Array | undefined, at: number): number | null {
  const score = scores?.[at] ?? Number.NaN;
  return Number.isNaN(score) ? null : score;
}

/** The inputs of a page. */
export function itemsOf({ head, arrays }: Inputs): Item[] {
  const images = imagesOf(arrays);
  return head.ids.map((id, i) => {
    const labels = Array.from(arrays.labels.subarray(arrays.label_offsets[i], arrays.label_offsets[i + 1]));
    const [from, to] = [arrays.bar_offsets[i] ?? 0, arrays.bar_offsets[i + 1] ?? 0];
    const bars = Array.from(arrays.bar_concepts.subarray(from, to), (concept, b) => ({
      concept,
      score: arrays.bar_scores[from + b] as number,
      own: labels.includes(concept),
      other: scoreAt(arrays.other_scores, from + b),
    }));
    return {
      id,
      text: head.texts[i] ?? null,
      image: images[i] ?? null,
      labels,
      bars,
      margin: arrays.margins[i] as number,
      loss: arrays.losses[i] as number,
      fold: arrays.folds?.[i] ?? null,
    };
  });
}

/** What is listed: what was clicked, while the evaluation has those concepts, else the false positives of the chosen one. */
export function listed(workbench: Workbench): Selected {
  const concepts = workbench.evaluation.value?.concepts ?? [];
  const has = (id: string | null) => id === null || concepts.some((one) => one.id === id);
  const selected = workbench.selected.value;
  if (selected !== null && has(selected.concept) && has(selected.labelled)) return selected;
  const outcome = workbench.choice<Selected["outcome"]>("inputs.outcome", "fp").value;
  return { concept: concepts[workbench.conceptIndex.value]?.id ?? null, outcome, labelled: null, given: "threshold" };
}

/** In which order the inputs stand. */
export const sortOf = (workbench: Workbench): Signal<Sort> => workbench.choice<Sort>("inputs.sort", "margin");

/** The list that a page is of: of another one the first page is shown. */
const listKey = (workbench: Workbench) => JSON.stringify([listed(workbench), sortOf(workbench).value]);
const turned = (workbench: Workbench) => workbench.choice("inputs.page", { of: "", page: 0 });

/** The page that is looked at, from 0. */
export function pageOf(workbench: Workbench): number {
  const { of, page } = turned(workbench).value;
  return of === listKey(workbench) ? page : 0;
}

/** Turns to a page of what is listed now. */
export function turnTo(workbench: Workbench, page: number): void {
  turned(workbench).value = { of: listKey(workbench), page };
}

/** With what Python is asked, at thresholds at rest. */
export function inputsParams(workbench: Workbench): PanelPayloads["inputs"]["params"] {
  const { concept, outcome, labelled, given, against = null } = listed(workbench);
  const k = workbench.evaluation.value?.concepts.findIndex((one) => one.id === concept) ?? -1;
  const threshold = given === "highest" || k < 0 ? null : (workbench.settled.value[k] ?? null);
  return {
    concept,
    outcome,
    labelled,
    threshold,
    against,
    sort: sortOf(workbench).value,
    page: pageOf(workbench),
    large: null,
  };
}

/** How many pages there are; one at least. */
export const pagesOf = ({ head }: Inputs): number => Math.max(1, Math.ceil(head.total / head.size));

/** Why an evaluation has no inputs to list; empty when it has. */
export function unavailable(data: Evaluation): string {
  return data.has_counts ? "" : "The platform’s curves hold rates; there are no inputs to list.";
}
