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
  let clock = 0;
  const send = pressedOnce(
    (request) =>
      new Promise((resolve) => {
        asked.push(request.method);
        waiting.push(() => resolve(Response.json({ password: `once-${asked.length}` }, { status })));
      }),
    () => clock,
  );
  const answer = async (): Promise<void> => {
    // The request is read before it is sent.
    await expect.poll(() => waiting.length).toBeGreaterThan(0);
    waiting.shift()?.();
  };
  return { asked, send, answer, wait: (ms: number) => (clock += ms) };
};

const said = async (answer: Promise<Response>): Promise<unknown> => (await answer).json();

test("a double press is one change, and both have its answer", async () => {
  const { asked, send, answer, wait } = house();
  const first = said(send(person("zhang3")));
  await expect.poll(() => asked.length).toBe(1);
  const second = said(send(person("zhang3")));
  await answer();
  expect(await first).toEqual({ password: "once-1" });
  expect(await second).toEqual({ password: "once-1" });
  wait(300);
  expect(await said(send(person("zhang3")))).toEqual({ password: "once-1" });
  expect(asked).toEqual(["POST"]);
});

test("later, with other words, or after another change it is a change of its own", async () => {
  const { asked, send, answer, wait } = house();
  const press = async (request: Request): Promise<unknown> => {
    const answered = said(send(request));
    await answer();
    return answered;
  };
  expect(await press(person("zhang3"))).toEqual({ password: "once-1" });
  expect(await press(person("li4"))).toEqual({ password: "once-2" });
  expect(await press(person("zhang3"))).toEqual({ password: "once-3" });
  wait(701);
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
