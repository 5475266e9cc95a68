/** What an input is: an image or a text, here already or to be asked for. */
import { useEffect, useState } from "preact/hooks";
import { failureOf } from "../../../parts/actions.ts";
import type { Failure } from "../../../wire/contract.generated.ts";
import { bytesOf } from "../../../wire/payload.ts";
import { useWorkbench } from "../../context.ts";
import type { Item } from "./items.ts";

/** Of which input, and how it is looked at. */
interface Props {
  readonly item: Item;
  readonly run: string;
  readonly large?: boolean;
}

/** What came of asking for it. */
interface Loaded {
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly failure?: Failure;
}

/** Asks Python for what stands at an address, while it is shown; `again` asks once more. */
function useLoaded({ item, run, large = false }: Props, wanted: boolean): Loaded & { again: () => void } {
  const { actions } = useWorkbench();
  const [loaded, setLoaded] = useState<Loaded>({});
  const [tries, setTries] = useState(0);
  const { row, id } = item;
  useEffect(() => {
    if (!wanted) return;
    let shown = true;
    const show = (made: Loaded) => shown && setLoaded(made);
    show({});
    actions
      .ask(`media:${run}:${row}:${large}`, { action: "media", run, row, input: id, large }, { quiet: true })
      .then(({ buffers }) => show(buffers[0] ? { bytes: new Uint8Array(bytesOf(buffers[0])) } : {}))
      .catch((error) => show({ failure: failureOf(error) }));
    return () => {
      shown = false;
    };
  }, [actions, wanted, run, row, id, large, tries]);
  return { ...loaded, again: () => setTries(tries + 1) };
}

/** Why it is not here, and another try. */
function Missing({ failure, id, again }: { failure: Failure; id: string; again: () => void }) {
  return (
    <p class="cew-input-missing cew-small">
      {`Not loaded: ${failure.message || failure.title} `}
      <button type="button" class="cew-lead" aria-label={`Load input ${id} again`} onClick={again}>
        Try again
      </button>
    </p>
  );
}

/** Least pixels along the longer side of an image that is looked at alone. */
const LEAST = 256;
/** A thumbnail of so many pixels or fewer is drawn at twice its size at least. */
const FEW = 36;

/** Draws an image of few pixels so that each is a square of whole ones: smoothed, a scan of 8 × 8 is a smear. */
function enlarge(image: HTMLImageElement, large: boolean): void {
  const { naturalWidth: width, naturalHeight: height } = image;
  const longer = Math.max(width, height, 1);
  const room = (image.parentElement?.clientWidth ?? LEAST) / longer;
  const times = large ? Math.max(1, Math.min(Math.ceil(LEAST / longer), Math.floor(room))) : 1;
  image.style.width = times > 1 ? `${times * width}px` : "";
  image.classList.toggle("cew-input-pixels", times > 1 || longer <= FEW);
}

/** An image of its bytes, under an address that lives as long as it is shown. */
function Shown({ bytes, name, large }: { bytes: Uint8Array<ArrayBuffer>; name: string; large: boolean }) {
  const [address, setAddress] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes]));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes]);
  if (!address) return <span class="cew-input-image" />;
  return (
    <img class="cew-input-image" src={address} alt={name} onLoad={(event) => enlarge(event.currentTarget, large)} />
  );
}

/** The image of an input; room for it while it is loaded. */
export function Picture(props: Props) {
  const { item, large = false } = props;
  const { bytes, failure, again } = useLoaded(props, item.hosted === "image");
  const here = item.image ?? bytes;
  if (here) return <Shown bytes={here} name={`Input ${item.id}`} large={large} />;
  if (item.hosted !== "image") return null;
  if (failure) return <Missing failure={failure} id={item.id} again={again} />;
  return <span class="cew-input-image cew-input-coming" role="img" aria-label={`Input ${item.id} is loading`} />;
}

/** The text of an input. */
export function Words(props: Props) {
  const { item, large = false } = props;
  const { bytes, failure, again } = useLoaded(props, item.hosted === "text");
  if (failure) return <Missing failure={failure} id={item.id} again={again} />;
  const text = item.text ?? (bytes && new TextDecoder().decode(bytes)) ?? (item.hosted === "text" ? "…" : null);
  return text === null ? null : <p class={large ? "cew-large-text" : "cew-input-text"}>{text}</p>;
}
