/** Whether Redis answers; it degrades the service and does not stop it. */
import { Redis } from "ioredis";

export type RedisPing = { readonly ping: () => Promise<void>; close(): void };

const LIMIT_MS = 1000;

/** Nothing is opened before the first question; a lost Redis is asked again at the next one. */
export const redisPing = (url: string): RedisPing => {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: LIMIT_MS,
    commandTimeout: LIMIT_MS,
    retryStrategy: () => null,
  });
  // The failed command reports the same error.
  redis.on("error", () => undefined);
  return {
    ping: async () => {
      if (redis.status !== "ready") await redis.connect();
      await redis.ping();
    },
    close: () => redis.disconnect(),
  };
};
