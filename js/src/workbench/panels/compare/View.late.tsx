/** Evaluations side by side: which is better, on which concepts, and which inputs tell them apart. */

import { FailureNotice } from "../../../parts/FailureNotice.tsx";
import { roughly } from "../../../parts/format.ts";
import { asks } from "../../asking.tsx";
import { useWorkbench } from "../../context.ts";
import type { PanelProps } from "../../panel.tsx";
import { Curves, Key, nameOf } from "./Curves.tsx";
import { useLast } from "./last.ts";
import { showOnly } from "./leads.ts";
import { type Compared, letter } from "./model.ts";
import { Next } from "./NextStep.tsx";
import { comparedNames, compareLook, comparing, read } from "./params.ts";
import { cautions, inputsLine, onlyRight, rightMeans, verdict } from "./sentences.ts";
import { Differences } from "./Table.tsx";
import { Tested } from "./Tested.tsx";
import { offered, tick, ticked } from "./ticks.ts";
import "./style.css";

/** What can be ticked, and which of it the others are measured against. */
function Choices() {
  const workbench = useWorkbench();
  const compared = ticked(workbench);
  const all = offered(workbench);
  const failed = workbench.actions.errors.value.compare;
  return (
    <fieldset class="cew-compare-choices" aria-label="Runs to compare">
      {all.length < 2 && (
        <p class="cew-muted">
          {workbench.baked
            ? "Nothing was compared when this file was written."
            : workbench.traits.workbench_only.value
              ? "In Python, w.compare(w.evaluation, another) puts another evaluation beside this one."
              : "Evaluate another version or dataset to compare it with this one."}
        </p>
      )}
      {all.map(({ key, title, about }) => {
        const at = compared.indexOf(key);
        return (
          <span key={key} class="cew-compare-choice">
            <label>
              <input
                type="checkbox"
                checked={at >= 0}
                disabled={workbench.gone.value || workbench.baked}
                onChange={() => tick(workbench, key)}
              />
              {at >= 0 && <Key at={at} />}
              <span>
                {title} <span class="cew-muted">{about}</span>
              </span>
            </label>
            {at > 0 && !workbench.baked && (
              <button
                type="button"
                class="cew-lead"
                aria-label={`Measure against this: ${title} ${about}`}
                onClick={() => workbench.compare([key, ...compared.filter((one) => one !== key)])}
              >
                measure against this
              </button>
            )}
          </span>
        );
      })}
      {failed && <FailureNotice failure={failed} />}
    </fieldset>
  );
}

/** Each of the others against the first, in words, with the inputs that tell them apart. */
function Verdicts({ shown }: { shown: Compared }) {
  const workbench = useWorkbench();
  const keys = read(workbench).map(({ run }) => run);
  const { head } = shown;
  const { concept } = head;
  return (
    <ul class="cew-compare-verdicts" aria-label="Differences">
      {head.others.map((other, j) => {
        const [a, b] = [letter(0), letter(j + 1)];
        const pair: [string, string] = [keys[0] ?? "", keys[j + 1] ?? ""];
        return (
          <li key={pair[1]}>
            <p>
              <Tested other={other} pair={pair} concept={concept} name={concept === null ? null : nameOf(shown)}>
                {verdict(other, a, b)}
              </Tested>
            </p>
            {other.refusal !== "" && other.concepts > 0 && <Next first={pair[0]} other={pair[1]} />}
            {other.only_first !== null && other.only_other !== null && (
              <p class="cew-compare-only">
                <button type="button" class="cew-lead" onClick={() => showOnly(workbench, concept, pair, true)}>
                  {onlyRight(other.only_first, a, b)}
                </button>
                <button type="button" class="cew-lead" onClick={() => showOnly(workbench, concept, pair, false)}>
                  {onlyRight(other.only_other, b, a)}
                </button>
                <span class="cew-muted cew-small">
                  {rightMeans(head.concept === null ? null : nameOf(shown), roughly(head.threshold))}
                </span>
              </p>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** What is compared, over its curves and its table. */
function Compare({ section }: PanelProps<"compare">) {
  const workbench = useWorkbench();
  const shown = useLast({ section }).value;
  const unread = workbench.traits.comparison.value.filter(({ revision }) => revision === 0);
  const others = shown?.head.others.length ?? 0;
  const all = offered(workbench);
  const untold = shown === null && unread.length === 0 && all.length > 1 && !workbench.baked;
  return (
    <section class="cew-compare" aria-label="Compare" data-fresh={section.value !== null}>
      <Choices />
      {unread.map(({ run, title, failure }) => (
        <p key={run} class="cew-muted">
          {failure ? `${title} cannot be read: ${failure}` : `Reading ${title}…`}
        </p>
      ))}
      {untold && read(workbench).length < 2 && (
        <p class="cew-muted">
          {ticked(workbench).length === 1
            ? "Tick another to compare it with this one."
            : "Tick two or more to compare them."}
        </p>
      )}
      {shown && (
        <>
          <Verdicts shown={shown} />
          {cautions(shown.head.others).map((one) => (
            <p key={one} class="cew-notice cew-notice-warning">
              {one}
            </p>
          ))}
          {inputsLine(shown.head) && <p class="cew-muted cew-small">{inputsLine(shown.head)}</p>}
          <div class="cew-compare-body">
            <Curves shown={shown} />
            <Differences shown={shown} others={others} />
          </div>
        </>
      )}
    </section>
  );
}

export default asks({
  ...comparing,
  View: Compare,
  of: comparedNames,
  look: compareLook,
  untaken: (section) => (section ? "" : "Fewer than two evaluations are compared."),
});
