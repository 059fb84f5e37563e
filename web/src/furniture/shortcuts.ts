/**
 * Keys that do things. A shortcut is silent while an input method composes, while somebody types in a field (unless it has a
 * modifier: `$mod+Enter`, `$mod+k`) and while a dialog stands above the page. `?` shows all that are alive on the page.
 */
import { useEffect, useRef, useSyncExternalStore } from "react";
import { KeyMap, type Place, type Shortcut } from "./key-map.ts";

const keyMap = new KeyMap();
let shown: readonly Shortcut[] = [];
const listeners = new Set<() => void>();
const changed = (): void => {
  shown = keyMap.all();
  listeners.forEach((listener) => listener());
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.role === "combobox");

const CONTROLS = "button, a, summary, [role=button], [role=link], [role=tab], [role=radio], [role=checkbox]";
const CHOICES = "[role=switch], [role=option], [role=menuitem], [role=slider], [role=spinbutton]";
const isControl = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest(`${CONTROLS}, ${CHOICES}`) !== null;

/** A closed dialog may stay in the page, unseen. */
const isDialogOpen = (): boolean =>
  [...document.querySelectorAll('[aria-modal="true"]')].some((dialog) => dialog.checkVisibility());

window.addEventListener("keydown", (event) => {
  if (event.repeat || event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  const outcome = keyMap.press(event, {
    now: performance.now(),
    isTyping: isTyping(event.target),
    isControl: isControl(event.target),
    isDialogOpen: isDialogOpen(),
  });
  if (outcome === "done") event.preventDefault();
});

const useKeys = (place: Place, keys: string, label: string, action: () => void, isOn: boolean): void => {
  const current = useRef(action);
  useEffect(() => {
    current.current = action;
  });
  useEffect(() => {
    if (!isOn) return;
    const mark = Symbol(keys);
    keyMap.add(mark, { keys, label, place, run: () => current.current() });
    changed();
    return () => {
      keyMap.remove(mark);
      changed();
    };
  }, [place, keys, label, isOn]);
};

/**
 * `keys` as tinykeys writes them: "n", "g t", "$mod+Enter", "?". The action is called with the newest closure. Of two that are
 * alive with the same keys the newer one is meant.
 */
export const useShortcut = (keys: string, label: string, action: () => void, isOn = true): void =>
  useKeys("page", keys, label, action, isOn);

/** The same within a dialog or drawer, the only ones that work while it is open. */
export const useDialogShortcut = (keys: string, label: string, action: () => void, isOn = true): void =>
  useKeys("dialog", keys, label, action, isOn);

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
export const useAliveShortcuts = (): readonly Shortcut[] => useSyncExternalStore(subscribe, () => shown);
