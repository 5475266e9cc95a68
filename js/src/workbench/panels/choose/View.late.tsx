/** Thresholds by every criterion, as buttons that show what they give before they are taken. */

import { computed, type Signal, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { plural, rate } from "../../../parts/format.ts";
import type { ThresholdOffer } from "../../../wire/contract.generated.ts";
import { asks } from "../../asking.tsx";
import { useWorkbench } from "../../context.ts";
import type { Evaluation } from "../../evaluation.ts";
import type { PanelProps } from "../../panel.tsx";
import { atStops, type Choose, FIELDS, offeredThresholds, offerName, typedField } from "./fields.ts";
import { chooseParams, chosenConcept, type Fields, fieldsOf, type Scope, scopeOf } from "./params.ts";
import {
  chooseNote,
  honestTitle,
  honestWords,
  movesTitle,
  movesWords,
  offerSentence,
  takenSentence,
  thresholdWords,
} from "./sentences.ts";
import { UseThese } from "./UseThese.tsx";
import "./style.css";

/** One number to choose by. What does not fit is marked, and leaves the number as it is. */
function Field({ field, fields }: { field: (typeof FIELDS)[number]; fields: Signal<Fields> }) {
  const { key, text, title, most } = field;
  const { baked } = useWorkbench();
  const wrong = useSignal(false);
  return (
    <label class="cew-choose-field" title={baked ? "Another number takes Python: open the notebook" : title}>
      {text}
      <input
        type="text"
        inputMode="decimal"
        disabled={baked}
        aria-invalid={wrong}
        value={fields.value[key] ?? ""}
        placeholder={key === "prevalence" ? "as here" : ""}
        onChange={(event) => {
          const value = typedField(key, event.currentTarget.value, most);
          wrong.value = value === undefined;
          if (value !== undefined) fields.value = { ...fields.value, [key]: value };
        }}
      />
    </label>
  );
}

/** For the concept on screen, or for all. */
function Scopes({ data }: { data: Evaluation }) {
  const workbench = useWorkbench();
  const scope = scopeOf(workbench);
  const concept = data.concepts[workbench.conceptIndex.value];
  const all = chosenConcept(workbench) === null;
  const one = (value: Scope, text: string, pressed: boolean, disabled = false) => (
    <button
      type="button"
      aria-pressed={pressed}
      disabled={disabled}
      onClick={() => {
        scope.value = value;
      }}
    >
      {text}
    </button>
  );
  return (
    <div class="cew-choose-scope" role="group" aria-label="Choose for">
      {one("one", concept ? concept.name || concept.id : "One concept: choose it first", !all, concept === undefined)}
      {one("all", `All ${plural(data.concepts.length, "concept")}, each its own`, all)}
    </div>
  );
}

/** One offer: a click anywhere on it takes it. */
function Offer({ data, section, at, said }: { data: Evaluation; section: Choose; at: number; said: Signal<string> }) {
  const workbench = useWorkbench();
  const offer = section.head.offers[at] as ThresholdOffer;
  const name = offerName(offer, fieldsOf(workbench).value);
  const threshold = thresholdWords(data, section, at);
  const offered = offeredThresholds(data, section, at);
  const taken = workbench.baked ? atStops(offered, data.stops) : offered;
  // Anew with each offer: one kept would go on telling of the thresholds offered before.
  const set = useMemo(
    () =>
      computed(
        () =>
          Object.keys(taken).length > 0 &&
          data.concepts.every(({ id }, k) => !Object.hasOwn(taken, id) || workbench.thresholdOf(k) === taken[id]),
      ),
    [data, section],
  );
  const take = () => {
    if (offer.qualified === 0) return;
    workbench.takeThresholds(taken);
    said.value = takenSentence(data, name, taken);
  };
  const some = offer.qualified > 0;
  const all = section.head.concept === null;
  const missed = all && offer.qualified < data.concepts.length ? offer.reason : "";
  return (
    <tr role="row" class="cew-offer" aria-disabled={!some} onClick={take}>
      <th role="rowheader" scope="row">
        <button
          type="button"
          aria-label={offerSentence(name, threshold, offer)}
          aria-pressed={set}
          disabled={!some}
          title={`${offer.words}\ne.operating_point(…, ${offer.python})`}
        >
          {name}
        </button>
      </th>
      {some ? (
        <>
          <td role="cell" title={missed || movesTitle(offer)}>
            <b>{threshold}</b>{" "}
            <small class="cew-offer-moves">
              {movesWords(offer) || (!all && offer.threshold_reason && "no interval")}
            </small>
          </td>
          <td role="cell">{rate(offer.precision)}</td>
          <td role="cell">{rate(offer.recall)}</td>
          <td role="cell">{rate(offer.f1)}</td>
          <td role="cell" class="cew-offer-honest" title={honestTitle(offer)}>
            {honestWords(offer) || "–"}
          </td>
        </>
      ) : (
        <td role="cell" class="cew-offer-reason" colSpan={5}>
          {offer.reason}
        </td>
      )}
    </tr>
  );
}

/** The offers as a table: what each gives stands beside its button. */
function Offers({ data, section }: { data: Evaluation; section: Choose }) {
  const said = useSignal("");
  const { baked } = useWorkbench();
  const all = section.head.concept === null;
  return (
    <>
      <table role="table" class="cew-offers" aria-label="Criteria">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              Criterion
            </th>
            <th role="columnheader" scope="col">
              {all ? "Concepts" : "Threshold"}
            </th>
            <th role="columnheader" scope="col">
              Precision
            </th>
            <th role="columnheader" scope="col">
              Recall
            </th>
            <th role="columnheader" scope="col">
              F1
            </th>
            <th scope="col" title="Measured on inputs that took no part in choosing">
              Held out
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {section.head.offers.map(({ name }, at) => (
            <Offer key={name} data={data} section={section} at={at} said={said} />
          ))}
        </tbody>
      </table>
      <p class="cew-muted cew-small">{chooseNote(data, section, baked)}</p>
      <p class="cew-small" role="status">
        {said}
      </p>
    </>
  );
}

/** Numbers to choose by, offers, and what to do with the thresholds there are. */
function ChooseThreshold({ section }: PanelProps<"choose">) {
  const workbench = useWorkbench();
  const [data, shown] = [workbench.evaluation.value, section.value];
  if (data === null) return null;
  const fields = fieldsOf(workbench);
  return (
    <section class="cew-choose" aria-label="Choose a threshold">
      <Scopes data={data} />
      <div class="cew-choose-fields">
        {FIELDS.map((field) => (
          <Field key={field.key} field={field} fields={fields} />
        ))}
      </div>
      {shown ? <Offers data={data} section={shown} /> : <p class="cew-choose-wait cew-muted">Choosing…</p>}
      <UseThese data={data} />
    </section>
  );
}

export default asks({
  id: "choose",
  View: ChooseThreshold,
  unavailable: ({ has_counts }) =>
    has_counts ? "" : "Choosing a threshold needs exact counts, and the platform sent rates only.",
  params: chooseParams,
});
