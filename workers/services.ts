/** What every worker of this process is given. */
import type { Subscribers } from "#src/platform/outbox.ts";
import type { Log, Queues } from "#src/platform/queues.ts";
import type { Platform } from "#src/platform/route.ts";

export type Services = {
  readonly platform: Platform;
  readonly queues: Queues;
  readonly subscribers: Subscribers;
  readonly log: Log;
  /** Where the heads of the seals are written down. */
  readonly auditAnchorFile?: string | undefined;
  /** Aborted when the process shall stop: what goes from one piece of work to the next begins none any more. */
  readonly stopping?: AbortSignal | undefined;
};
