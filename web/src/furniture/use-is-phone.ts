import { useSyncExternalStore } from "react";

const phone = window.matchMedia("(width <= 767px)");
const onWidth = (listener: () => void): (() => void) => {
  phone.addEventListener("change", listener);
  return () => phone.removeEventListener("change", listener);
};

/** Held in a hand: what is pressed is as high as a finger is broad, and a table is pushed sideways in its own frame. */
export const useIsPhone = (): boolean => useSyncExternalStore(onWidth, () => phone.matches);
