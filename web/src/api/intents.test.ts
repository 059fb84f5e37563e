import { beforeEach, expect, test } from "vitest";
import { createIntents } from "./intents.ts";
import { ApiProblem, noAnswer } from "./problem.ts";

const EMPTY = { amount: "" };
let kept: Map<string, string>;
let keys: number;
const page = () =>
  createIntents(
    () => ({
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, text) => void kept.set(name, text),
      removeItem: (name) => void kept.delete(name),
    }),
    () => `key-${(keys += 1)}`,
  );
let intents: ReturnType<typeof page>;
beforeEach(() => {
  kept = new Map();
  keys = 0;
  intents = page();
});

const refused = (status: number, code = "some.refusal") => new ApiProblem({ status, code, title: code });
/** Sends, and tells the key that it went with. */
const send = async (answer: unknown, holds = false): Promise<string> => {
  let used = "not sent";
  await intents.send(
    "pay",
    EMPTY,
    async (_content, key) => {
      used = key;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    () => holds,
  );
  return used;
};
const change = (amount: string): boolean => intents.change("pay", EMPTY, () => ({ amount }));
const state = (): string => intents.view("pay").state;

test("pressed twice is sent once", async () => {
  change("5");
  let finish = (_answer: string): void => undefined;
  let calls = 0;
  const work = (): Promise<string> => {
    calls += 1;
    return new Promise((resolve) => (finish = resolve));
  };
  const first = intents.send("pay", EMPTY, work, () => false);
  expect(state()).toBe("sending");
  expect(await intents.send("pay", EMPTY, work, () => false)).toBeUndefined();
  expect(change("6")).toBe(false);
  finish("done");
  expect(await first).toBe("done");
  expect(calls).toBe(1);
  expect(intents.view("pay")).toEqual({ content: null, state: "open", error: null });
  expect(kept.size).toBe(0);
});

test.each([noAnswer(), refused(500), refused(503, "database.busy"), refused(409, "request.in-flight")])(
  "no answer ($message): the same key and content until there is one, also after a reload",
  async (silence) => {
    change("5");
    expect(await send(silence)).toBe("key-1");
    expect(intents.view("pay")).toMatchObject({
      content: { amount: "5" },
      state: "unanswered",
      error: silence,
    });
    expect(change("6")).toBe(false);
    expect(await send(silence)).toBe("key-1");
    intents = page();
    expect(intents.view("pay")).toEqual({ content: { amount: "5" }, state: "unanswered", error: null });
    expect(change("6")).toBe(false);
    expect(await send("done")).toBe("key-1");
    expect(state()).toBe("open");
    change("5");
    expect(await send("done")).toBe("key-2");
  },
);

test("a page that dies while it is sent finds it unanswered", async () => {
  change("5");
  void intents.send(
    "pay",
    EMPTY,
    () => new Promise(() => undefined),
    () => false,
  );
  intents = page();
  expect(state()).toBe("unanswered");
  expect(await send("done")).toBe("key-1");
});

test("a refusal says that nothing was done: the content can be mended, and is another intent", async () => {
  change("5");
  expect(await send(refused(422))).toBe("key-1");
  expect(intents.view("pay")).toMatchObject({ content: { amount: "5" }, state: "open" });
  expect(change("6")).toBe(true);
  expect(intents.view("pay").error).toBeNull();
  expect(await send("done")).toBe("key-2");
});

test.each([401, 403, 429])("%i tells nothing about a try before it", async (status) => {
  change("5");
  await send(noAnswer());
  expect(await send(refused(status))).toBe("key-1");
  expect(state()).toBe("unanswered");
  expect(await send("done")).toBe("key-1");
  change("7");
  await send(refused(status));
  expect(state()).toBe("open");
  expect(await send(noAnswer())).toBe("key-2");
  expect(await send("done")).toBe("key-2");
});

test("the same content is the same intent, other content another", async () => {
  change("5");
  await send(refused(401));
  expect(change("5")).toBe(true);
  expect(await send(refused(401))).toBe("key-1");
  change("6");
  expect(await send("done")).toBe("key-2");
});

test("what an answer holds stays locked until it is settled", async () => {
  change("5");
  await send("shown", true);
  expect(state()).toBe("unanswered");
  expect(change("6")).toBe(false);
  intents.settle("pay", false);
  expect(intents.view("pay")).toMatchObject({ content: { amount: "5" }, state: "open" });
  expect(await send("shown", true)).toBe("key-2");
  intents.settle("pay", true);
  expect(intents.view("pay").content).toBeNull();
});

test("it is emptied while it is open, and never while it is pending", async () => {
  change("5");
  await send(noAnswer());
  intents.clear("pay");
  expect(intents.view("pay")).toMatchObject({ content: { amount: "5" }, state: "unanswered" });
  intents.settle("pay", false);
  intents.settle("pay", true);
  expect(intents.view("pay")).toEqual({ content: { amount: "5" }, state: "open", error: null });
  intents.clear("pay");
  expect(intents.view("pay")).toEqual({ content: null, state: "open", error: null });
});

test("an answer that comes after another person began anew changes nothing of theirs", async () => {
  change("5");
  let finish = (_error: Error): void => undefined;
  const first = intents.send(
    "pay",
    EMPTY,
    () => new Promise((_resolve, reject) => (finish = reject)),
    () => false,
  );
  kept.clear();
  finish(refused(422));
  await first;
  expect(kept.size).toBe(0);
});

test("what is seen is the same object until it changes", () => {
  change("5");
  const before = intents.view("pay");
  expect(intents.view("pay")).toBe(before);
  intents.change("other", EMPTY, () => ({ amount: "1" }));
  expect(intents.view("pay")).toBe(before);
  change("6");
  expect(intents.view("pay")).not.toBe(before);
});
