/** The inputs of a page, as Python sent them. Pure. */
import type { Section } from "../../../wire/payload.ts";

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
  /** What stands at an address and has to be asked for; null where it is here, or there is nothing. */
  readonly hosted: Inputs["head"]["hosted"][number];
  /** Its row in the evaluation. */
  readonly row: number;
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
      hosted: head.hosted[i] ?? null,
      row: head.rows[i] ?? 0,
      labels,
      bars,
      margin: arrays.margins[i] as number,
      loss: arrays.losses[i] as number,
      fold: arrays.folds?.[i] ?? null,
    };
  });
}

/** How many pages there are; one at least. */
export const pagesOf = ({ head }: Inputs): number => Math.max(1, Math.ceil(head.total / head.size));
