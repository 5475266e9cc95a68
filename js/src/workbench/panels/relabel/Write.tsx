/** Writing the labels proposed to the server: a step of its own, which says what it will do and does nothing by itself. */
import { useState } from "preact/hooks";
import { useActions } from "../../../parts/context.ts";
import { Dialog } from "../../../parts/Dialog.tsx";
import { FailureNotice } from "../../../parts/FailureNotice.tsx";
import { count, plural } from "../../../parts/format.ts";
import { Wait } from "../../../parts/Wait.tsx";
import { useWorkbench } from "../../context.ts";
import type { PanelProps } from "../../panel.tsx";
import { changeSentence, writtenOf, writtenSentence } from "./sentences.ts";
import "./style.css";

/** Changes shown in the dialog; all of them are in Python. */
const FEW = 200;

/** What the marks change, and where. */
type Head = NonNullable<PanelProps<"relabel">["section"]["value"]>["head"];

/** Lists every change and where it goes; only the ticked box lets it be written. */
function Confirm({ head, run, onClose }: { head: Head; run: string; onClose: () => void }) {
  const workbench = useWorkbench();
  const [looked, setLooked] = useState(false);
  const { connection, relabels } = workbench.traits;
  const { changes, home } = head;
  const names = new Map(workbench.evaluation.value?.concepts.map(({ id, name }) => [id, name || id]));
  const write = () => {
    if (!looked) return;
    workbench.actions.start("write_labels", { action: "write_labels", run, relabels: { ...relabels.value } });
    onClose();
  };
  return (
    <Dialog title={`Write ${plural(changes.length, "annotation")}`} onClose={onClose}>
      <div class="cew-form">
        <p>
          To the app <b>{home}</b> at <b>{connection.value?.label}</b>: one new annotation an input. None that is there
          is changed or deleted; evaluations and dataset versions that are there stay as they are.
        </p>
        <ul class="cew-write-changes" aria-label="What will be written">
          {changes.slice(0, FEW).map((one) => (
            <li key={one.input_id}>{changeSentence(one, names)}</li>
          ))}
        </ul>
        {changes.length > FEW && (
          <p class="cew-muted">
            and {count(changes.length - FEW)} more: <code>w.relabelling.frame</code>
          </p>
        )}
        <label>
          <input type="checkbox" checked={looked} onChange={(event) => setLooked(event.currentTarget.checked)} />
          Write these labels for everybody who uses this app
        </label>
        <div class="cew-form-end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" class="cew-primary" aria-disabled={!looked} onClick={write}>
            Write
          </button>
        </div>
      </div>
    </Dialog>
  );
}

/** The step, and what came of the last one. */
export function WriteLabels({ head, run }: { head: Head; run: string }) {
  const { traits, gone } = useWorkbench();
  const { errors } = useActions();
  const [asking, ask] = useState(false);
  const written = writtenOf(traits.written.value, run);
  const off = gone.value || head.changes.length === 0 || written?.busy === true;
  return (
    <>
      <button type="button" aria-disabled={off} onClick={() => !off && ask(true)}>
        Write to {traits.connection.value?.kind === "local" ? "the local server" : "Clarifai"}…
      </button>
      <Wait control="write_labels" />
      <span role="status">{written && writtenSentence(written)}</span>
      {errors.value.write_labels && <FailureNotice failure={errors.value.write_labels} />}
      {written?.failure && <FailureNotice failure={written.failure} />}
      {written && written.refused.length > 0 && (
        <ul class="cew-write-changes" aria-label="Not written">
          {written.refused.slice(0, FEW).map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      {asking && <Confirm head={head} run={run} onClose={() => ask(false)} />}
    </>
  );
}
