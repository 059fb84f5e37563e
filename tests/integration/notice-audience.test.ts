/** Whom a notice reaches: the audience as a question, its gaps, and who approves it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import {
  approveNotice,
  type Audience,
  askNoticeApproval,
  changeNotice,
  previewNotice,
  startNotice,
} from "#src/messages/notices/index.ts";
import { decideApproval } from "#src/office/approvals/index.ts";
import { accessAccount, placeHold } from "#src/town/accounts/index.ts";
import { accountNoOf } from "#tests/support/heat-town.ts";
import { createNoticeTown, type NoticeTown, refusal, EVERYWHERE } from "#tests/support/notice-town.ts";
import { platformOf } from "#tests/support/people.ts";
import { as } from "#tests/support/tickets.ts";

let town: NoticeTown;
beforeAll(async () => {
  town = await createNoticeTown();
}, 60_000);
afterAll(() => town.db.drop());

describe("an audience", () => {
  test("is asked of network, grid and account, and told with its gaps", async () => {
    expect(await town.countsOf({ audience: { stationIds: [1n] } })).toEqual({
      households: 60,
      reachable: 56,
      messages: 54,
      byChannel: { sms: 54 },
      gaps: { "no-person": 1, "no-number": 1, "no-mobile": 1, "number-wrong": 1 },
      mostHomes: 3,
    });
  });

  test.each([
    ["the whole town", { everybody: true } as const, 78],
    ["a source, as it is switched", { heatSourceIds: [1n] }, 72],
    ["places are added up", { stationIds: [2n], buildingIds: [11n] }, 22],
    ["a loop", { loopIds: [2n] }, 12],
    ["a community", { communityIds: [2n] }, 12],
    ["an area", { areaIds: [2n] }, 6],
    ["who is supplied", { stationIds: [1n], supply: ["supplied"] }, 50],
    ["who has stopped", { stationIds: [1n], supply: ["suspended"] }, 10],
    ["a class", { stationIds: [1n], heatClass: "non-residential" }, 0],
    ["floors", { stationIds: [1n], floors: ["3"] }, 0],
    ["by number", { accountNos: [accountNoOf(1, 9), accountNoOf(2, 1)] }, 2],
    ["who owes", { stationIds: [1n], owes: { atLeastFen: 1, offers: false } }, 0],
  ] as const)("%s", async (_name, audience, households) => {
    // The schema's lists are mutable; the table's are not.
    const wanted = JSON.parse(
      JSON.stringify(audience, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value)),
    ) as Record<string, unknown>;
    const ids = Object.fromEntries(
      Object.entries(wanted).map(([key, value]) => [
        key,
        key.endsWith("Ids") ? (value as string[]).map(BigInt) : value,
      ]),
    );
    expect((await town.countsOf({ audience: ids })).households).toBe(households);
  });

  test("is narrowed down by floor, class, debt, supply and holds, each and all together", async () => {
    const owner = town.db.owner.sql;
    const homes = [40, 41, 42, 43].map((n) => 10_000 + n);
    await owner.run(
      `update premises set floor = '33' where id in (select premises_id from heat_accounts where id = any(:homes::bigint[]))`,
      { homes },
    );
    await owner.run(
      `update charge_point_terms set heat_class = 'non-residential' where charge_point_id in (10040, 10041, 10042)`,
    );
    await owner.run(
      `insert into heating_seasons (id, starts_on, ends_on, bills_open_on, payment_window_ends_on)
       values (2026, '2026-11-15', '2027-03-15', '2026-09-01', '2026-11-10') on conflict do nothing`,
    );
    await owner.run(
      `insert into bills (account_id, charge_point_id, season_id, kind, state, amount_fen, paid_fen, issued_on)
       select account_id, id, 2026, 'heat', case id when 10040 then 'offered'::bill_state else 'due' end, 205200,
         case id when 10042 then 200000 else 0 end, '2026-09-01'
       from charge_points where id in (10040, 10041, 10042)`,
    );
    await as(town.db, town.db.actor, async (context) =>
      placeHold(context, {
        account: await accessAccount(context.sql, town.db.actor, accountNoOf(1, 41), context.today),
        kind: "care",
        reason: "test",
        startsOn: day("2026-10-01"),
        endsOn: null,
      }),
    );
    const at = async (narrow: Partial<Audience>): Promise<number> =>
      (await town.countsOf({ audience: { stationIds: [1n], ...narrow } })).households;
    const debt = { season: 2026, atLeastFen: 100_000 };
    expect(await at({ floors: ["33", "34"] })).toBe(4);
    expect(await at({ heatClass: "non-residential" })).toBe(3);
    expect(await at({ owes: { ...debt, offers: false } })).toBe(1);
    expect(await at({ owes: { ...debt, offers: true } })).toBe(2);
    expect(await at({ owes: { ...debt, season: 2025, offers: true } })).toBe(0);
    expect(await at({ onHold: ["care", "dispute"] })).toBe(1);
    expect(await at({ notOnHold: ["care"] })).toBe(59);
    const all = { floors: ["33"], heatClass: "non-residential", supply: ["supplied"] } as const;
    const together = { ...all, floors: [...all.floors], supply: [...all.supply] };
    expect(await at({ ...together, owes: { ...debt, offers: true }, notOnHold: ["care"] })).toBe(1);
    await owner.run("delete from bills");
    await owner.run("update charge_point_terms set heat_class = 'residential'");
    await owner.run("update account_holds set released_at = now()");
  });

  test("that names no place is refused, and so is a text of another purpose or without its values", async () => {
    expect(await refusal(town.write({ audience: { supply: ["supplied"] } }))).toBe("notice.audience-open");
    expect(await refusal(town.write({ template: "supply-back" }))).toBe("notice.other-purpose");
    expect(await refusal(town.write({ variables: {} }))).toBe("notice.variable-missing");
    expect(await refusal(town.write({ template: "never-written" }))).toBe("template.not-found");
  });

  test("that names what does not exist is refused, by name: a slip would leave a home unwarned", async () => {
    const audience = { stationIds: [1n, 99n], accountNos: [accountNoOf(1, 9), "99999999"] };
    await expect(town.write({ audience })).rejects.toMatchObject({
      code: "notice.audience-unknown",
      detail: { facts: { stationIds: ["99"], accountNos: ["99999999"] } },
    });
    const id = await town.write({});
    const change = { audience: { loopIds: [77n] } };
    expect(
      await refusal(as(town.db, town.desk.maker, (context) => changeNotice(context, id, 1, change))),
    ).toBe("notice.audience-unknown");
  });

  test("is shown by samples: the message of most homes first, charged by its parts", async () => {
    const preview = await previewNotice(
      platformOf(town.db),
      await town.noticeOf(await town.write({})),
      EVERYWHERE,
    );
    const [first] = preview.samples;
    expect(first).toMatchObject({ channel: "sms", homeCount: 3 });
    for (const n of [1, 2, 3]) expect(first?.text).toContain(`1单元${n}`);
    // One part each; the one that names three homes takes two. Counted, not estimated, and nothing is shown twice.
    expect(first?.segments).toBe(2);
    expect(preview.segments).toBe(55);
    expect(preview.samples).toHaveLength(8);
    expect(new Set(preview.samples.map(({ text }) => text)).size).toBe(8);
    expect(preview.costMilliFen).toBe(BigInt(preview.segments) * 4500n);
  });

  test("takes the confirmed number, and mail where there is no mobile", async () => {
    await town.db.owner.sql.run(
      `insert into person_mails (person_id, address, confirmed, source, recorded_at)
       values (10006, 'six@example.com', null, 'test', now())`,
    );
    const id = await town.desk.approved({
      audience: { accountNos: [6, 8].map((n) => accountNoOf(1, n)) },
    });
    expect(await town.noticeOf(id)).toMatchObject({ households: 2, reachable: 1 });
    expect(
      await town.sql.rows(
        `select account_id as "accountId", contact, gap from notice_recipients where notice_id = :id order by 1`,
        { id },
      ),
    ).toEqual([
      { accountId: 10006n, contact: "", gap: "no-mobile" },
      { accountId: 10008n, contact: "tel:+8613900000008", gap: "" },
    ]);
  });
});

describe("an approval", () => {
  test("freezes the audience: who comes later is not in it", async () => {
    const id = await town.desk.approved({ audience: { stationIds: [1n], supply: ["suspended"] } });
    await town.db.owner.sql.run("update supply_states set state = 'suspended' where charge_point_id = 10009");
    await town.run(id);
    expect(await town.messagesOf(id)).toHaveLength(10);
    await town.db.owner.sql.run("update supply_states set state = 'supplied' where charge_point_id = 10009");
  });

  test("given in the list of approvals counts; an audience that grew by then does not", async () => {
    const audience = { stationIds: [1n], supply: ["suspended" as const] };
    const variables = { text: "小区管网将于11月5日检修。" };
    const [listed, grown] = [
      await town.desk.ask({ audience, variables }),
      await town.desk.ask({ audience, variables }),
    ];
    const inList = async (id: bigint) => {
      const { approvalId } = await town.noticeOf(id);
      return refusal(
        as(town.db, town.desk.checker, (context) =>
          decideApproval(context, approvalId ?? 0n, "approved", ""),
        ),
      );
    };
    expect(await inList(listed)).toBe("");
    const { state, households, frozen } = await town.noticeOf(listed);
    expect([state, households, frozen]).toEqual(["approved", 10, true]);
    // The same words to the same homes need a word more than yes: that is said on its own page.
    expect(await inList(grown)).toBe("notice.same-words");
    expect((await town.noticeOf(grown)).state).toBe("waiting");
    await town.db.owner.sql.run(
      "update supply_states set state = 'suspended' where charge_point_id between 10010 and 10045",
    );
    expect(
      await refusal(
        as(town.db, town.desk.checker, (context) => approveNotice(context, grown, null, { again: true })),
      ),
    ).toBe("notice.audience-grew");
    await town.db.owner.sql.run(
      "update supply_states set state = 'supplied' where charge_point_id between 10010 and 10045",
    );
    await as(town.db, town.desk.checker, (context) => approveNotice(context, grown, null, { again: true }));
    expect((await town.noticeOf(grown)).households).toBe(10);
  });

  test("is gone with an edit: what was frozen is thawed, and another one is needed", async () => {
    const id = await town.desk.approved({});
    const { version } = await town.noticeOf(id);
    await as(town.db, town.desk.maker, (context) =>
      changeNotice(context, id, version, { variables: { text: "改到11月4日。" } }),
    );
    expect(await town.noticeOf(id)).toMatchObject({ state: "draft", households: 0, approvedBy: null });
    expect(
      await town.sql.one("select count(*)::int as n from notice_recipients where notice_id = :id", { id }),
    ).toEqual({ n: 0 });
    expect(await refusal(as(town.db, town.desk.maker, (context) => startNotice(context, id, null)))).toBe(
      "notice.wrong-state",
    );
    // The sample showed the text of before.
    expect(
      await refusal(as(town.db, town.desk.maker, (context) => askNoticeApproval(context, id, version + 1))),
    ).toBe("notice.sample-first");
    expect(
      await refusal(
        as(town.db, town.desk.maker, (context) => changeNotice(context, id, version, { title: "x" })),
      ),
    ).toBe("version.stale");
  });
});
