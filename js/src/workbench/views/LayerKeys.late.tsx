/** The keys of what is drawn around the curves that a page starts with. */
import { useWorkbench } from "../context.ts";
import type { Evaluation } from "../evaluation.ts";
import { LayerKey } from "./LayerKey.tsx";
import { bandMissing, useBands } from "./layers.ts";

/** Around the ROC curve. */
function RocKeys({ data }: { data: Evaluation }) {
  const workbench = useWorkbench();
  const several = data.concepts.length > 1;
  const bands = useBands();
  const how = bands.value?.head.roc_method || "at each false positive rate by itself";
  return (
    <span class="cew-layers" role="group" aria-label="Drawn around the curve">
      {data.folds.length > 1 && <LayerKey layer="folds" text="folds" title="The curve of each fold" />}
      <LayerKey
        layer="band"
        text="95 %"
        title={`95 % confidence band: ${how}`}
        missing={bandMissing(workbench) || (bands.value?.head.reason ?? "")}
      />
      {several && (
        <LayerKey
          layer="averages"
          text="macro, micro"
          title="Dashed: macro average, the mean of the curves. Dotted: micro average, all decisions together at the slider’s stops"
        />
      )}
      {several && <LayerKey layer="others" text="others" title="The other concepts’ curves" />}
    </span>
  );
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

/** The keys of one of the two plots. */
export default function LayerKeys({ plot }: { plot: "roc" | "sweep" }) {
  const data = useWorkbench().evaluation.value;
  if (data === null) return null;
  return plot === "roc" ? <RocKeys data={data} /> : <SweepKeys data={data} />;
}
