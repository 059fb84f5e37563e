/** Whether this browser reaches the server: it says that it is offline, or a call was not answered and none has been since. */
export type Line = "open" | "offline" | "silent";

let isSilent = false;
const listeners = new Set<() => void>();
const changed = (): void => listeners.forEach((listener) => listener());

/** Told of each call: answered, with whatever, or not at all. */
export const tellLine = (wasAnswered: boolean): void => {
  if (isSilent === !wasAnswered) return;
  isSilent = !wasAnswered;
  changed();
};

export const lineNow = (): Line => (!navigator.onLine ? "offline" : isSilent ? "silent" : "open");

export const onLine = (listener: () => void): (() => void) => {
  listeners.add(listener);
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
};
