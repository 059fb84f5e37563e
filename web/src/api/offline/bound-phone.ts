/** A bound phone opens its next session by itself: its token is a cookie that no script sees, so this page only remembers that there is one. */
import { problemOfResponse } from "../problem.ts";
import { wipeCopies } from "./copies.ts";
import { readOne, write } from "./store.ts";

const MARK = "bound";

/** A browser that keeps nothing is not bound. */
export const isBound = (): Promise<boolean> =>
  readOne("copies", MARK).then(
    (mark) => mark !== undefined,
    () => false,
  );
export const rememberBound = (): Promise<IDBValidKey> =>
  write("copies", { name: MARK, at: Date.now(), value: true });

let renewing: Promise<boolean> | undefined;
const renew = async (): Promise<boolean> => {
  const answer = await fetch("/api/v1/session/device", {
    method: "POST",
    credentials: "same-origin",
    headers: { "X-Nuan": "1" },
  });
  if (answer.ok) return true;
  // Let go by its owner or an administrator, or the season is over: nothing of the login stays here.
  if (answer.status === 401) await wipeCopies();
  return false;
};

/** Sends; where the session is over and the phone is bound, opens a new one and sends again. Otherwise the first answer stands. */
export const withBoundPhone = async (send: () => Promise<Response>): Promise<Response> => {
  const first = await send();
  if (first.status !== 401 || !(await isBound())) return first;
  const { code } = await problemOfResponse(first);
  if (code !== "auth.required" && code !== "session.ended") return first;
  renewing ??= renew().finally(() => (renewing = undefined));
  return (await renewing) ? send() : first;
};
