import { expect, test } from "vitest";
import { z } from "zod";
import { namePeople, withNames } from "./people.ts";

const staff = new Map([
  ["area1", "李建国"],
  ["agent", "客服小暖"],
]);

test("the names of a whole answer are looked up at once, wherever a login is declared", async () => {
  const row = withNames(z.object({ id: z.string(), owner: z.string().nullable() }), "owner");
  const entry = withNames(z.object({ by: z.string() }), "by");
  const response = z.object({
    items: z.array(row),
    last: row.nullable(),
    timeline: z.array(entry).optional(),
    other: z.object({ owner: z.string() }),
  });
  const asked: (readonly string[])[] = [];
  const named = await namePeople(response)?.(
    {
      items: [
        { id: "1", owner: "area1" },
        { id: "2", owner: null },
      ],
      last: { id: "1", owner: "area1" },
      timeline: [{ by: "agent" }, { by: "subscriber:clocks" }],
      other: { owner: "area1" },
    },
    (logins) => {
      asked.push(logins);
      return Promise.resolve(staff);
    },
  );
  expect(named).toEqual({
    items: [
      { id: "1", owner: "area1", ownerName: "李建国" },
      { id: "2", owner: null, ownerName: null },
    ],
    last: { id: "1", owner: "area1", ownerName: "李建国" },
    timeline: [
      { by: "agent", byName: "客服小暖" },
      { by: "subscriber:clocks", byName: null },
    ],
    other: { owner: "area1" },
  });
  expect(asked).toEqual([["area1", "agent", "subscriber:clocks"]]);
  expect(response.parse(named)).toEqual(named);
});

test("an answer in which nobody stands is handed on unread, and one without a login asks nobody", async () => {
  expect(namePeople(z.object({ items: z.array(z.object({ owner: z.string() })) }))).toBeNull();
  const answer = await namePeople(z.array(withNames(z.object({ by: z.string().nullable() }), "by")))?.(
    [{ by: null }],
    () => Promise.reject(new Error("asked for no login")),
  );
  expect(answer).toEqual([{ by: null, byName: null }]);
});

test("what was answered is not changed where it stands: a room may keep it", async () => {
  const kept = Object.freeze({ by: "agent" });
  const answer = await namePeople(withNames(z.object({ by: z.string() }), "by"))?.(kept, () =>
    Promise.resolve(staff),
  );
  expect(answer).toEqual({ by: "agent", byName: "客服小暖" });
  expect(kept).toEqual({ by: "agent" });
});

test("in a union the branch that fits is the one that is named", async () => {
  const response = z.union([
    z.strictObject({ refused: z.string() }),
    withNames(z.object({ by: z.string() }), "by"),
  ]);
  const name = namePeople(response);
  const find = () => Promise.resolve(staff);
  expect(await name?.({ refused: "no" }, find)).toEqual({ refused: "no" });
  expect(await name?.({ by: "agent" }, find)).toEqual({ by: "agent", byName: "客服小暖" });
});
