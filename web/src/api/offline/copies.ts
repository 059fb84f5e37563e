/**
 * Copies of the answers that a day without signal needs. They belong to a login, are wiped when it signs out and when another signs
 * in, and are not shown past the end of the login: twelve hours, or as long as the phone is bound.
 */
import { empty, readAll, readOne, remove, write } from "./store.ts";

export type Copy<T> = { readonly name: string; readonly at: number; readonly value: T };
type Owner = { readonly login: string; readonly until: number };

const OWNER = "owner";
const LOGIN_MS = 12 * 3_600_000;
/** A season; the server ends it before. */
const BOUND_MS = 200 * 86_400_000;

const readOwner = async (): Promise<Owner | undefined> =>
  (await readOne<Copy<Owner>>("copies", OWNER))?.value;

/** Forgets every copy; what was not sent yet stays. */
export const wipeCopies = (): Promise<undefined> => empty("copies");

/**
 * Wipes what is here of any other login than this one, which need not keep anything itself. What the other has not sent waits for
 * him, seen by nobody.
 */
export const leaveToOthers = async (login: string): Promise<void> => {
  const before = await readOwner();
  if (before !== undefined && before.login !== login) await wipeCopies();
  for (const one of await readAll<{ key: string; login: string }>("sent"))
    if (one.login !== login) await remove("sent", one.key);
};

/** Says whose phone this is now: of another login nothing is left. Told at each read of the session. */
export const ownPhone = async (login: string, isBound: boolean): Promise<void> => {
  await leaveToOthers(login);
  const until = Date.now() + (isBound ? BOUND_MS : LOGIN_MS);
  await write("copies", { name: OWNER, at: Date.now(), value: { login, until } satisfies Owner });
};

/** Whose phone it is; undefined where nobody keeps anything. */
export const phoneOwner = async (): Promise<string | undefined> => {
  const owner = await readOwner();
  return owner === undefined || owner.until < Date.now() ? undefined : owner.login;
};

/** Keeps an answer, on a phone that somebody owns; elsewhere it does nothing. */
export const keepCopy = async (name: string, value: unknown): Promise<void> => {
  if ((await phoneOwner()) !== undefined) await write("copies", { name, at: Date.now(), value });
};

/** Undefined when there is none, or when the login behind it is over; then all of them are wiped. */
export const readCopy = async <T>(name: string): Promise<Copy<T> | undefined> => {
  if ((await phoneOwner()) === undefined) {
    if ((await readAll("copies")).length > 0) await wipeCopies();
    return undefined;
  }
  return readOne<Copy<T>>("copies", name);
};

/** Reads once what another page left (a text that was shared), and forgets it. */
export const takeCopy = async (name: string): Promise<string | undefined> => {
  const found = await readOne<Copy<string>>("copies", name);
  if (found !== undefined) await remove("copies", name);
  return found?.value;
};
