/** A file with lines in doubt is held for a second person whichever door it comes through; a clean one is posted at once. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { certifyBankDay, importBankFile } from "#src/bank/reconciliation/index.ts";
import { decideApproval } from "#src/office/approvals/index.ts";
import { type Actor, cliActor } from "#src/platform/actor.ts";
import {
  agreeToFile,
  bankRow,
  bookCounts,
  buildBankTown,
  type BankTown,
  FILE_CHANNEL,
  importFile,
  LIVE_CHANNEL,
  onDay,
  refusalOf,
  writeBankFile,
} from "#tests/support/bank-town.ts";
import { writeStatement } from "#tests/support/statement-file.ts";

const NOBODY = "700000001";

let town: BankTown;
beforeAll(async () => {
  town = await buildBankTown();
});
afterAll(() => town.drop());

let serial = 0;
let source: string;
/** Two lines that pay and one of nobody, anew for each test. */
beforeEach(async () => {
  serial += 1;
  source = await fileOf(NOBODY);
});
const fileOf = (third: string | number): Promise<string> =>
  writeBankFile(town, [
    bankRow(`H${serial}-1`, serial, { amountMinor: 100n }),
    bankRow(`H${serial}-2`, serial + 30, { amountMinor: 100n }),
    bankRow(`H${serial}-3`, third, { amountMinor: 100n }),
  ]);

const bring = (actor: Actor = town.finance, more: object = {}) =>
  importBankFile(town.platform, actor, { source, fileName: "day.txt", channel: FILE_CHANNEL, ...more });
const factsOf = async (actor?: Actor): Promise<Record<string, unknown>> => {
  const refused = await refusalOf(bring(actor));
  expect(refused.code).toBe("file.held");
  return refused.detail["facts"] as Record<string, unknown>;
};
const decide = (approvalId: unknown, decision: "approved" | "refused") =>
  town.as(town.approver, (context) =>
    decideApproval(context, BigInt(String(approvalId)), decision, "looked at it"),
  );

describe("a person's file", () => {
  test("with a line in doubt is held with what would become of it, and nothing of it is in the books", async () => {
    const before = await bookCounts(town);
    const facts = await factsOf();
    expect(facts).toMatchObject({ inDoubt: 1, counts: { posted: 2, suspense: 1 } });
    expect(await bookCounts(town)).toEqual(before);
    // Asked again while nobody has decided: the same question stands.
    expect(await factsOf()).toEqual(facts);
    await decide(facts["approvalId"], "refused");
    const again = await factsOf();
    expect(again["draftId"]).toBe(facts["draftId"]);
    expect(again["approvalId"]).not.toBe(facts["approvalId"]);
    expect(await bookCounts(town)).toEqual(before);
    await decide(again["approvalId"], "approved");
    expect(await bring()).toMatchObject({ state: "posted", counts: { posted: 2, suspense: 1 } });
    expect(await refusalOf(bring())).toMatchObject({ code: "file.already-imported" });
    expect(await town.offenders()).toEqual([]);
  });

  test("is agreed to by another person than the one who asks", async () => {
    const { approvalId } = await factsOf();
    const own = town.as({ ...town.finance, roles: ["finance-approver"] }, (context) =>
      decideApproval(context, BigInt(String(approvalId)), "approved", ""),
    );
    expect((await refusalOf(own)).code).toBe("approval.own-request");
  });

  test("tried says which lines need a person, and which homes pay more than once", async () => {
    const home = serial + 40;
    source = await writeBankFile(town, [
      bankRow(`H${serial}-1`, home, { amountMinor: 100n }),
      bankRow(`H${serial}-2`, NOBODY, { amountMinor: 200n, payerName: "无名氏" }),
      bankRow(`H${serial}-3`, home, { amountMinor: 300n }),
    ]);
    const { doubts } = await bring(town.finance, { dryRun: true });
    expect(doubts).toMatchObject({
      lines: [{ serial: `H${serial}-2`, accountNo: NOBODY, outcome: "suspense", amountFen: 200n }],
      twice: [{ accountNo: String(100_000_000 + home), totalFen: 400n }],
    });
    expect(doubts?.twice[0]?.rows).toHaveLength(2);
  });

  test("that is clean is posted at once, and a dry run is never held", async () => {
    expect(await bring(town.finance, { dryRun: true })).toMatchObject({
      dryRun: true,
      counts: { posted: 2, suspense: 1 },
    });
    source = await fileOf(serial + 15);
    expect(await bring()).toMatchObject({ state: "posted", counts: { posted: 3 } });
  });

  test("brought twice at once after the word is posted once", async () => {
    await agreeToFile(town, source);
    const both = await Promise.allSettled([bring(), bring()]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await refusalOf(bring())).toMatchObject({ code: "file.already-imported" });
  });

  test("in which more is in doubt than was agreed to is looked at anew", async () => {
    await agreeToFile(town, source);
    const rename = (from: string, to: string) =>
      town.db.owner.sql.run("update heat_accounts set account_no = :to where account_no = :from", {
        from,
        to,
      });
    const home = String(100_000_000 + serial);
    await rename(home, "900000001");
    const before = await bookCounts(town);
    const late = await refusalOf(bring());
    expect([late.code, late.detail["facts"]]).toMatchObject(["file.in-doubt", { inDoubt: 2, agreed: 1 }]);
    expect(await bookCounts(town)).toEqual(before);
    expect(await factsOf()).toMatchObject({ inDoubt: 2 });
    await rename("900000001", home);
  });
});

test("a machine's file waits for somebody who asks; who asked answers for it and does not certify its day", async () => {
  const machine = cliActor("somebody-of-the-machine-room");
  const facts = await factsOf(machine);
  expect(facts["approvalId"]).toBeNull();
  expect(await factsOf(machine)).toEqual(facts);
  await agreeToFile(town, source, { actor: machine });
  expect(await bring(machine)).toMatchObject({ state: "posted" });
  const draft = await town.db.owner.sql.one(
    `select d.state, d.kept_by as "keptBy", d.kept_by_name as "keptByName", s.login as "confirmedBy"
     from bank_drafts d join staff_members s on s.id = d.confirmed_by order by d.id desc limit 1`,
  );
  expect(draft).toEqual({
    state: "imported",
    keptBy: null,
    keptByName: "cli:somebody-of-the-machine-room",
    confirmedBy: "finance-one",
  });
  const certify = (actor: Actor) =>
    town.as(actor, (context) => certifyBankDay(context, FILE_CHANNEL, onDay("2026-11-10")));
  expect((await refusalOf(certify({ ...town.finance, roles: ["finance-approver"] }))).code).toBe(
    "bank-day.own-import",
  );
});

test("a statement with a credit of nobody is held like a file, and a real-time channel's file with a difference", async () => {
  const statement = writeStatement(town.folder, [
    {
      id: "HELD",
      day: "2026-11-11",
      balances: ["0.00", "10.00"],
      entries: [{ amount: "10.00", text: "who knows" }],
    },
  ]);
  const how = { channel: LIVE_CHANNEL, profile: "camt053" };
  await agreeToFile(town, statement, how);
  expect(await importFile(town, statement, how)).toMatchObject({ state: "posted", counts: { suspense: 1 } });
  source = await writeBankFile(town, [bankRow("LIVE-1", 1)]);
  await agreeToFile(town, source, { channel: LIVE_CHANNEL });
  expect(await importFile(town, source, { channel: LIVE_CHANNEL })).toMatchObject({ counts: { break: 1 } });
  expect(await town.offenders()).toEqual([]);
});
