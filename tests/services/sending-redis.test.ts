/** Sending with the queue on Redis. */
import { afterAll, beforeAll } from "vitest";
import { startRedis, type TestRedis } from "#tests/support/redis.ts";
import { describeSending } from "#tests/support/sending-suite.ts";

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describeSending("Redis", () => redis.url);
