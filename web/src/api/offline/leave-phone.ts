/** Signing out on a phone: what is not sent is asked about, and of the answers nothing stays. */
import { phoneOwner } from "./copies.ts";
import { empty, readAll } from "./store.ts";

/** How much of the login that is signed in here is not sent yet. */
export const countUnsentHere = async (): Promise<number> => {
  const login = await phoneOwner().catch(() => undefined);
  if (login === undefined) return 0;
  return (await readAll<{ login: string }>("outbox")).filter((one) => one.login === login).length;
};

/** Wipes copies and what was sent; what was not sent stays for when the same login comes back. */
export const leavePhone = async (): Promise<void> => {
  if ((await phoneOwner().catch(() => undefined)) === undefined) return;
  await empty("copies");
  await empty("sent");
};
