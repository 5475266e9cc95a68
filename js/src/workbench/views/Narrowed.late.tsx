/** Some of the inputs by themselves on screen: that it is so, and the way back. */
import { plural } from "../../parts/format.ts";
import { useWorkbench } from "../context.ts";
import { narrow } from "../narrow.ts";
import "./narrowed.css";

/** Says that only some of the inputs are on screen, with the way back; in a line that has its room without it, too. */
export default function Narrowed() {
  const workbench = useWorkbench();
  const words = workbench.traits.narrowed.value;
  if (!words) return null;
  const inputs = plural(workbench.evaluation.value?.inputs ?? 0, "input");
  const only = /inputs? listed$/.test(words) ? `Only ${words}` : `Only ${words}: ${inputs}`;
  return (
    <span class="cew-narrowed" role="group" aria-label="Only a part">
      <b title={`${only}. Every number on the page is of these.`}>{only}</b>{" "}
      <button type="button" class="cew-lead" onClick={() => narrow(workbench)}>
        Show all inputs
      </button>
    </span>
  );
}
