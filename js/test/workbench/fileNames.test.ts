import assert from "node:assert/strict";
import { test } from "node:test";
import { fileName } from "../../src/workbench/fileNames.ts";

test("a file is named after what it is of", () => {
  assert.equal(
    fileName(["Languages, version 2 (balanced)", "reviews/2024 test", "matrix"], "csv"),
    "Languages-version-2-balanced_reviews-2024-test_matrix.csv",
  );
  assert.equal(fileName(["Évaluation 犬", "", "roc"], "svg"), "Évaluation-犬_roc.svg");
});

test("no name leads out of its folder, is hidden, empty or too long for a file system", () => {
  assert.equal(fileName(["../../etc/passwd", "..", "roc"], "csv"), "etc-passwd_roc.csv");
  assert.equal(fileName(["", "///"], "html"), "evaluation.html");
  const long = fileName(["🐕x".repeat(400), "犬".repeat(300), "concepts"], "csv");
  assert.ok(new TextEncoder().encode(long).length <= 255 && long.endsWith("_concepts.csv"));
  assert.ok(new TextEncoder().encode(fileName(["犬".repeat(300), "犬".repeat(300), "concepts"], "csv")).length <= 255);
});
