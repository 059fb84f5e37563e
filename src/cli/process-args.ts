/** The processes of an installation, as `node` is given them: by `npm start`, and by whoever measures them. */

/**
 * A young generation of 32 MiB: what a request leaves is dead before it is looked at, so it is looked at less often. Takes at most
 * 96 MiB of memory.
 */
export const API_PROCESS = ["--max-semi-space-size=32", "src/http/main.ts"] as const;

/** The same for a batch of events or a wave of messages. */
export const WORKER_PROCESS = ["--max-semi-space-size=32", "workers/main.ts"] as const;
