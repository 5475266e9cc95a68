/** Takes a panel, or the page, away: as Python, into a file, into the notebook. */
import { useSignal } from "@preact/signals";
import { useContext } from "preact/hooks";
import { failureOf } from "../../parts/actions.ts";
import { copied } from "../../parts/clipboard.ts";
import { LateContext } from "../../parts/late.tsx";
import { Wait } from "../../parts/Wait.tsx";
import { PANELS, type Take } from "../../wire/contract.generated.ts";
import type { Bytes } from "../../wire/payload.ts";
import { askingOf, useUntaken } from "../asking.tsx";
import { useWorkbench } from "../context.ts";
import { fileName } from "../fileNames.ts";
import type { AnyAsking } from "../panel.tsx";
import { panelNamed, takeable } from "./slots.ts";
import "./takeaway.css";

/** What the buttons say; the first four are of a panel, where it has that form. */
const FORMS = {
  python: "Copy as Python",
  csv: "CSV",
  png: "PNG",
  svg: "SVG",
  html: "Page as HTML",
  keep: "Keep in notebook",
} as const satisfies Record<Take["form"], string>;

/** Hands a file to the browser. */
function download(name: string, data: Bytes): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([data as Uint8Array<ArrayBuffer>]));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The forms of one panel; without any while there is nothing of it. */
function PanelForms({
  name,
  asking,
  off,
  take,
}: {
  name: string;
  asking: AnyAsking | undefined;
  off: boolean;
  take: (form: Take["form"], of: string) => void;
}) {
  const why = useUntaken(asking);
  const forms: readonly Take["form"][] = PANELS[name as keyof typeof PANELS].forms;
  return (
    <>
      {forms.map((form) => (
        <button
          key={form}
          type="button"
          aria-disabled={off || why !== ""}
          title={why}
          onClick={() => why === "" && take(form, name)}
        >
          {FORMS[form]}
        </button>
      ))}
      {why && <span class="cew-small cew-muted">{why}</span>}
    </>
  );
}

/** One panel at a time, in the forms it has. */
export default function TakeAway() {
  const workbench = useWorkbench();
  const { actions, gone, evaluation, run } = workbench;
  const chosen = workbench.choice<string>("concepts.taken", "concepts");
  const said = useSignal("");
  const code = useSignal("");
  const here = useContext(LateContext)?.here.value;
  const asked = (panel: string) => (here ? askingOf(here, panel) : undefined);
  const off = gone.value || "take" in actions.pending.value;
  const take = async (form: Take["form"], panel = "") => {
    if (off) return;
    workbench.flushThreshold();
    code.value = said.value = "";
    const asking = asked(panel);
    const params = { ...asking?.params(workbench) };
    try {
      const look = { ...(asking ?? panelNamed(panel))?.look?.(workbench) };
      const { buffers } = await actions.ask("take", { action: "take", panel, form, params, look });
      const data = buffers[0] as Bytes;
      if (form === "python") {
        code.value = new TextDecoder().decode(data);
        said.value = (await copied(code.value)) ? "Copied." : "Copy it from here:";
      } else if (form === "keep") said.value = "Kept: save the notebook, and the page works in it without a kernel.";
      else {
        const shown = [evaluation.value?.title ?? "", run.value?.dataset_label ?? ""];
        download(fileName([...(asking?.of?.(workbench) ?? shown), panel], form), data);
      }
    } catch (error) {
      const { title, message } = failureOf(error);
      said.value = `${title}. ${message}`;
    }
  };
  const button = (form: Take["form"]) => (
    <button type="button" aria-disabled={off} onClick={() => take(form)}>
      {FORMS[form]}
    </button>
  );
  return (
    <div class="cew-take" role="group" aria-label="Take away">
      <span class="cew-label">Take away</span>
      <select
        aria-label="What to take away"
        value={chosen.value}
        onChange={(event) => {
          chosen.value = event.currentTarget.value;
        }}
      >
        {takeable().map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
      <PanelForms key={chosen.value} name={chosen.value} asking={asked(chosen.value)} off={off} take={take} />
      <span class="cew-take-page">
        {button("html")}
        {button("keep")}
      </span>
      <Wait control="take" />
      <span class="cew-small cew-muted" role="status">
        {said}
      </span>
      {code.value && <textarea aria-label="Python" readOnly rows={3} value={code} />}
    </div>
  );
}
