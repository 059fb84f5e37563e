import { describe, expect, it } from "vitest";
import { DomainError } from "#src/kernel/errors.ts";
import { listProfiles, loadProfile, parseProfile } from "./profiles.ts";

const refusal = (run: () => unknown): DomainError => {
  try {
    run();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

const PROFILE = `
format: delimited
name: test
version: 1
description: a test
layout: { encoding: utf-8, delimiter: "|", lineEnd: lf, fields: 4 }
columns: { amount: 1, accountNo: 2, serial: 3, day: 4 }
amountUnit: fen
dayFormat: yyyymmdd
reconciliation: { unknownAccount: suspense }
`;

describe("profiles", () => {
  it("that ship are all valid and bear the name of their file", async () => {
    const names = await listProfiles();
    expect(names).toEqual(["camt053", "fujian-water", "zz-bank-gb18030"]);
    for (const name of names) expect((await loadProfile(name)).name).toBe(name);
  });

  it("that are not there are refused with the names that are", async () => {
    await expect(loadProfile("../../../etc/passwd")).rejects.toMatchObject({ code: "profile.unknown" });
    await expect(loadProfile("/nowhere/own.yaml")).rejects.toMatchObject({ code: "profile.unknown" });
  });

  it.each([
    ["encoding: utf-8", "encoding: utf-16", "layout.encoding"],
    ["fields: 4", "fields: 4, colour: red", "layout"],
    ["serial: 3", "serial: 9", "columns.serial"],
    ["serial: 3", "serial: 流水号", "columns.serial"],
    ["fields: 4", "fields: 4, header: [a, b]", "layout"],
    ["day: 4", "day: 4, kind: 2", "kinds"],
    ["day: 4", "day: 4, status: 2", "successCodes"],
    ["day: 4", "day: 4, time: 2", "timeFormat"],
    ["amountUnit: fen", "amountUnit: dollar", "amountUnit"],
    // What a channel says, and what nothing does: a profile that says it would be believed.
    ["unknownAccount: suspense", "unknownAccount: suspense, realTime: true", "reconciliation"],
    ["unknownAccount: suspense", "unknownAccount: suspense, dayCut: '23:00'", "reconciliation"],
    ["unknownAccount: suspense", "unknownAccount: suspense, settlementDelayDays: 1", "reconciliation"],
    ["unknownAccount: suspense", "unknownAccount: suspense, badRows: quarantine-rows", "reconciliation"],
  ])("are strict: %s as %s is refused at %s", (from, to, field) => {
    const found = refusal(() => parseProfile(PROFILE.replace(from, to), "test"));
    expect(found).toMatchObject({ code: "profile.invalid", detail: { field } });
  });

  it("that are not YAML are refused", () => {
    expect(refusal(() => parseProfile("a: [", "test")).code).toBe("profile.invalid");
  });
});
