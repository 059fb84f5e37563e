/** The processes of an installation, as `node` is given them: by `npm start`, and by whoever measures them. */

/**
 * A young generation of 64 MiB: what a request leaves is dead before it is looked at, so it is looked at less often. Takes at most
 * 192 MiB of memory. Collected by the one thread that made it: on two cores the helpers take from the database what they give.
 */
export const API_PROCESS = ["--max-semi-space-size=64", "--single-threaded-gc", "src/http/main.ts"] as const;

/** The same for a batch of events or a wave of messages. */
export const WORKER_PROCESS = ["--max-semi-space-size=32", "workers/main.ts"] as const;
