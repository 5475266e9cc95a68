/** The versions of the model that is picked. */
import { count } from "../../parts/format.ts";
import { usePlatform } from "../context.ts";
import { ReadOn } from "./ReadOn.tsx";
import { VersionLine } from "./VersionLine.tsx";
import "./table.css";

/** Columns by the name their cells' classes carry: styles never count cells. */
const COLUMNS = [
  { name: "version", text: "Version" },
  { name: "trained", text: "Trained" },
  { name: "concepts", text: "Concepts" },
  { name: "inputs", text: "Inputs" },
  { name: "dataset", text: "Evaluation dataset" },
  { name: "auc", text: "ROC AUC" },
  { name: "actions", text: "Actions", hidden: true },
] as const;

/** What stands in the table where there is no version. */
export function emptyText(loading: boolean, failed: boolean, local: boolean): string {
  if (loading)
    return `Loading versions…${local ? " Those of a sample are trained now, which takes some seconds." : ""}`;
  return failed ? "The versions could not be loaded." : "No versions: choose a model that has been trained.";
}

/** The same, of what is loaded and why it could not be; that something picked is gone keeps nothing from being loaded. */
export function EmptyText() {
  const { loading, problem, connection } = usePlatform().traits;
  const failed = problem.value !== null && (problem.value.action !== "" || problem.value.lists.length > 0);
  return <>{emptyText(loading.value.includes("versions"), failed, connection.value?.kind === "local")}</>;
}

/** The heads; that of the buttons is only for those who do not see them. */
function Head() {
  return (
    <thead role="rowgroup">
      <tr role="row">
        {COLUMNS.map((column) => (
          <th key={column.name} role="columnheader" scope="col" class={`cew-col-${column.name}`}>
            {"hidden" in column ? <span class="cew-visually-hidden">{column.text}</span> : column.text}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** The model's versions, newest first; picks the version, the dataset and the kind of evaluation. */
export function VersionsTable() {
  const platform = usePlatform();
  const { traits, rows } = platform;
  const loading = traits.loading.value.includes("versions");
  return (
    <section class="cew-versions" aria-busy={loading}>
      {/* Roles are spelt out because a table laid out as a grid loses its own in some browsers. */}
      <table role="table" aria-label="Model versions" class="cew-table">
        <Head />
        <tbody role="rowgroup">
          {rows.value.map((row) => (
            <VersionLine key={row.version.key} row={row} />
          ))}
          {rows.value.length === 0 && (
            <tr role="row">
              <td role="cell" class="cew-row-message cew-muted">
                <EmptyText />
              </td>
            </tr>
          )}
        </tbody>
      </table>
      <div class="cew-versions-more">
        <ReadOn key={traits.model.value} list="versions" text="More versions" />
        {platform.more("versions") && <span class="cew-muted">The newest {count(rows.value.length)} are listed.</span>}
      </div>
    </section>
  );
}
