/** Receipts that are pulled: each stored once, from where the last pull ended, whoever pulls. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { pullReceiptsOnce } from "#src/messages/messaging/index.ts";
import type { Platform } from "#src/platform/route.ts";
import { createSendingTown, type SendingTown } from "#tests/support/sending.ts";

let town: SendingTown;
let pulling: Platform;
beforeAll(async () => {
  town = await createSendingTown();
  const { messages } = town.platform;
  if (messages?.gateway === undefined) throw new Error("there is no gateway");
  pulling = {
    ...town.platform,
    messages: { ...messages, gateway: { ...messages.gateway, receipts: "pull" } },
  };
}, 60_000);
afterAll(() => town.close());

const count = async (state: string): Promise<number> =>
  (await town.rows("select 1 from messages where state = :state", { state })).length;
const marks = () => town.rows("select provider, cursor, trouble, unreadable from receipt_pulls");

test("a gateway that pushes is not pulled", async () => {
  expect(await pullReceiptsOnce(town.platform)).toBeNull();
});

test("what there is, page by page, and then nothing", async () => {
  for (let n = 0; n < 300; n += 1) await town.queueOne();
  await town.sendDue();
  expect(await pullReceiptsOnce(pulling)).toEqual({ stored: 600, unreadable: 0, trouble: "" });
  expect(await count("delivered")).toBe(300);
  expect(await pullReceiptsOnce(pulling)).toEqual({ stored: 0, unreadable: 0, trouble: "" });
  expect(await marks()).toEqual([{ provider: "gateway", cursor: "600", trouble: "", unreadable: 0n }]);
});

test("two at once store each once", async () => {
  for (let n = 0; n < 40; n += 1) await town.queueOne();
  await town.sendDue();
  const both = await Promise.all([pullReceiptsOnce(pulling), pullReceiptsOnce(pulling)]);
  expect(both.reduce((sum, one) => sum + (one?.stored ?? 0), 0)).toBe(80);
  expect(await count("delivered")).toBe(340);
});

test("a gateway that does not answer is noted, and the mark stays", async () => {
  const { messages } = pulling;
  if (messages?.gateway === undefined) throw new Error("there is no gateway");
  const nobody: Platform = {
    ...pulling,
    messages: { ...messages, gateway: { ...messages.gateway, url: "http://127.0.0.1:9" } },
  };
  expect(await pullReceiptsOnce(nobody)).toMatchObject({ stored: 0, trouble: expect.stringMatching(/./) });
  expect(await marks()).toMatchObject([{ cursor: "680", trouble: expect.stringMatching(/./) }]);
  expect(await pullReceiptsOnce(pulling)).toMatchObject({ trouble: "" });
});
