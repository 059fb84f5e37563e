import { useCallback, useState } from "react";

const PREFIX = "nuan.draft.";
const OWNER = "nuan.draft-owner";

/** Forgets every draft and every intent of this tab: another person has logged in. */
export const forgetDrafts = (): void => {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
};

/** Whose they are from now on; what somebody else left when the page was loaded anew is forgotten. */
export const ownDrafts = (login: string): void => {
  if ((sessionStorage.getItem(OWNER) ?? login) !== login) forgetDrafts();
  sessionStorage.setItem(OWNER, login);
};

/**
 * What somebody is typing, kept through reload and a session that ended: in this tab only, until it is saved (`clear`).
 * `name` is unique to the form and what it is about ("ticket-new", `reply-${id}`); under another name another draft is shown.
 */
export const useDraft = <Value extends object>(
  name: string,
  empty: Value,
): { readonly draft: Value; readonly keep: (change: Partial<Value>) => void; readonly clear: () => void } => {
  const key = PREFIX + name;
  const read = (): Value => {
    const kept = sessionStorage.getItem(key);
    return kept === null ? empty : { ...empty, ...(JSON.parse(kept) as Partial<Value>) };
  };
  const [held, setHeld] = useState(() => ({ key, value: read() }));
  // The form is about something else now: what was typed for the one before stays with that one.
  const current = held.key === key ? held : { key, value: read() };
  if (current !== held) setHeld(current);
  const keep = useCallback(
    (change: Partial<Value>) =>
      setHeld((before) => {
        const value = { ...before.value, ...change };
        sessionStorage.setItem(before.key, JSON.stringify(value));
        return { key: before.key, value };
      }),
    [],
  );
  const clear = useCallback(() => {
    sessionStorage.removeItem(key);
    setHeld({ key, value: empty });
    // `empty` is written in place by callers: a new one each time, always with the same meaning.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  return { draft: current.value, keep, clear };
};
