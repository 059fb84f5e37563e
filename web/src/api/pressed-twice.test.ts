import { expect, test } from "vitest";
import { pressedOnce } from "./pressed-twice.ts";

const person = (login: string): Request =>
  new Request("http://house.test/api/v1/staff", {
    method: "POST",
    headers: { "Idempotency-Key": crypto.randomUUID() },
    body: JSON.stringify({ login }),
  });

const house = (status = 201) => {
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  const timers: { readonly work: () => void; readonly ms: number }[] = [];
  const send = pressedOnce(
    (request) =>
      new Promise((resolve) => {
        asked.push(request.method);
        waiting.push(() => resolve(Response.json({ password: `once-${asked.length}` }, { status })));
      }),
    (work, ms) => timers.push({ work, ms }),
  );
  const answer = async (): Promise<void> => {
    // The request is read before it is sent.
    await expect.poll(() => waiting.length).toBeGreaterThan(0);
    waiting.shift()?.();
  };
  /** What was to be done after that time, in the order in which it was asked for. */
  const after = (ms: number): void =>
    timers.splice(0).forEach((timer) => (timer.ms <= ms ? timer.work() : timers.push(timer)));
  return { asked, send, answer, after };
};

const said = async (answer: Promise<Response>): Promise<unknown> => (await answer).json();

test("a double press is one change, and both have its answer", async () => {
  const { asked, send, answer, after } = house();
  const first = said(send(person("zhang3")));
  await expect.poll(() => asked.length).toBe(1);
  const second = said(send(person("zhang3")));
  await answer();
  expect(await first).toEqual({ password: "once-1" });
  expect(await second).toEqual({ password: "once-1" });
  after(300);
  expect(await said(send(person("zhang3")))).toEqual({ password: "once-1" });
  expect(asked).toEqual(["POST"]);
});

test("later, with other words, or after another change it is a change of its own", async () => {
  const { asked, send, answer, after } = house();
  const press = async (request: Request): Promise<unknown> => {
    const answered = said(send(request));
    await answer();
    return answered;
  };
  expect(await press(person("zhang3"))).toEqual({ password: "once-1" });
  expect(await press(person("li4"))).toEqual({ password: "once-2" });
  expect(await press(person("zhang3"))).toEqual({ password: "once-3" });
  after(700);
  expect(await press(person("zhang3"))).toEqual({ password: "once-4" });
  expect(asked.length).toBe(4);
});

test("what was refused is asked again, and what is read is never shared", async () => {
  const { asked, send, answer } = house(409);
  const first = send(person("zhang3"));
  await answer();
  expect((await first).status).toBe(409);
  const second = send(person("zhang3"));
  await answer();
  await second;
  const reads = [send(new Request("http://house.test/")), send(new Request("http://house.test/"))];
  await answer();
  await answer();
  await Promise.all(reads);
  expect(asked).toEqual(["POST", "POST", "GET", "GET"]);
});
