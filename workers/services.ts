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
};
