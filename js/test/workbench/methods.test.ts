/** Methods in plain words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { methodWords } from "../../src/workbench/methods.ts";

test("a method is said in plain words, with what widens it or holds inputs together", () => {
  assert.equal(
    methodWords("mean over folds, corrected resampled t (Nadeau and Bengio); holds at every look while it runs"),
    "from the spread between folds, widened, as it is looked at while it runs",
  );
  assert.equal(
    methodWords("infinitesimal jackknife, clustered in 20 groups, logit-transformed"),
    "from each input’s influence on it, inputs of one group together",
  );
  assert.equal(methodWords("a method of tomorrow"), "a method of tomorrow");
});
