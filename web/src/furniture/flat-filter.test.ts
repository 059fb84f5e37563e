import { expect, test } from "vitest";
import { asOne, flatOf, pageOf, splitOff } from "./flat-filter.ts";

test("a filter is made of plain values that say something", () => {
  expect(
    flatOf({ state: "open", due: "", building: 17, me: true, day: undefined, id: "9", x: { a: 1 } }, ["id"]),
  ).toEqual({
    state: "open",
    building: 17,
    me: true,
  });
});

test("two filters are the same whatever the order, the form of a number, and what is left empty", () => {
  expect(asOne({ season: "2026", state: "open", text: "" })).toBe(asOne({ state: "open", season: 2026 }));
  expect(asOne({ state: "open" })).not.toBe(asOne({ state: "resolved" }));
  expect(asOne({})).toBe("");
});

test("what was typed goes back to the page, also when the filter has none of it", () => {
  expect(splitOff({ role: "agent", text: "li" }, ["text"])).toEqual({
    own: { text: "li" },
    rest: { role: "agent" },
  });
  expect(splitOff({ role: "agent" }, ["text"])).toEqual({ own: { text: "" }, rest: { role: "agent" } });
});

test("a page is named by its path", () => {
  expect(["/tickets", "/finance/breaks", "/admin/people/"].map(pageOf)).toEqual([
    "tickets",
    "finance.breaks",
    "admin.people",
  ]);
});
