/** A change of an account, made under the version that was read when its dialog was opened. */
import { useState } from "react";
import { forget } from "#web/api/client.ts";
import { problemOf } from "#web/api/problem.ts";
import type { Account } from "./types.ts";

/** Somebody else was quicker: what is shown is read again before anything is sent once more. */
const BEHIND: ReadonlySet<string> = new Set(["version.stale", "phone.changed", "hold.not-found"]);

export const readAgain = (): Promise<void> =>
  forget(
    "/accounts/{accountNo}",
    "/accounts/{accountNo}/overview",
    "/accounts/{accountNo}/consents",
    "/accounts/{accountNo}/reminder-stage",
    "/hotline/calls/{id}/pop",
  );

type Header = { readonly "If-Match": string };

export const useChange = (account: Account, close: () => void) => {
  const [opened] = useState(account.version);
  const [isFollowing, setFollowing] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const send = async (act: (header: Header) => Promise<unknown>): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setError(null);
    try {
      await act({ "If-Match": `"${isFollowing ? account.version : opened}"` });
      await readAgain();
      close();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const follow = async (): Promise<void> => {
    await readAgain();
    setFollowing(true);
    setError(null);
  };
  const isBehind = error !== null && BEHIND.has(problemOf(error).facts.code);
  return { send, error, isBusy, again: isBehind ? () => void follow() : undefined };
};
