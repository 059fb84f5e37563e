import { expect, test } from "vitest";
import { type Circumstances, KeyMap, type Place } from "./key-map.ts";

const PLAIN: Circumstances = { now: 0, isTyping: false, isControl: false, isDialogOpen: false };
const FLAGS = { Control: "ctrlKey", Shift: "shiftKey", Alt: "altKey", Meta: "metaKey" } as const;

/** A key as a browser tells it; node has no KeyboardEvent. */
const pressed = (key: string, ...modifiers: (keyof typeof FLAGS)[]): KeyboardEvent => {
  const flags = Object.fromEntries(
    Object.entries(FLAGS).map(([name, flag]) => [flag, (modifiers as string[]).includes(name)]),
  );
  const getModifierState = (name: string): boolean => (modifiers as string[]).includes(name);
  return { key, code: key, getModifierState, ...flags } as unknown as KeyboardEvent;
};

const keyboard = (...shortcuts: readonly (string | readonly [keys: string, place: Place])[]) => {
  const map = new KeyMap();
  const ran: string[] = [];
  for (const one of shortcuts) {
    const [keys, place] = typeof one === "string" ? ([one, "page"] as const) : one;
    map.add(Symbol(keys), { keys, label: keys, place, run: () => ran.push(keys) });
  }
  let now = 0;
  const press = (event: KeyboardEvent, around: Partial<Circumstances> = {}) =>
    map.press(event, { ...PLAIN, now: (now += 100), ...around });
  return { map, ran, press, wait: (ms: number) => (now += ms) };
};

test("a sequence takes its keys: going to the approvals does not approve", () => {
  const { ran, press } = keyboard("a", "g a", "g s");
  expect(press(pressed("g"))).toBe("done");
  expect(press(pressed("a"))).toBe("done");
  expect(ran).toEqual(["g a"]);
  press(pressed("a"));
  expect(ran).toEqual(["g a", "a"]);
});

test("a slip within a sequence does nothing, and after a second the key is one of its own again", () => {
  const { ran, press, wait } = keyboard("a", "x", "g a");
  press(pressed("g"));
  expect(press(pressed("x"))).toBe("done");
  expect(ran).toEqual([]);
  press(pressed("g"));
  wait(1500);
  press(pressed("a"));
  expect(ran).toEqual(["a"]);
});

test("a plain key in a field is text, one with Ctrl is not", () => {
  const { ran, press } = keyboard("n", "g a", "Control+Enter");
  expect(press(pressed("n"), { isTyping: true })).toBe("none");
  press(pressed("g"));
  expect(press(pressed("a"), { isTyping: true })).toBe("none");
  press(pressed("Enter", "Control"), { isTyping: true });
  expect(ran).toEqual(["Control+Enter"]);
});

test("Enter and arrows belong to the button, link or radio they are pressed on", () => {
  const { ran, press } = keyboard("Enter", "ArrowDown", "s");
  expect(press(pressed("Enter"), { isControl: true })).toBe("none");
  expect(press(pressed("ArrowDown"), { isControl: true })).toBe("none");
  press(pressed("s"), { isControl: true });
  press(pressed("Enter"));
  expect(ran).toEqual(["s", "Enter"]);
});

test("below an open dialog the page is silent, and the dialog's own keys work", () => {
  const { ran, press } = keyboard("Control+Enter", ["Control+Enter", "dialog"], "a");
  press(pressed("a"), { isDialogOpen: true });
  press(pressed("Enter", "Control"), { isDialogOpen: true });
  expect(ran).toEqual(["Control+Enter"]);
});

test("of two with the same keys the newer one is meant, and the older again when it has gone", () => {
  const map = new KeyMap();
  const ran: string[] = [];
  const below = Symbol("below");
  const above = Symbol("above");
  map.add(below, { keys: "n", label: "below", place: "page", run: () => ran.push("below") });
  map.add(above, { keys: "n", label: "above", place: "page", run: () => ran.push("above") });
  map.press(pressed("n"), PLAIN);
  map.remove(above);
  map.press(pressed("n"), PLAIN);
  expect(ran).toEqual(["above", "below"]);
});

test("a sign that stands above another one is found with its shift", () => {
  const { ran, press } = keyboard("?");
  press(pressed("Shift", "Shift"));
  press(pressed("?", "Shift"));
  expect(ran).toEqual(["?"]);
});
