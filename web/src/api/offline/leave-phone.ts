/** Signing out on a phone: what is not sent is asked about, and of the answers nothing stays. */
import { phoneOwner } from "./copies.ts";
import { empty, readAll, remove } from "./store.ts";

/** How much of the login that is signed in here is not sent yet. */
export const countUnsentHere = async (): Promise<number> => {
  const login = await phoneOwner().catch(() => undefined);
  if (login === undefined) return 0;
  return (await readAll<{ login: string }>("outbox")).filter((one) => one.login === login).length;
};

/** Wipes everything of the login that leaves: copies, what was sent, and what was not (which was asked about before). */
export const leavePhone = async (): Promise<void> => {
  const login = await phoneOwner().catch(() => undefined);
  if (login === undefined) return;
  for (const one of await readAll<{ seq: number; login: string }>("outbox"))
    if (one.login === login) await remove("outbox", one.seq);
  await empty("sent");
  await empty("copies");
};
