import { useSession } from "./context.ts";
import { VersionRow } from "./VersionRow.tsx";

const COLUMNS = ["Version", "Trained", "Concepts", "Inputs", "Evaluation dataset", "ROC AUC", "Actions"];

function emptyText(loading: boolean, failed: boolean): string {
  if (loading) return "Loading versions…";
  return failed ? "The versions could not be loaded." : "No versions: choose a model that has been trained.";
}

/** The model's versions, newest first; picks the version, the dataset and the kind of evaluation. */
export function VersionsTable() {
  const { traits } = useSession();
  const versions = traits.versions.value;
  const loading = traits.loading.value.includes("versions");
  const model = traits.models.value.find((m) => m.id === traits.model.value);
  return (
    <section class="cew-versions" aria-busy={loading}>
      {model?.cross_validation === false && (
        <p class="cew-notice cew-notice-info">
          Cross-validation is off for this model. {model.cross_validation_reason}
        </p>
      )}
      {/* Roles are spelt out because a table laid out as a grid loses its own in some browsers. */}
      <table role="table" aria-label="Model versions" class="cew-table">
        <thead role="rowgroup">
          <tr role="row">
            {COLUMNS.map((name) => (
              <th
                key={name}
                role="columnheader"
                scope="col"
                class={`cew-col-${name.toLowerCase().replaceAll(" ", "-")}`}
              >
                {name === "Actions" ? <span class="cew-visually-hidden">{name}</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {versions.map((version) => (
            <VersionRow key={version.id} version={version} model={model} />
          ))}
          {versions.length === 0 && (
            <tr role="row">
              <td role="cell" class="cew-row-message cew-muted">
                {emptyText(loading, traits.problem.value !== null)}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}
