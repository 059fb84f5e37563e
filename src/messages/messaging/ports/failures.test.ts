import { describe, expect, test } from "vitest";
import { neverLeft } from "./failures.ts";
import { retryAfterMs } from "./retry-after.ts";

const coded = (code: string): Error => Object.assign(new Error(code), { code });

describe("what surely never left", () => {
  test.each([
    [new TypeError("fetch failed", { cause: coded("ECONNREFUSED") }), "econnrefused"],
    [new TypeError("fetch failed", { cause: coded("ENOTFOUND") }), "enotfound"],
    [
      new TypeError("fetch failed", {
        cause: new AggregateError([coded("ECONNREFUSED"), coded("ECONNREFUSED")]),
      }),
      "econnrefused",
    ],
    [coded("CERT_HAS_EXPIRED"), "cert_has_expired"],
    // the request may have left
    [new TypeError("fetch failed", { cause: coded("ECONNRESET") }), null],
    [new TypeError("fetch failed", { cause: coded("UND_ERR_SOCKET") }), null],
    [new TypeError("fetch failed", { cause: coded("UND_ERR_HEADERS_TIMEOUT") }), null],
    [new AggregateError([coded("ECONNREFUSED"), coded("ECONNRESET")]), null],
    [new DOMException("late", "TimeoutError"), null],
    [new Error("anything"), null],
    ["a string", null],
    [null, null],
  ])("%s: %s", (error, expected) => expect(neverLeft(error)).toBe(expected));
});

describe("Retry-After", () => {
  const now = new Date("2026-11-15T09:00:00+08:00");
  test.each([
    ["30", 30_000],
    ["0", 1000],
    ["86400", 3_600_000],
    ["Sun, 15 Nov 2026 01:01:00 GMT", 60_000],
    ["Sun, 15 Nov 2026 00:00:00 GMT", 1000],
    ["soon", 10_000],
    ["", 10_000],
    [null, 10_000],
  ])("%j waits %i ms", (header, expected) => expect(retryAfterMs(header, now)).toBe(expected));
});
