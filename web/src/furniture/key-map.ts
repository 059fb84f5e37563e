/**
 * Which shortcut a key press means: one map for the whole page. A running sequence (`g a`) takes the keys that belong to it, so
 * that a key of its own (`a`) does not fire within it; of two shortcuts with the same keys the one that came last is meant.
 */
import { type KeybindingPress, matchKeybindingPress, parseKeybinding } from "tinykeys";

export type Place = "page" | "dialog";
export type Shortcut = { readonly keys: string; readonly label: string };
export type Entry = Shortcut & { readonly place: Place; readonly run: () => void };
type Parsed = Entry & { readonly presses: readonly KeybindingPress[]; readonly hasModifier: boolean };

/** Where a key was pressed: what stands there decides what the key means. */
export type Circumstances = {
  readonly now: number;
  /** In a field: a plain key is text. */
  readonly isTyping: boolean;
  /** On something that has a use for Enter, space or arrows of its own: a button, a link, a radio. */
  readonly isControl: boolean;
  /** A dialog stands above the page: what is below is silent. */
  readonly isDialogOpen: boolean;
};
/** `done`: a shortcut ran or a sequence goes on, and the key means nothing else. */
export type Outcome = "done" | "none";

const SEQUENCE_MS = 1000;
const OF_CONTROLS = /^(Enter| |Space|Arrow\w+)$/;
const MODIFIERS = /^(Shift|Control|Alt|Meta|AltGraph|CapsLock)$/;

const parse = (entry: Entry): Parsed => ({
  ...entry,
  // "?" stands above another sign on most keyboards.
  presses: parseKeybinding(/^[^\w\s]$/.test(entry.keys) ? `[Shift]+${entry.keys}` : entry.keys),
  hasModifier: entry.keys.includes("+") || /^F\d+$/.test(entry.keys) || entry.keys === "Escape",
});

export class KeyMap {
  readonly #alive = new Map<symbol, Parsed>();
  #running: { readonly entries: readonly Parsed[]; readonly at: number; readonly until: number } | undefined;

  add(mark: symbol, entry: Entry): void {
    this.#alive.set(mark, parse(entry));
  }

  remove(mark: symbol): void {
    this.#alive.delete(mark);
  }

  all(): readonly Shortcut[] {
    return [...this.#alive.values()].map(({ keys, label }) => ({ keys, label }));
  }

  press(event: KeyboardEvent, around: Circumstances): Outcome {
    // The shift of "?" is no key of a sequence.
    if (MODIFIERS.test(event.key)) return "none";
    const running = this.#running;
    this.#running = undefined;
    const { isTyping, isDialogOpen } = around;
    if (running !== undefined && around.now <= running.until && !isTyping) {
      const next = running.entries.filter(({ presses }) => fits(event, presses[running.at]));
      if (next.length > 0) return this.#go(next, running.at, around.now);
      // A slip within a sequence is not a command of its own; one with Ctrl is meant.
      if (!event.ctrlKey && !event.metaKey && !event.altKey) return "done";
    }
    const fitting = [...this.#alive.values()].filter(
      (one) =>
        one.place === (isDialogOpen ? "dialog" : "page") &&
        (one.hasModifier || !isTyping) &&
        !(around.isControl && OF_CONTROLS.test(one.keys)) &&
        fits(event, one.presses[0]),
    );
    return fitting.length === 0 ? "none" : this.#go(fitting, 0, around.now);
  }

  #go(fitting: readonly Parsed[], at: number, now: number): Outcome {
    const meant = fitting.findLast(({ presses }) => presses.length === at + 1);
    if (meant === undefined) this.#running = { entries: fitting, at: at + 1, until: now + SEQUENCE_MS };
    else meant.run();
    return "done";
  }
}

const fits = (event: KeyboardEvent, press: KeybindingPress | undefined): boolean =>
  press !== undefined && matchKeybindingPress(event, press);
