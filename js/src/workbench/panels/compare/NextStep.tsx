/** What to do where two runs cannot be tested: their versions evaluated alike, once that has been checked. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { FailureNotice } from "../../../parts/FailureNotice.tsx";
import { Wait } from "../../../parts/Wait.tsx";
import { useWorkbench } from "../../context.ts";
import type { Workbench } from "../../workbench.ts";
import { type Checks, checkOf, nextSteps, openCheck, refusalIn, type Step, take, unrefused } from "./next.ts";

/** How many steps are checked unasked, the likeliest; each costs some calls. Any other is when it is chosen. */
const UNASKED = 4;

/**
 * Has looked up what speaks against a step, for one version after the other.
 *
 * Python looks up what it was asked last: an answer about another question means that this one may have been dropped, and
 * it is asked again.
 */
function useChecks(
  { actions, traits }: Workbench,
  found: Signal<Checks>,
  step: Step | undefined,
  versions: readonly string[],
): void {
  const open = step && openCheck(found.value, step, versions);
  const check = step && open ? checkOf(step, open) : "";
  const note = (said: string) => {
    found.value = { ...found.value, [check]: said };
  };
  const last = traits.check.value;
  useEffect(() => {
    if (!step || !open) return;
    const said = refusalIn(last, step, open);
    if (said !== null) return note(said);
    const action = { action: "check", version_key: open, dataset_key: step.dataset_key } as const;
    // What cannot be looked up is for the server to say.
    actions.start(`check:${check}`, action, { refused: () => note("") });
  }, [last, check]);
}

/** Which of the steps is taken: the one chosen, or the first. */
function StepSelect({ steps, step, chosen }: { steps: readonly Step[]; step: Step; chosen: Signal<string> }) {
  return (
    <label class="cew-inputs-choice">
      <span class="cew-label">To test them</span>
      <select
        aria-label="To test them"
        value={step.label}
        onChange={(event) => {
          chosen.value = event.currentTarget.value;
        }}
      >
        {steps.map(({ label }) => (
          <option key={label} value={label} selected={label === step.label}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Offers what the versions can be evaluated on; what turns out not to fit them is left out, and said. */
export function Next({ first, other }: { first: string; other: string }) {
  const workbench = useWorkbench();
  const chosen = useSignal("");
  const found = useSignal<Checks>({});
  const { actions, traits, gone, baked } = workbench;
  const runs = workbench.runs.value;
  const all = nextSteps(first, other, { runs, datasets: traits.datasets.value, versions: traits.versions.value });
  const versions = [first, other].map((key) => runs.find((run) => run.key === key)?.version_key ?? "");
  const { fit, left } = unrefused(typeof all === "string" ? [] : all, found.value, versions);
  const asked = fit.filter(({ label }) => label === chosen.value);
  const step = asked[0] ?? fit[0];
  const tried = [...asked, ...fit.slice(0, Math.max(0, UNASKED - left.length))];
  const next = tried.find((one) => openCheck(found.value, one, versions));
  useChecks(workbench, found, baked ? undefined : next, versions);
  if (baked) return null;
  if (typeof all === "string") return all && <p class="cew-muted cew-small">{all}</p>;
  const isOpen = step && openCheck(found.value, step, versions) !== undefined;
  const off = !step || isOpen || gone.value || "match" in actions.pending.value;
  const failed = actions.errors.value.match;
  return (
    <>
      {step && (
        <p class="cew-compare-only">
          <StepSelect steps={fit} step={step} chosen={chosen} />
          <button type="button" aria-disabled={off} onClick={() => !off && take(actions, [first, other], step)}>
            Evaluate both
          </button>
          <Wait control="match" />
          {isOpen && step === next && <span class="cew-muted cew-small">Checking labels…</span>}
        </p>
      )}
      {left.length > 0 && <p class="cew-muted cew-small">{`Not offered: ${left.join(" ")}`}</p>}
      {failed && <FailureNotice failure={failed} />}
    </>
  );
}
