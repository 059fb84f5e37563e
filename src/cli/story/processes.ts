/** The API and the worker of the story, as processes of their own, and people who log in to the API. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { assert, fail, must } from "#src/kernel/errors.ts";
import { newUuid } from "#src/kernel/ids.ts";
import { monotonicMs } from "#src/platform/clock.ts";

const root = path.resolve(import.meta.dirname, "..", "..", "..");
const LIMIT_MS = 60_000;
/** What cannot end within this time is ended. */
const GRACE_MS = 15_000;

type Env = Readonly<Record<string, string>>;

const launch = (script: string, env: Env): ChildProcess =>
  // The channel tells the child when this process is gone.
  spawn(process.execPath, [script], { cwd: root, env, stdio: ["ignore", "ignore", "inherit", "ipc"] });

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  await ended;
  clearTimeout(kill);
};

/** Waits until `true`; a child that ended or a minute without it is a failure with a name. */
const untilTrue = async (
  child: ChildProcess,
  what: string,
  isTrue: () => Promise<boolean>,
): Promise<void> => {
  const since = monotonicMs();
  while (!(await isTrue())) {
    if (child.exitCode !== null) fail("demo.process-ended", `the process ended before ${what}`);
    if (monotonicMs() - since > LIMIT_MS) fail("demo.too-slow", `a minute passed without ${what}`);
    await pause(50);
  }
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert(typeof address === "object" && address !== null, "a port");
  server.close();
  await once(server, "close");
  return address.port;
};

export type Answer = { readonly status: number; readonly body: unknown; readonly bytes: Uint8Array };

/** Somebody who is logged in, or a machine with its token. */
export type Caller = {
  get(address: string): Promise<Answer>;
  post(address: string, json: unknown): Promise<Answer>;
  /** A post that must succeed: a refusal ends the story. */
  done(address: string, json: unknown): Promise<unknown>;
};

export type Api = {
  readonly origin: string;
  logIn(login: string, password: string): Promise<Caller>;
  machine(token: string): Caller;
  stop(): Promise<void>;
};

const answerOf = async (response: Response): Promise<Answer> => {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  const body: unknown = isJson ? JSON.parse(Buffer.from(bytes).toString("utf8")) : null;
  return { status: response.status, body, bytes };
};

const callerOf = (origin: string, headers: Env): Caller => {
  const address = (text: string): string => `${origin}/api/v1${text}`;
  const post = async (text: string, json: unknown): Promise<Answer> =>
    answerOf(
      await fetch(address(text), {
        method: "POST",
        headers: { ...headers, "content-type": "application/json", "idempotency-key": newUuid() },
        body: JSON.stringify(json),
      }),
    );
  return {
    get: async (text) => answerOf(await fetch(address(text), { headers })),
    post,
    done: async (text, json) => {
      const answer = await post(text, json);
      assert(answer.status < 300, `POST ${text}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
  };
};

const isReady = async (origin: string): Promise<boolean> => {
  try {
    const response = await fetch(`${origin}/readyz`);
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    // Not listening yet.
    return false;
  }
};

/** Starts the API on a free port and waits until it is ready. */
export const startApi = async (env: Env): Promise<Api> => {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const child = launch("src/http/main.ts", { ...env, PORT: String(port) });
  await untilTrue(child, "the API being ready", async () => isReady(origin));
  return {
    origin,
    logIn: async (login, password) => {
      const response = await fetch(`${origin}/api/v1/session`, {
        method: "POST",
        headers: { "content-type": "application/json", origin, "x-nuan": "1" },
        body: JSON.stringify({ login, password }),
      });
      assert(response.status === 200, `${login} logs in: ${response.status} ${await response.text()}`);
      const cookie = must(response.headers.getSetCookie()[0]?.split(";")[0], "a session cookie");
      return callerOf(origin, { cookie, origin, "x-nuan": "1" });
    },
    machine: (token) => callerOf(origin, { authorization: `Bearer ${token}` }),
    stop: async () => end(child),
  };
};

export type WorkerProcess = {
  until(isTrue: () => Promise<boolean>): Promise<void>;
  stop(): Promise<void>;
};

export const startWorker = (env: Env): WorkerProcess => {
  const child = launch("workers/main.ts", env);
  return {
    until: async (isTrue) => untilTrue(child, "every event being handled", isTrue),
    stop: async () => end(child),
  };
};
