/**
 * Which call's desk has the next key: one that its agent opened. A call that pops by itself takes the keys from nobody.
 */
import { useEffect, useRef } from "react";

let wanted: string | undefined;
const listeners = new Set<() => void>();

export const giveKeysTo = (callId: string): void => {
  wanted = callId;
  listeners.forEach((listener) => listener());
};

/** Calls `take` once this call was opened and its desk stands there. */
export const useKeysFor = (callId: string, isThere: boolean, take: () => void): void => {
  const current = useRef(take);
  useEffect(() => {
    current.current = take;
  });
  useEffect(() => {
    if (!isThere) return;
    const look = (): void => {
      if (wanted !== callId) return;
      wanted = undefined;
      current.current();
    };
    look();
    listeners.add(look);
    return () => void listeners.delete(look);
  }, [callId, isThere]);
};
