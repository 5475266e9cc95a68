/** Progress of a run that goes on. */
import type { RunRow } from "../../wire/contract.ts";
import { progressLine } from "../../workbench/run.ts";

/** How far a run is, as a bar and in words. */
export function Progress({ run }: { run: RunRow }) {
  const line = progressLine(run);
  return (
    <div class="cew-progress">
      <div
        role="progressbar"
        class="cew-bar"
        aria-label="Evaluation progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(run.fraction * 100)}
        aria-valuetext={line}
      >
        <div class="cew-bar-done" style={{ transform: `scaleX(${run.fraction})` }} />
      </div>
      <span class="cew-small cew-muted">{line}</span>
    </div>
  );
}
