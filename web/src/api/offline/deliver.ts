/** One record on its way to the server: what its answer means for it. */
import { problemOfResponse } from "../problem.ts";
import { withBoundPhone } from "./bound-phone.ts";
import { pauseAfter } from "./due.ts";
import type { Outgoing, Sent } from "./outbox.ts";
import { remove, write } from "./store.ts";

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {};

/** Of a tap the one door of its request, of everything else the answer itself. */
const verdictOf = (answer: unknown): Record<string, unknown> => {
  const { doors, fields } = record(answer);
  if (Array.isArray(doors)) return record(doors[0]);
  const conflicts = Array.isArray(fields) && fields.some((one) => record(one)["result"] === "conflict");
  return conflicts ? { result: "kept" } : record(answer);
};

/** A line that hangs is none: it holds the outbox of every tab. A photo takes its time on a slow one. */
const LONGEST_MS = 30_000;
const LONGEST_PHOTO_MS = 180_000;

const post = (path: string, key: string, body: Blob | object): Promise<Response> =>
  withBoundPhone(() =>
    fetch(`/api/v1${path}`, {
      method: "POST",
      credentials: "same-origin",
      signal: AbortSignal.timeout(body instanceof Blob ? LONGEST_PHOTO_MS : LONGEST_MS),
      headers: {
        "X-Nuan": "1",
        "Idempotency-Key": key,
        "Content-Type": body instanceof Blob ? body.type : "application/json",
      },
      body: body instanceof Blob ? body : JSON.stringify(body),
    }),
  );

/** The photo of this paper is there: somebody's, or ours of a try whose answer was lost. */
const DONE_BEFORE: readonly string[] = ["pressure-test.posted-already"];

const arrived = async (one: Outgoing, result: Sent["result"], answer: unknown): Promise<"sent"> => {
  const { key, login, about, kind, label, madeAt } = one;
  const sent: Sent = { key, login, about, kind, label, madeAt, sentAt: Date.now(), result, answer };
  try {
    await write("sent", sent);
  } catch {
    // No room for the note that it arrived. It did, and letting go of it is what makes room.
  }
  await remove("outbox", one.seq);
  return "sent";
};

type Why = { readonly code: string; readonly detail: string; readonly requestId?: string | undefined };

const refuse = async (one: Outgoing, { code, detail }: Why): Promise<"refused"> => {
  const { trouble: _trouble, ...rest } = one;
  await write("outbox", { ...rest, refusal: { code, detail, taskId: null } } satisfies Outgoing);
  return "refused";
};

/** Set aside with its reason, so that nothing behind it waits. */
const setAside = async (one: Outgoing, status: number, why: Why): Promise<"aside"> => {
  const tries = (one.trouble?.tries ?? 0) + 1;
  const { code, detail, requestId } = why;
  const trouble = { status, code, detail, tries, ...(requestId === undefined ? {} : { requestId }) };
  await write("outbox", { ...one, trouble, notBefore: Date.now() + pauseAfter(tries) } satisfies Outgoing);
  return "aside";
};

/** Whether the server is there at all, where one request got no answer. */
const isServerThere = async (): Promise<boolean> => {
  if (!navigator.onLine) return false;
  try {
    return (await fetch("/livez", { cache: "no-store", signal: AbortSignal.timeout(8000) })).ok;
  } catch {
    // Neither this got an answer: there is no line.
    return false;
  }
};

/** Who is it, how often, from where: nothing of this is a verdict on what was written down. */
const isAboutTheLogin = (status: number, code: string): boolean =>
  status === 401 ||
  status === 429 ||
  (status === 403 && (code.startsWith("session.") || code === "request.cross-site"));

export type Outcome = "sent" | "refused" | "aside" | "later";

/** What an answer means, before anything of it is written down. */
type Verdict =
  | { readonly kind: "later" }
  | { readonly kind: "aside"; readonly status: number; readonly why: Why }
  | { readonly kind: "refused"; readonly why: Why }
  | { readonly kind: "arrived"; readonly result: Sent["result"]; readonly answer: unknown };

const judge = async (response: Response): Promise<Verdict> => {
  const { status } = response;
  if (!response.ok) {
    const { facts } = await problemOfResponse(response);
    const { code, requestId } = facts;
    if (isAboutTheLogin(status, code)) return { kind: "later" };
    const why = { code, detail: facts.detail ?? facts.title, requestId };
    if (status >= 500 || code === "request.in-flight") return { kind: "aside", status, why };
    if (DONE_BEFORE.includes(code)) return { kind: "arrived", result: "done", answer: null };
    return { kind: "refused", why };
  }
  const answer: unknown = await response.json();
  const verdict = verdictOf(answer);
  // Nobody had time to look at it.
  if (verdict["result"] === "again")
    return {
      kind: "aside",
      status,
      why: { code: String(verdict["code"]), detail: String(verdict["message"]) },
    };
  if (verdict["result"] === "refused" || verdict["result"] === "conflict")
    return { kind: "refused", why: { code: String(verdict["code"]), detail: String(verdict["message"]) } };
  return { kind: "arrived", result: verdict["result"] === "kept" ? "kept" : "done", answer };
};

const ask = async (one: Outgoing): Promise<Verdict> => {
  try {
    return await judge(await post(one.path, one.key, one.file ?? record(one.body)));
  } catch {
    // No answer, or one that broke off: what was asked may have been done, and the same key does it once.
    if (!(await isServerThere())) return { kind: "later" };
    return { kind: "aside", status: 0, why: { code: "network.no-answer", detail: "" } };
  }
};

/**
 * Sends one. `later`: the line or the login is not there, so nothing else goes either. `aside`: the server failed at this one.
 * `refused`: no command takes it; a person decides, and the house has a task. Rejects where this phone cannot write down what came
 * of it: then it stands as it was, and the same key does it once.
 */
export const sendOne = async (one: Outgoing): Promise<Outcome> => {
  const verdict = await ask(one);
  if (verdict.kind === "arrived") return arrived(one, verdict.result, verdict.answer);
  if (verdict.kind === "refused") return refuse(one, verdict.why);
  if (verdict.kind === "aside") return setAside(one, verdict.status, verdict.why);
  return "later";
};

/** Whether the server knows this browser as `login`, with nothing left to prove: records go under the name of who wrote them. */
export const isSignedInAs = async (login: string): Promise<boolean> => {
  try {
    const signal = AbortSignal.timeout(LONGEST_MS);
    const response = await withBoundPhone(() =>
      fetch("/api/v1/session", { credentials: "same-origin", headers: { "X-Nuan": "1" }, signal }),
    );
    if (!response.ok) return false;
    const session = record(await response.json());
    return session["login"] === login && !session["mustChangePassword"] && !session["secondFactorNeeded"];
  } catch {
    // No line: nothing goes.
    return false;
  }
};

/** What was written down, for whoever reads the task; of a photo only what it is of. */
const wordsOf = (one: Outgoing): string => {
  const { text, note, witness, outcome, changes, summary } = record(one.body);
  const changed = Array.isArray(changes)
    ? changes.map((change) => `${String(record(change)["field"])} → ${String(record(change)["now"])}`)
    : [];
  const parts = [one.label, outcome, text, note, summary, witness, ...changed];
  return parts
    .filter((part): part is string => typeof part === "string" && part !== "")
    .join("\n")
    .slice(0, 4000);
};

/** Tells the house what was refused, so that it does not stand on this phone alone. False: there was no line for it. */
export const handOverRefused = async (one: Outgoing): Promise<boolean> => {
  const { refusal, key, kind, about, madeAt } = one;
  if (refusal === undefined) return true;
  const body = { key, kind, about, said: wordsOf(one), code: refusal.code, madeAt };
  let taskId: unknown;
  try {
    const response = await post("/field-refusals", `${key}-told`, body);
    if (!response.ok) return false;
    taskId = record(await response.json())["taskId"];
  } catch {
    // No line: told in the next round.
    return false;
  }
  await write("outbox", { ...one, refusal: { ...refusal, taskId: String(taskId) } } satisfies Outgoing);
  return true;
};
