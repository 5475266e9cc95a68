import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, mock, test } from "node:test";
import { effect, signal } from "@preact/signals";
import { type Payload, unpack } from "../../src/wire/payload.ts";
import { type Evaluation, readEvaluation } from "../../src/workbench/evaluation.ts";
import {
  behindCell,
  type Cells,
  cellForKey,
  cellsAt,
  columnWidth,
  confusedIn,
  type Matrix,
  shadeOf,
  shareIn,
  strongest,
} from "../../src/workbench/panels/matrix/cells.ts";
import { shadePaths } from "../../src/workbench/panels/matrix/Heat.tsx";
import { FOLLOWED, kindOf, matrixParams, unavailable } from "../../src/workbench/panels/matrix/params.ts";
import { shadePixels } from "../../src/workbench/panels/matrix/Shades.tsx";
import {
  bothSentence,
  cellSentence,
  confusionSentence,
  howSentence,
  leastSentence,
  percent,
} from "../../src/workbench/panels/matrix/sentences.ts";
import { settled } from "../../src/workbench/settled.ts";
import { WIRE } from "../fromPage.ts";
import { start } from "../start.ts";

const bytes = (name: string) => readFileSync(`${WIRE}/${name}.bin`);
const section = (name: string) => (unpack(bytes(name)) as Payload).section("matrix") as Matrix;
const data = readEvaluation(bytes("co_labelled")) as Evaluation;
const at = (t: number) => data.concepts.map(() => t);
const cells: Cells = {
  size: 3,
  given: Uint32Array.of(5, 4, 0, 1, 6, 0, 0, 0, 0),
  shared: Uint32Array.of(0, 3, 0, 0, 0, 0, 0, 0, 0),
  means: null,
  least: 0,
  labelled: Uint32Array.of(10, 8, 0),
};

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("the cells at every stop are column by column the counts of the evaluation, and Python's at exact thresholds", () => {
  const matrix = section("matrix_stops");
  const shown = readEvaluation(bytes("cross_validated")) as Evaluation;
  const size = shown.concepts.length;
  shown.stops.forEach((stop, s) => {
    const made = cellsAt(
      matrix,
      shown,
      shown.concepts.map(() => stop),
    ) as Cells;
    for (let k = 0; k < size; k++) {
      const here = k * shown.stops.length + s;
      assert.equal(made.given?.[k * size + k], shown.counts?.tps[here]);
      const column = [0, 1, 2].reduce((sum, j) => sum + (made.given?.[j * size + k] as number), 0);
      assert.equal(column - (made.given?.[k * size + k] as number), shown.counts?.fps[here]);
    }
  });
  const exact = section("matrix_exact");
  const thresholds = exact.head.thresholds as number[];
  const known = cellsAt(exact, data, thresholds);
  assert.deepEqual(known?.given, exact.arrays.cells);
  assert.deepEqual(cellsAt(section("matrix_shared"), data, thresholds), known);
});

test("between stops cells are known where both neighbours count alike, else not at all", () => {
  const matrix = section("matrix_shared");
  const quiet = cellsAt(matrix, data, at(0.265)); // scores are sixteenths
  assert.deepEqual(quiet, cellsAt(matrix, data, at(0.27)));
  const stops = matrix.arrays.stops as Float64Array;
  const thinned = { ...matrix, arrays: { ...matrix.arrays, stops: stops.map((stop) => stop / 2) } };
  assert.equal(cellsAt(thinned, data, at(0.777)), null);
});

test("a matrix counted at other thresholds is not taken for that of these", () => {
  const exact = section("matrix_exact");
  assert.equal(cellsAt(exact, data, at(0.5)), null);
  assert.equal(cellsAt(exact, data, [0.5, 0.25]), null);
});

test("inputs that carry both labels are no confusion, and are shown apart", () => {
  assert.equal(confusedIn(cells, 0, 1), 1);
  assert.deepEqual(strongest(cells, 5), [
    { row: 1, column: 0, confused: 1, shared: 0 },
    { row: 0, column: 1, confused: 1, shared: 3 },
  ]);
  assert.equal(strongest(cells, 1).length, 1);
  const [, second] = strongest(cells, 5);
  assert.match(confusionSentence(data, cells, second as never), /^a read as b: 1 of 10 \(10.%\)$/);
  assert.deepEqual([bothSentence(3), bothSentence(1)], ["3 more carry both labels", "1 more carries both labels"]);
  const shared = cellsAt(section("matrix_shared"), data, at(0)) as Cells;
  assert.ok(strongest(shared, 9).every(({ row, column, confused }) => confused === confusedIn(shared, row, column)));
});

test("a cell is told with its row's inputs, its share, and those with both labels", () => {
  assert.equal(
    cellSentence(data, cells, "count", 0, 1, 0.5),
    "a → b: 1 of 10 inputs labelled a (10\u00a0%) score 0.50 or more for it. 3 more are labelled b, too, and are no confusion.",
  );
  assert.equal(cellSentence(data, cells, "argmax", 0, 0, 0.5), "a: 5 of 10 inputs (50\u00a0%) score highest for it.");
  assert.match(cellSentence(data, cells, "count", 2, 0, 0.5), /no inputs are labelled c/);
  assert.deepEqual([percent(0.034), percent(0), percent(null)], ["3.4\u00a0%", "0\u00a0%", "–"]);
});

test("how to list those with both labels is said where they stand apart, and how else where they do not", () => {
  const how = (shares: boolean, many: boolean) => howSentence("count", shares, "test set", many);
  assert.match(how(false, false), /stand apart as \+n \(a click on that, or the key \+, lists them\)\. Test set\.$/);
  assert.match(how(true, false), /\(Shift and a click, or the key \+, lists them\)/);
  assert.match(how(false, true), /, too, stand apart \(Shift and a click, or the key \+, lists them\)/);
  assert.doesNotMatch(howSentence("cooccurrence", false, "test set"), /\+/);
});

test("a mean score is undefined where no input is labelled with the row", () => {
  const means = cellsAt(section("matrix_means"), data, []) as Cells;
  assert.equal(shareIn(means, 1, 0), null);
  assert.ok((shareIn(means, 0, 0) as number) > 0);
  assert.match(cellSentence(data, means, "probability", 1, 0, 0.5), /undefined: no inputs/);
  assert.deepEqual(strongest(means, 5), []);
  assert.match(howSentence("probability", true, "test set"), /^Mean score .*labelled with the row\. Test set\.$/);
});

test("of too many cells the weak ones are said to be left out, and mean scores come as thousandths", () => {
  assert.equal(leastSentence(cells), "");
  const sent = section("matrix_means");
  const arrays = { labelled: sent.arrays.labelled, thousandths: Uint32Array.of(62, 0, 0xffffffff, 4) };
  const head = { ...sent.head, least: 0.004 };
  const means = cellsAt({ head, arrays: { ...arrays, order: sent.arrays.order } }, data, []) as Cells;
  assert.deepEqual(
    [0, 1].map((k) => shareIn({ ...means, size: 2 }, k, 0)),
    [0.062, null],
  );
  const told = (row: number, column: number, of = { ...means, size: 2 }) =>
    cellSentence(data, of, of.means ? "probability" : "argmax", row, column, 0.5);
  assert.equal(told(0, 1), "a and b: a mean score below 0.004, too little to be sent.");
  assert.equal(told(0, 0), "a → a: mean score 0.062.");
  assert.equal(told(0, 2, { ...cells, least: 3 }), "a and c: fewer than 3 inputs, too little to be sent.");
  assert.match(told(0, 1, { ...cells, least: 3 }), /^a → b: 1 of 10/);
  assert.match(
    leastSentence(means),
    /^ Of so many cells the strongest are drawn: of any other, a mean score below 0\.004\.$/,
  );
});

test("any confusion shows, and the darker the more of the row it is", () => {
  assert.deepEqual([null, 0, 0.0001, 0.25, 1].map(shadeOf), [0, 0, 1, 4, 8]);
  const drawn = { data, matrix: section("matrix_exact"), cells, fresh: true };
  const paths = shadePaths(drawn, [1, 0, 2]);
  assert.equal(paths.hits[7], "M0,0h1v1h-1z");
  assert.match(paths.confusions.join(""), /M0,1h1v1h-1z/);
});

test("of very many concepts the same shades are pixels, hits on the diagonal and confusions beside it", () => {
  const colours = [
    [1, 2, 3],
    [4, 5, 6],
  ] as const;
  const pixels = shadePixels(cells, [1, 0, 2], colours);
  const pixel = (y: number, x: number) => Array.from(pixels.subarray(4 * (3 * y + x), 4 * (3 * y + x) + 4));
  for (const [y, row] of [1, 0, 2].entries()) {
    for (const [x, column] of [1, 0, 2].entries()) {
      const shade = shadeOf(shareIn(cells, row, column));
      const colour = x === y ? colours[0] : colours[1];
      const strength = Math.round(60 + (195 * (shade - 1)) / 7);
      assert.deepEqual(pixel(y, x), shade ? [...colour, strength] : [0, 0, 0, 0]);
    }
  }
});

test("keys move within the grid", () => {
  assert.deepEqual(cellForKey("ArrowLeft", [0, 0], 3), [0, 0]);
  assert.deepEqual(cellForKey("ArrowDown", [0, 0], 3), [1, 0]);
  assert.deepEqual(cellForKey("End", [1, 0], 3), [1, 2]);
  assert.deepEqual(cellForKey("PageDown", [1, 1], 3), [2, 1]);
  assert.equal(cellForKey("x", [1, 1], 3), null);
});

test("few concepts are asked for at all stops, many at the thresholds once they rest", () => {
  const { workbench } = start();
  assert.deepEqual(matrixParams(workbench), { kind: "count", thresholds: null });
  const evaluation = workbench.evaluation.value as Evaluation;
  const many = Array.from({ length: FOLLOWED + 1 }, (_, i) => ({ ...evaluation.concepts[0], id: String(i) }));
  const wide = { ...evaluation, concepts: many } as Evaluation;
  const shown = { ...workbench, evaluation: signal(wide), settled: signal(many.map(() => 0.5)) };
  Object.setPrototypeOf(shown, { choice: workbench.choice.bind(workbench) });
  assert.deepEqual(
    matrixParams(shown as never).thresholds,
    many.map(() => 0.5),
  );
  kindOf(workbench).value = "argmax";
  assert.deepEqual(matrixParams(shown as never), { kind: "argmax", thresholds: null });
  assert.equal(unavailable({ ...evaluation, concepts: [] }), "There are no concepts to cross.");
});

test("thresholds are told once they rest, and another evaluation's at once", () => {
  const ended = new AbortController();
  const moving = signal<readonly number[]>([0.1, 0.1]);
  const rested = settled(moving, ended.signal);
  const seen: (readonly number[])[] = [];
  effect(() => {
    seen.push(rested.value);
  });
  for (const t of [0.2, 0.3, 0.4]) {
    moving.value = [t, t];
    mock.timers.tick(50);
  }
  assert.deepEqual(seen, [[0.1, 0.1]]);
  mock.timers.tick(50);
  assert.deepEqual(seen.at(-1), [0.4, 0.4]);
  moving.value = [0.5];
  assert.deepEqual(seen.at(-1), [0.5]);
  moving.value = [0.6];
  ended.abort();
  mock.timers.tick(500);
  assert.deepEqual(rested.value, [0.5]);
});

test("a panel's choice is one for all its views, and panels below open and close", () => {
  const { workbench } = start();
  kindOf(workbench).value = "argmax";
  assert.equal(kindOf(workbench).value, "argmax");
  workbench.setOpen("matrix", true);
  workbench.setOpen("matrix", true);
  assert.deepEqual([...workbench.opened.value], ["matrix"]);
  workbench.setOpen("matrix", false);
  assert.equal(workbench.opened.value.size, 0);
});

test("a column has room for the largest number that may stand in it, and for those with both labels beside it", () => {
  const of = (largest: number, shared: Uint32Array | null) =>
    columnWidth({ ...cells, labelled: Uint32Array.of(3, largest, 0), shared });
  assert.equal(of(99, null), 48);
  assert.ok(of(668, cells.shared) >= 60);
  assert.ok(of(123_456, null) > of(12_345, null));
  assert.ok(of(123_456, cells.shared) > of(123_456, null));
});

test("every cell of our own leads to the inputs it is of, those with both labels apart; the server’s own to none", () => {
  const [a, b] = ["a", "b"];
  const at = (given: "threshold" | "highest", concept: string, outcome: string, labelled: string | null) =>
    ({ concept, outcome, labelled, given }) as const;
  assert.deepEqual(behindCell(data, "count", [0, 1]), at("threshold", "b", "fp", a));
  assert.deepEqual(behindCell(data, "count", [0, 1], true), at("threshold", "b", "tp", a));
  assert.deepEqual(behindCell(data, "count", [1, 1]), at("threshold", "b", "tp", null));
  assert.equal(behindCell(data, "count", [1, 1], true), null);
  assert.deepEqual(behindCell(data, "argmax", [1, 0], true), at("highest", "a", "tp", b));
  assert.deepEqual(behindCell(data, "probability", [0, 1]), at("threshold", "b", "scored", a));
  assert.deepEqual(behindCell(data, "probability", [1, 1]), at("threshold", "b", "scored", b));
  assert.deepEqual(behindCell(data, "cooccurrence", [0, 1]), at("threshold", "b", "labelled", a));
  assert.deepEqual(behindCell(data, "cooccurrence", [0, 0]), at("threshold", "a", "labelled", null));
  assert.equal(behindCell(data, "cooccurrence", [0, 1], true), null);
  assert.equal(behindCell(data, "platform_cooccurrence", [0, 1]), null);
  assert.equal(behindCell(data, "platform_probability", [0, 1]), null);
  assert.equal(behindCell(data, "count", [0, 9]), null);
});

test("the server’s own matrices are called its own; labels alone are no confusion", () => {
  const rates = readEvaluation(bytes("platform_rates")) as Evaluation;
  assert.deepEqual(rates.matrices, ["platform_probability", "platform_cooccurrence"]);
  const sent = cellsAt(section("matrix_platform"), rates, []) as Cells;
  assert.match(cellSentence(rates, sent, "platform_probability", 0, 0, 0.5), /mean score, the server’s own 0\.\d{3}/);
  const together = cellsAt(section("matrix_together"), data, []) as Cells;
  const here = together.given?.[1] as number;
  assert.equal(here, together.given?.[together.size]);
  assert.match(
    cellSentence(data, together, "cooccurrence", 0, 1, 0.5),
    new RegExp(`^a and b: ${here} inputs? labelled with both`),
  );
  assert.match(
    howSentence("platform_cooccurrence", false, "platform"),
    /^Inputs of the whole dataset labelled with both/,
  );
});

test("where the chosen matrix is not to be had, the first one is asked for, and without any that is said", () => {
  const rates = readEvaluation(bytes("platform_rates")) as Evaluation;
  const { workbench } = start();
  kindOf(workbench).value = "argmax";
  const shown = { evaluation: signal(rates), choice: workbench.choice.bind(workbench), settled: signal([]) };
  assert.deepEqual(matrixParams(shown as never), { kind: "platform_probability", thresholds: null });
  assert.equal(matrixParams(workbench).kind, "argmax");
  assert.match(unavailable({ ...rates, matrices: [] }), /neither a test set nor a matrix/);
});
