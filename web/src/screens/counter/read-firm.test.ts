import { describe, expect, test } from "vitest";
import { ApiProblem } from "#web/api/problem.ts";
import type { Line } from "./basket.ts";
import { MOST_HOMES, newReadings, readFirm, withoutComplaints } from "./read-firm.ts";

const lineOf = (accountNo: string, amount = ""): Line => ({
  accountNo,
  address: "",
  owner: "",
  owedFen: 0,
  prepaidFen: 0,
  bills: [],
  amount,
});
const unknown = () => new ApiProblem({ status: 404, code: "account.not-found", title: "no such account" });

/** A town: what each number that may be typed leads to. */
const town = (numbers: Readonly<Record<string, string>>) => {
  const asked: string[] = [];
  const read = async (accountNo: string, amount: string | undefined): Promise<Line> => {
    asked.push(accountNo);
    const found = numbers[accountNo];
    if (found === undefined) throw unknown();
    return lineOf(found, amount);
  };
  return { asked, read };
};
const TOWN = { "101000208": "101000208", "101000209": "101000209", "20-4": "101000208" };

describe("a property firm's list", () => {
  test("each home once, in the order of the list, with the amount that stands there", async () => {
    const { lines, complaints } = await readFirm("101000209,5\n101000208", town(TOWN).read);
    expect(lines).toEqual([lineOf("101000209", "5"), lineOf("101000208")]);
    expect(complaints).toEqual([]);
  });

  test("the same number twice, and the old number of a home that stands there too, are named with their line", async () => {
    const { lines, complaints } = await readFirm(
      "101000208 7\n101000209\n101000209 9\n20-4 8",
      town(TOWN).read,
    );
    expect(lines.map(({ accountNo, amount }) => [accountNo, amount])).toEqual([
      ["101000208", "7"],
      ["101000209", ""],
    ]);
    expect(complaints).toEqual([
      { line: 3, text: "101000209 9", why: "firmTwice" },
      { line: 4, text: "20-4 8", why: "firmTwice" },
    ]);
  });

  test("unknown accounts are named, in the order of the lines, however the answers come", async () => {
    const { read } = town(TOWN);
    const slowFirst = async (accountNo: string, amount: string | undefined): Promise<Line> => {
      if (accountNo === "900000001") for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      return read(accountNo, amount);
    };
    const { lines, complaints } = await readFirm("户号\n900000001\n?!\n101000208\n900000002,3", slowFirst);
    expect(lines.map(({ accountNo }) => accountNo)).toEqual(["101000208"]);
    expect(complaints.map(({ line, why }) => [line, why])).toEqual([
      [2, "firmUnknown"],
      [3, "firmBad"],
      [5, "firmUnknown"],
    ]);
  });

  test("a refusal that is no 'unknown' ends the reading: half a list would be paid by half", async () => {
    const refused = new ApiProblem({ status: 403, code: "request.forbidden", title: "not yours" });
    await expect(readFirm("101000208", () => Promise.reject(refused))).rejects.toBe(refused);
    await expect(readFirm("101000208", () => Promise.reject(new TypeError("no line")))).rejects.toThrow(
      "no line",
    );
  });

  test("a list with nothing in it is no list, and does not empty the basket", async () => {
    for (const text of ["", "\n \n", "户号\t金额\n"]) {
      expect(await readFirm(text, town(TOWN).read)).toEqual({
        lines: [],
        complaints: [{ line: null, text: "", why: "firmNothing" }],
      });
    }
  });

  test("more homes than a receipt may have are said before any is read", async () => {
    const { asked, read } = town({});
    const text = Array.from({ length: MOST_HOMES + 1 }, (_, n) => String(100_000_000 + n)).join("\n");
    const { lines, complaints } = await readFirm(text, read);
    expect([lines, complaints, asked]).toEqual([[], [{ line: null, text: "501", why: "firmTooMany" }], []]);
  });

  test("without what was complained of the rest is read, as it was typed", async () => {
    const { read } = town(TOWN);
    const text = "户号,金额\r\n101000208,1,373.02\r\n999999999\r\n\r\n101000208\r\nabc\r\n101000209,5";
    const { complaints } = await readFirm(text, read);
    const rest = withoutComplaints(text, complaints);
    expect(rest).toBe("户号,金额\n101000208,1,373.02\n\n101000209,5");
    const again = await readFirm(rest, read);
    expect(again.complaints).toEqual([]);
    expect(again.lines.map(({ accountNo, amount }) => [accountNo, amount])).toEqual([
      ["101000208", "1,373.02"],
      ["101000209", "5"],
    ]);
  });
});

test("a reading that was called off or overtaken does not count any more when its answers come", () => {
  const readings = newReadings();
  const first = readings.begin();
  expect(first()).toBe(true);
  const second = readings.begin();
  expect([first(), second()]).toEqual([false, true]);
  readings.drop();
  expect([first(), second()]).toEqual([false, false]);
  expect(readings.begin()()).toBe(true);
});
