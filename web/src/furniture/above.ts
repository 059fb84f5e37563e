/** What is said above a page: a line that passes, a question before something is done. `AboveHost` shows it. */
import { type ReactNode, useSyncExternalStore } from "react";

export type Line = {
  readonly key: string;
  readonly content: ReactNode;
  /** How long it stands when nobody points at it. */
  readonly seconds: number;
};
export type Question = { readonly title: string; readonly content: ReactNode; readonly onOk: () => unknown };

type Above = { readonly lines: readonly Line[]; readonly question: Question | undefined };
let above: Above = { lines: [], question: undefined };
const listeners = new Set<() => void>();
const become = (next: Partial<Above>): void => {
  above = { ...above, ...next };
  listeners.forEach((listener) => listener());
};

export const closeLine = (key: string): void =>
  become({ lines: above.lines.filter((line) => line.key !== key) });
/** One line of a key at a time: the newer one stands instead. */
export const openLine = (line: Line): void =>
  become({ lines: [...above.lines.filter(({ key }) => key !== line.key), line] });

const DONE_S = 3;
let count = 0;
/** It was done. */
export const tellDone = (text: string): void => {
  count += 1;
  openLine({ key: `done ${count}`, content: text, seconds: DONE_S });
};

/** Asks before something is done that cannot be taken back. */
export const askBefore = (question: Question): void => become({ question });
export const closeQuestion = (): void => become({ question: undefined });

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
export const useAbove = (): Above => useSyncExternalStore(subscribe, () => above);
