/** Whom a greeting never reaches: whoever did not agree, and every phone that rings in a home with a dispute or a death. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { accessAccount, placeHold, recordConsent } from "#src/town/accounts/index.ts";
import { accountNoOf } from "#tests/support/heat-town.ts";
import { createNoticeTown, mobileOf, type NoticeTown } from "#tests/support/notice-town.ts";
import { as } from "#tests/support/tickets.ts";
import { CLAIM_CHECKS } from "#workers/claim-checks.ts";

let town: NoticeTown;
beforeAll(async () => {
  town = await createNoticeTown();
}, 60_000);
afterAll(() => town.db.drop());

test("the phone of a home in mourning is not greeted for another home of it, nor where a hold came after the approval", async () => {
  const [first, second, alone] = [30, 31, 32].map((n) => accountNoOf(1, n));
  const hold = (accountNo: string, kind: "mourning" | "dispute") =>
    as(town.db, town.db.actor, async (context) =>
      placeHold(context, {
        account: await accessAccount(context.sql, town.db.actor, accountNo, context.today),
        kind,
        reason: "test",
        startsOn: day("2026-10-01"),
        endsOn: null,
      }),
    );
  for (const accountNo of [first, second, alone]) {
    await as(town.db, town.db.actor, async (context) =>
      recordConsent(context, {
        account: await accessAccount(context.sql, town.db.actor, accountNo ?? "", context.today),
        personId: BigInt(accountNo?.slice(1) ?? ""),
        purpose: "greeting",
        granted: true,
        source: "test",
      }),
    );
  }
  await town.db.owner.sql.run(
    "update person_phones set number = '+8613900000777' where person_id in (10030, 10031)",
  );
  const greeting = (accountNos: string[]) => ({
    kind: "greeting",
    purpose: "greeting" as const,
    template: "greeting-festival",
    variables: { festival: "元旦" },
    audience: { accountNos },
  });
  const before = await town.desk.approved(greeting([first ?? "", second ?? "", alone ?? ""]));
  await town.run(before);
  const homes = await town.sql.rows<{ messageId: bigint; accountId: bigint }>(
    `select m.id as "messageId", coalesce(h.account_id, m.account_id) as "accountId" from messages m
     left join message_homes h on h.message_id = m.id where m.regarding = 'notice:' || :before order by 2`,
    { before },
  );
  expect(homes).toHaveLength(3);
  const verdicts = async () => {
    const claimed = homes.map((home) => ({
      ...home,
      purpose: "greeting",
      step: `notice:${before}`,
      regarding: `notice:${before}`,
      personId: home.accountId,
    }));
    const checks = CLAIM_CHECKS.filter(({ purposePrefix }) => purposePrefix === "greeting");
    return (await Promise.all(checks.map((one) => one.check(town.sql, claimed, town.db.clock.now())))).flat();
  };
  expect(await verdicts()).toEqual([]);
  await hold(first ?? "", "mourning");
  await hold(alone ?? "", "dispute");
  expect(await verdicts()).toEqual([
    { ...homes[0], reason: "mourning" },
    { ...homes[1], reason: "mourning" },
    { ...homes[2], reason: "dispute" },
  ]);
  // And the next one is not even drawn up for the other home of that phone.
  expect((await town.countsOf(greeting([second ?? ""]))).gaps).toEqual({ mourning: 1 });
});

test("a greeting goes to whoever agreed, and never where there is a dispute or a death", async () => {
  const accounts = [20, 21, 22, 23].map((n) => accountNoOf(1, n));
  const [agreed, disputes, mourns, refused] = accounts;
  for (const accountNo of accounts) {
    await as(town.db, town.db.actor, async (context) =>
      recordConsent(context, {
        account: await accessAccount(context.sql, town.db.actor, accountNo, context.today),
        personId: BigInt(accountNo.slice(1)),
        purpose: "greeting",
        granted: accountNo !== refused,
        source: "test",
      }),
    );
  }
  for (const [accountNo = "", kind] of [
    [disputes, "dispute"],
    [mourns, "mourning"],
  ] as const) {
    await as(town.db, town.db.actor, async (context) =>
      placeHold(context, {
        account: await accessAccount(context.sql, town.db.actor, accountNo, context.today),
        kind,
        reason: "test",
        startsOn: day("2026-10-01"),
        endsOn: null,
      }),
    );
  }
  const id = await town.desk.approved({
    kind: "greeting",
    purpose: "greeting",
    template: "greeting-festival",
    variables: { festival: "元旦" },
    audience: { accountNos: [...accounts, accountNoOf(1, 24)] },
  });
  expect(
    await town.sql.rows(
      "select gap, count(*)::int as n from notice_recipients where notice_id = :id group by 1 order by 1",
      {
        id,
      },
    ),
  ).toEqual([
    { gap: "", n: 1 },
    { gap: "dispute", n: 1 },
    { gap: "mourning", n: 1 },
    { gap: "no-consent", n: 2 },
  ]);
  await town.run(id);
  expect((await town.messagesOf(id)).map(({ recipient }) => recipient)).toEqual([
    `tel:${mobileOf(Number(agreed?.slice(1)))}`,
  ]);
});
