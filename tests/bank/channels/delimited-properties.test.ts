import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { DelimitedProfile, DelimitedRow } from "#src/bank/channels/index.ts";
import { addDays, day } from "#src/kernel/day.ts";
import { DomainError } from "#src/kernel/errors.ts";
import { delimited, entriesOf, eventsOf, refusalOf, written } from "./support.ts";

let zz: DelimitedProfile;
beforeAll(async () => {
  zz = await delimited("zz-bank-gb18030");
});

const RARE = ["䶮", "㛃", "𬴂", "𠮷", "㐂", "𠀀", "喆", "·", "Ａ", "王", "é", "a"];
const name = fc
  .array(fc.constantFrom(...RARE), { minLength: 1, maxLength: 12 })
  .map((parts) => parts.join(""));
const digits = (length: number): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: 10 ** length - 1 }).map((number) => String(number).padStart(length, "0"));
const time = fc
  .integer({ min: 0, max: 86_399 })
  .map((second) =>
    [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60]
      .map((part) => String(part).padStart(2, "0"))
      .join(":"),
  );
const row: fc.Arbitrary<DelimitedRow> = fc.record({
  day: fc.integer({ min: 0, max: 800 }).map((days) => addDays(day("2026-01-01"), days)),
  time,
  serial: digits(12),
  accountNo: digits(9),
  amountMinor: fc.bigInt({ min: 1n, max: 999_999_999_999n }),
  kind: fc.constantFrom("payment", "reversal", "refund"),
  originalSerial: digits(12),
  payerName: name,
  remittance: name,
});
const rows = fc.array(row, { maxLength: 30 });
const OPTIONS = { bankDay: day("2026-11-11") };

describe("delimited files, as properties", () => {
  it("read back what was written, rare characters included", async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (wanted) => {
        const entries = await entriesOf(await written(zz, wanted, OPTIONS), zz);
        const found = entries.map((entry) => {
          const transaction = entry.transactions[0];
          return {
            day: entry.valueDay,
            time: transaction?.paidAt?.slice(11, 19),
            serial: transaction?.serial,
            accountNo: transaction?.accountNo,
            amountMinor: entry.amountMinor,
            kind: transaction?.kind,
            originalSerial: transaction?.originalSerial,
            payerName: transaction?.payerName,
            remittance: transaction?.remittance[0],
          };
        });
        expect(found).toEqual(wanted);
        expect(entries.every((entry) => entry.problem === null)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it("give the same events however the bytes are chunked", async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 97 }), async (some, size) => {
        const bytes = await written(zz, some, OPTIONS);
        expect(await eventsOf(bytes, zz, size)).toEqual(await eventsOf(bytes, zz));
      }),
      { numRuns: 100 },
    );
  });

  it("are refused when cut at any byte", async () => {
    const sample = fc.sample(row, { numRuns: 4, seed: 7 });
    const bytes = await written(zz, sample, OPTIONS);
    for (let length = 0; length < bytes.length; length += 1) {
      const refusal = await refusalOf(eventsOf(bytes.subarray(0, length), zz));
      expect(["file.empty", "file.truncated", "file.trailer-mismatch"]).toContain(refusal.code);
    }
  });

  it("never crash on damaged bytes: a refusal, a problem or the same money", async () => {
    const sample = fc.sample(row, { numRuns: 6, seed: 11 });
    const bytes = await written(zz, sample, OPTIONS);
    const damage = fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(damage, async (hits) => {
        const damaged = Buffer.from(bytes);
        for (const [at, value] of hits) damaged[at] = value;
        const outcome = await eventsOf(damaged, zz).then(
          (events) => events.at(-1)?.type,
          (error: unknown) => (error instanceof DomainError ? "refused" : error),
        );
        expect(["fileEnd", "refused"]).toContain(outcome);
      }),
      { numRuns: 400 },
    );
  });
});
