/**
 * Keys that do things. A shortcut is silent while an input method composes and while somebody types in a field, unless it
 * has a modifier (`$mod+Enter`, `$mod+k`). `?` shows all that are alive on the page.
 */
import { useEffect, useRef, useSyncExternalStore } from "react";
import { tinykeys } from "tinykeys";

export type Shortcut = { readonly keys: string; readonly label: string };

const alive = new Map<symbol, Shortcut>();
let shown: readonly Shortcut[] = [];
const listeners = new Set<() => void>();
const changed = (): void => {
  shown = [...alive.values()];
  listeners.forEach((listener) => listener());
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.role === "combobox");

/** `keys` as tinykeys writes them: "n", "g t", "$mod+Enter", "?". The action is called with the newest closure. */
export const useShortcut = (keys: string, label: string, action: () => void, isOn = true): void => {
  const current = useRef(action);
  useEffect(() => {
    current.current = action;
  });
  useEffect(() => {
    if (!isOn) return;
    const mark = Symbol(keys);
    alive.set(mark, { keys, label });
    changed();
    const withModifier = keys.includes("+") || /^F\d+$/.test(keys) || keys === "Escape";
    // "?" stands above another sign on most keyboards.
    const pressed = /^[^\w\s]$/.test(keys) ? `[Shift]+${keys}` : keys;
    const stop = tinykeys(
      window,
      {
        [pressed]: (event) => {
          event.preventDefault();
          current.current();
        },
      },
      // The library's own rule would silence every key in a field, those with a modifier too.
      {
        ignore: (event) =>
          event.repeat ||
          event.isComposing ||
          event.keyCode === 229 ||
          (!withModifier && isTyping(event.target)),
      },
    );
    return () => {
      stop();
      alive.delete(mark);
      changed();
    };
  }, [keys, label, isOn]);
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
export const useAliveShortcuts = (): readonly Shortcut[] => useSyncExternalStore(subscribe, () => shown);
