import { useCallback, useRef } from "react";

/**
 * The `Idempotency-Key` of a form: the same for every try of one intent, so that a double click or a second try after a
 * lost answer does it once; `renew` after it was done, or when the person changed what is asked.
 */
export const useRequestKey = (): { readonly key: () => string; readonly renew: () => void } => {
  const kept = useRef<string | undefined>(undefined);
  const key = useCallback(() => (kept.current ??= crypto.randomUUID()), []);
  const renew = useCallback(() => {
    kept.current = undefined;
  }, []);
  return { key, renew };
};
