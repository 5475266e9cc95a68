/** A row of the versions table. */
import { FailureNotice } from "../../parts/FailureNotice.tsx";
import { count, plural, when } from "../../parts/format.ts";
import { useTicking } from "../../parts/ticking.ts";
import { Wait } from "../../parts/Wait.tsx";
import type { VersionRow } from "../../wire/contract.generated.ts";
import { usePlatform } from "../context.ts";
import type { Row } from "../platform.ts";
import { blockedReason, troubleOf, warningOf, wasEnded } from "../rows.ts";
import { DatasetPicker, MethodSelect } from "./choices.tsx";
import { Go } from "./Go.tsx";
import { RunChips } from "./RunChips.tsx";

/** When a version was trained, or why it is not. */
function Trained({ version }: { version: VersionRow }) {
  useTicking();
  const time = when(version.created_at);
  if (!version.trained) return <span class="cew-muted">{version.status || "Not trained"}</span>;
  if (time === null) return <span class="cew-muted">–</span>;
  return (
    <time dateTime={version.created_at} title={time.exact}>
      {time.relative}
    </time>
  );
}

/** What went wrong, why nothing can be calculated, what to be careful about, what the version is: under the row. */
function RowMessage({ row, current }: { row: Row; current: boolean }) {
  const { actions } = usePlatform();
  const { version, model, choice, run, control } = row;
  const trouble = troubleOf(run);
  const refused = actions.errors.value[control];
  const blocked = blockedReason(version, choice, model);
  // What went wrong says more than the warning of it did.
  const warning = blocked === "" && (run?.status !== "failed" || wasEnded(run)) && warningOf(version, choice, run);
  const about = current ? version.description : "";
  if (!trouble && !refused && !warning && !blocked && !about) return null;
  return (
    <td role="cell" class="cew-row-message">
      {about && <p class="cew-muted">{about}</p>}
      {refused && <FailureNotice failure={refused} />}
      {trouble && <FailureNotice failure={trouble} />}
      {blocked && <p class="cew-muted">{blocked}</p>}
      {warning && <p class={wasEnded(run) ? "cew-muted" : "cew-caution"}>{warning}</p>}
    </td>
  );
}

/** What is known of the version itself. */
function Facts({ version }: { version: VersionRow }) {
  const name = version.label || version.id;
  const of = version.concepts === null ? "" : ` (${plural(version.concepts, "concept")})`;
  const told = [name, version.description].filter(Boolean).join(": ") + of;
  return (
    <>
      <th role="rowheader" scope="row" class="cew-col-version" title={told}>
        {name}
      </th>
      <td role="cell" class="cew-col-trained">
        <Trained version={version} />
      </td>
      <td role="cell" class="cew-col-concepts cew-number">
        {count(version.concepts)}
      </td>
      <td role="cell" class="cew-col-inputs cew-number">
        {count(version.inputs)}
      </td>
    </>
  );
}

/** One version on one line: its facts, what to evaluate it on, its evaluations, and the button. */
export function VersionLine({ row }: { row: Row }) {
  const platform = usePlatform();
  const { version, control } = row;
  const viewed = platform.workbench.run.value?.version_key === version.key;
  const current = platform.current.value?.version.key === version.key;
  return (
    <tr role="row" class="cew-row" data-version={version.key} aria-current={viewed ? "true" : undefined}>
      <Facts version={version} />
      <td role="cell" class="cew-col-dataset cew-choice">
        <DatasetPicker row={row} />
        <MethodSelect row={row} />
      </td>
      <td role="cell" class="cew-col-auc">
        <RunChips row={row} />
      </td>
      <td role="cell" class="cew-col-actions">
        <Go row={row} />
        <Wait control={control} />
      </td>
      <RowMessage row={row} current={current} />
    </tr>
  );
}
