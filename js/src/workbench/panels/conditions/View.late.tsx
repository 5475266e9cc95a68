/** Each condition by its code, with what it is here, what it means and what to do about it. */

import type { ConditionTold } from "../../../wire/contract.generated.ts";
import { asks } from "../../asking.tsx";
import { useWorkbench } from "../../context.ts";
import type { PanelProps } from "../../panel.tsx";
import "./style.css";

/** The concepts that a condition touches; a click chooses one. */
function Touched({ ids }: { ids: readonly string[] }) {
  const workbench = useWorkbench();
  const named = workbench.evaluation.value?.concepts.filter(({ id }) => ids.includes(id)) ?? [];
  if (named.length === 0) return null;
  return (
    <p class="cew-small">
      Concepts:
      {named.map(({ id, name }) => (
        <button key={id} type="button" class="cew-link" onClick={() => workbench.setConcept(id)}>
          {name || id}
        </button>
      ))}
    </p>
  );
}

/** What is to be known of one condition. */
function Condition({ told }: { told: ConditionTold }) {
  // The one that was followed from the headline, where it is called by its title.
  const led = useWorkbench().choice("conditions.led", "").value === told.title;
  const classes = ["cew-condition", told.careful && "cew-condition-careful", led && "cew-condition-led"];
  return (
    <li class={classes.filter(Boolean).join(" ")} data-code={told.code}>
      <h4>
        {told.code}: {told.title}
      </h4>
      <p>
        {told.detail} {told.meaning}
      </p>
      <p>
        <b>What to do.</b> {told.advice}
      </p>
      <Touched ids={told.concepts} />
    </li>
  );
}

/** All of them; what to be careful about stands out. */
function Conditions({ section }: PanelProps<"conditions">) {
  const told = section.value?.head.conditions;
  if (told === undefined) return <p class="cew-muted">Loading the conditions…</p>;
  if (told.length === 0) return <p class="cew-muted">None: nothing here calls for caution.</p>;
  return (
    <ul class="cew-conditions" aria-label="Conditions">
      {told.map((one) => (
        <Condition key={one.code} told={one} />
      ))}
    </ul>
  );
}

export default asks({
  id: "conditions",
  View: Conditions,
  params: () => ({}),
});
