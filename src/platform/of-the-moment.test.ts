import { expect, test } from "vitest";
import { DomainError } from "#src/kernel/errors.ts";
import { isOfTheMoment } from "./of-the-moment.ts";

const coded = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code, ...more });

test.each([
  new DomainError("database.busy", "busy"),
  new DomainError("database.not-committed", "rolled back"),
  new DomainError("request.in-flight", "under way"),
  new DomainError("queue.unavailable", "away"),
  new Error("timeout exceeded when trying to connect"),
  new Error("Connection terminated unexpectedly"),
  new AggregateError([coded("ECONNREFUSED", { syscall: "connect" })]),
  coded("57P01"),
  coded("53300"),
  coded("25006"),
  coded("55P03"),
])("$message $code is of the moment", (error) => {
  expect(isOfTheMoment(error)).toBe(true);
});

test.each([
  new DomainError("version.stale", "changed"),
  new DomainError("day.closed", "closed"),
  new DomainError("request.key-reused", "another request"),
  coded("57014"),
  coded("23505"),
  new Error("a defect"),
  undefined,
])("%s is none", (error) => {
  expect(isOfTheMoment(error)).toBe(false);
});
