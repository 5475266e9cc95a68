/** The keys of what is drawn around the curves. */
import { useWorkbench } from "../context.ts";
import type { Evaluation } from "../evaluation.ts";
import { LayerKey } from "./LayerKey.tsx";
import { bandMissing, useBands } from "./layers.ts";

/** Around a curve: how its band is had, or why there is none. */
function CurveKeys({ data, how, reason }: { data: Evaluation; how: string; reason: string | undefined }) {
  const workbench = useWorkbench();
  const several = data.concepts.length > 1;
  return (
    <span class="cew-layers" role="group" aria-label="Drawn around the curve">
      {data.folds.length > 1 && <LayerKey layer="folds" text="folds" title="The curve of each fold" />}
      <LayerKey
        layer="band"
        text="95 %"
        title={`95 % confidence band: ${how}`}
        missing={bandMissing(workbench) || (reason ?? "")}
      />
      {several && (
        <LayerKey
          layer="averages"
          text="macro, micro"
          title="Dashed: macro average, the mean of the curves. Dotted: micro average, all decisions together"
        />
      )}
      {several && <LayerKey layer="others" text="others" title="The other concepts’ curves" />}
    </span>
  );
}

/** Around the ROC curve. */
function RocKeys({ data }: { data: Evaluation }) {
  const head = useBands().value?.head;
  const how = head?.roc_method || "at each false positive rate by itself";
  return <CurveKeys data={data} how={how} reason={head?.reason} />;
}

/** Around the curve of precision over recall. */
export function PrecisionRecallKeys({ data }: { data: Evaluation }) {
  const head = useBands().value?.head;
  return <CurveKeys data={data} how={head?.pr_method || "at each recall by itself"} reason={head?.pr_reason} />;
}

/** Around the rates of the sweep. */
function SweepKeys({ data }: { data: Evaluation }) {
  const workbench = useWorkbench();
  const bands = useBands();
  return (
    <span class="cew-layers" role="group" aria-label="Drawn around the rates">
      {data.folds.length > 1 && <LayerKey layer="folds" text="F1 of each fold" title="F1 in each fold" />}
      <LayerKey
        layer="band"
        text="95 %"
        title={`95 % confidence bands: ${bands.value?.head.sweep_method ?? "at each threshold by itself"}`}
        missing={bandMissing(workbench)}
      />
    </span>
  );
}

/** The keys of one of the two plots that a page starts with. */
export default function LayerKeys({ plot }: { plot: "roc" | "sweep" }) {
  const data = useWorkbench().evaluation.value;
  if (data === null) return null;
  return plot === "roc" ? <RocKeys data={data} /> : <SweepKeys data={data} />;
}
