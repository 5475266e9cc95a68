/** A list to choose from, of any length: it opens over the page, and what is typed filters it. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { drawn, LINE, matching, moved, type Option, scrolledTo } from "./choosing.ts";
import "./combobox.css";

/** Pixels of the list, at most. */
const HEIGHT = 11 * LINE;

interface ComboboxProps {
  /** Its accessible name. */
  label: string;
  /** Gives what there is to choose, which may hang on what is typed; asked only while the list is open. */
  options: (typed: string) => readonly Option[];
  /** The value chosen. */
  value: string;
  /** What stands there for it. */
  text: string;
  off?: boolean;
  /** Reads on in a list that is not whole yet: its next page, or what is found for the words typed. */
  more?: ((typed: string) => void) | null | undefined;
  onPick: (value: string) => void;
}

/** Puts the list under the field, or above it where there is more room. */
function place(list: HTMLElement, field: HTMLElement): void {
  const at = field.getBoundingClientRect();
  const above = innerHeight - at.bottom < list.offsetHeight + 8 && at.top > innerHeight - at.bottom;
  const width = Math.min(Math.max(at.width, 420), innerWidth - 16);
  list.style.width = `${width}px`;
  list.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  list.style.top = `${above ? at.top - list.offsetHeight - 2 : at.bottom + 2}px`;
}

/** Keeps an open list at its field, above all else on the page, where nothing cuts it off. */
function usePlaced(isOpen: boolean, count: number) {
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const [box, input] = [list.current, field.current];
    if (!isOpen || box === null || input === null) return;
    box.showPopover?.();
    const follow = () => place(box, input);
    follow();
    const events = ["scroll", "resize"];
    for (const one of events) addEventListener(one, follow, true);
    return () => {
      for (const one of events) removeEventListener(one, follow, true);
    };
  }, [isOpen, count]);
  return { field, list };
}

/** The last line of a list that is not whole. */
const MORE: Option = { value: "more", text: "", off: "More is being read…" };

/** Milliseconds without a further key before what is typed is looked for. */
const TYPED_OUT = 300;

/** Has a list read on: at its end, and for what is typed once nobody types any more. */
function useMore(more: ComboboxProps["more"], typed: string, atEnd: boolean, count: number): void {
  useEffect(() => {
    if (!more || !(typed || atEnd)) return;
    const soon = setTimeout(() => more(typed), typed ? TYPED_OUT : 0);
    return () => clearTimeout(soon);
  }, [!more, typed, typed ? true : atEnd, typed ? 0 : count]);
}

/** The list itself: only the lines in view are on the page, the rest is room. */
function Lines(
  props: { id: string; options: readonly Option[]; typed: string; at: number } & Pick<
    ComboboxProps,
    "label" | "value" | "onPick" | "more"
  >,
) {
  const { id, label, options: found, typed, value, at, onPick, more } = props;
  const options = more ? [...found, MORE] : found[0] ? found : [{ ...MORE, off: "Nothing matches." }];
  const [scrolled, setScrolled] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const room = options.length * LINE;
  const height = Math.min(HEIGHT, room);
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = scrolledTo(at, box.current.scrollTop, height);
  }, [at, height]);
  const { from, to } = drawn(Math.min(scrolled, room - height), height, options.length);
  useMore(more, typed, to === options.length, options.length);
  return (
    // The field keeps the keyboard's place: a list that took it would close itself.
    <div
      class="cew-list"
      role="listbox"
      id={id}
      aria-label={label}
      ref={box}
      tabIndex={-1}
      style={{ height: `${height}px` }}
      onScroll={(event) => setScrolled(event.currentTarget.scrollTop)}
      onMouseDown={(event) => event.preventDefault()}
    >
      <div role="presentation" style={{ height: `${room}px`, paddingTop: `${from * LINE}px` }}>
        {options.slice(from, to).map(({ value: one, text, detail, off }, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys.
          <div
            key={one}
            id={`${id}-${from + i}`}
            role="option"
            tabIndex={-1}
            aria-selected={one === value}
            aria-disabled={!!off}
            aria-setsize={options.length}
            aria-posinset={from + i + 1}
            data-active={from + i === at}
            title={`${text} ${off || detail || ""}`}
            onClick={() => !off && onPick(one)}
          >
            <span>{text}</span>
            <small>{off || detail}</small>
          </div>
        ))}
      </div>
    </div>
  );
}

/**
 * A field that shows what is chosen, and opens its list by a click, an arrow key or typing.
 *
 * It lives as long as its view; what is typed is forgotten when the list closes, by a choice, Escape, or leaving the field.
 */
export function Combobox({ label, options, value, text, off = false, more, onPick }: ComboboxProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const isOpen = typed !== null;
  const found = isOpen ? matching(options(typed), typed) : [];
  const { field, list } = usePlaced(isOpen, found.length);
  const open = (words: string) => {
    if (off) return;
    const now = matching(options(words), words);
    setTyped(words);
    setAt(
      Math.max(
        0,
        now.findIndex((option) => (words ? !option.always : option.value === value)),
      ),
    );
  };
  const close = () => setTyped(null);
  const pick = (picked: string) => {
    close();
    if (picked !== value) onPick(picked);
  };
  const press = (event: KeyboardEvent) => {
    const option = found[at];
    const next = moved(event.key, at, found.length);
    if (event.key === "Escape" && isOpen) close();
    else if (event.key === "Enter" && isOpen) option && !option.off && pick(option.value);
    else if (next !== null) isOpen ? setAt(next) : open("");
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="cew-combobox">
      <input
        ref={field}
        type="text"
        class="cew-input"
        role="combobox"
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={isOpen ? `${id}-list` : undefined}
        aria-activedescendant={isOpen && found.length > 0 ? `${id}-list-${at}` : undefined}
        autocomplete="off"
        disabled={off}
        title={text}
        placeholder={text}
        value={typed ?? text}
        onInput={(event) => open(event.currentTarget.value)}
        onClick={() => !isOpen && open("")}
        onKeyDown={press}
        onBlur={close}
      />
      {isOpen && (
        <div ref={list} popover="manual" class="cew-popover cew-float">
          <Lines {...{ label, value, at, more, typed }} id={`${id}-list`} options={found} onPick={pick} />
        </div>
      )}
    </div>
  );
}
