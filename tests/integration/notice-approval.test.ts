/** Who approves a notice, what that person has seen, and whose word it is that people are woken. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  approveAsFollowing,
  approveNotice,
  askNoticeApproval,
  changeNotice,
  createNotice,
  type NewNotice,
  sendSample,
  startApproved,
} from "#src/messages/notices/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { accountNoOf, buildingIdOf } from "#tests/support/heat-town.ts";
import {
  createNoticeTown,
  general,
  type NoticeTown,
  refusal,
  SAMPLE_TO,
} from "#tests/support/notice-town.ts";
import { person } from "#tests/support/people.ts";
import { as } from "#tests/support/tickets.ts";

let town: NoticeTown;
let payer: Actor;
beforeAll(async () => {
  town = await createNoticeTown();
  payer = await person(town.db, "payer", ["finance-approver"]);
  await town.desk.approveText("supply-outage");
  await town.desk.approveText("notice-general");
}, 60_000);
afterAll(() => town.db.drop());

const outage: Partial<NewNotice> = {
  kind: "outage",
  purpose: "incident-update",
  template: "supply-outage",
  variables: { since: "19:30", back: "" },
  audience: { buildingIds: [11n], supply: ["supplied"] },
  emergency: true,
  passesQuietHours: true,
};
const approve = (id: bigint, who: Actor, word?: { atNight?: boolean }) =>
  as(town.db, who, (context) => approveNotice(context, id, null, { again: true, ...word }));

describe("a sample", () => {
  test("goes to the own mobile and to none else, with a home that does not exist; a second person approves", async () => {
    const id = await town.write({});
    const ask = (who: Actor) => as(town.db, who, (context) => askNoticeApproval(context, id, 1));
    const sample = (who: Actor) => as(town.db, who, (context) => sendSample(context, id));
    const { maker, checker } = town.desk;
    expect(await refusal(ask(maker))).toBe("notice.sample-first");
    expect(await refusal(sample(checker))).toBe("notice.whose-phone");
    expect(
      await town.sql.one(
        "select purpose, recipient, variables ->> 'homes' as homes from messages where id = :id",
        {
          id: await sample(maker),
        },
      ),
    ).toEqual({ purpose: "reply", recipient: `tel:${SAMPLE_TO}`, homes: "示例小区1号楼1单元101" });
    // It is the asker who has to have read it.
    expect(await refusal(ask(checker))).toBe("notice.sample-first");
    await ask(maker);
    expect(await refusal(approve(id, maker))).toBe("approval.own-request");
    // Whoever approves reads the words, not their digest.
    const { request } = await town.sql.one<{ request: { words: string[] } }>(
      "select request from approvals where id = (select approval_id from notices where id = :id)",
      { id },
    );
    expect(request.words).toEqual([expect.stringContaining("小区管网将于11月3日检修。")]);
    await approve(id, checker);
    expect(await town.noticeOf(id)).toMatchObject({
      state: "approved",
      frozen: true,
      households: 60,
      requestedBy: maker.id,
      approvedBy: checker.id,
    });
    expect(await refusal(approve(id, checker))).toBe("notice.wrong-state");
  });

  test("comes by mail where the notice does, twenty times a day and no more", async () => {
    const { maker } = town.desk;
    const id = await town.write({
      purpose: "payment-notice",
      template: "payment-gentle",
      channels: ["email", "sms"],
      variables: { season: "2026-2027", until: "2026-11-10" },
    });
    const sample = (channel?: "email" | "sms" | "voice") =>
      as(town.db, maker, (context) => sendSample(context, id, channel));
    expect(await refusal(sample())).toBe("notice.whose-phone");
    expect(await refusal(sample("voice"))).toBe("notice.other-channel");
    await town.db.owner.sql.run("update staff_members set mail = 'maker@example.com' where login = 'maker'");
    expect(
      await town.sql.one("select recipient from messages where id = :id", { id: await sample() }),
    ).toEqual({ recipient: "mailto:maker@example.com" });
    for (let n = 2; n <= 20; n += 1) await sample();
    expect(await refusal(sample())).toBe("notice.samples-used-up");
  });
});

describe("an emergency", () => {
  test("needs one person, a text that two approved beforehand, and a word about the night", async () => {
    const id = await town.write(outage);
    const { checker } = town.desk;
    expect(await refusal(approve(id, checker))).toBe("notice.word-needed");
    expect(await refusal(approve(id, payer, { atNight: true }))).toBe("notice.duty-officer");
    await approve(id, checker, { atNight: true });
    expect(await town.noticeOf(id)).toMatchObject({ state: "approved", quietWordBy: checker.id });
    await town.run(id);
    expect(
      await town.sql.one(
        `select count(*)::int > 0 as sent, min(quiet_word_by) as word from messages where regarding = 'notice:' || :id`,
        { id },
      ),
    ).toEqual({ sent: true, word: checker.id });
    const audited = await town.sql.rows<{ details: { words?: string[] } }>(
      "select details from audit_events where subject = 'notice:' || :id",
      { id },
    );
    expect(audited.flatMap(({ details }) => details.words ?? [])).toEqual([
      expect.stringContaining("自19:30起因设备故障停热"),
    ]);
  });

  test("that is approved for the morning wakes nobody", async () => {
    const id = await town.write(outage);
    await approve(id, payer, { atNight: false });
    expect(await town.noticeOf(id)).toMatchObject({ passesQuietHours: true, quietWordBy: null });
  });

  test("is word of an incident, in a text made for it, with hours to fill in and nothing else", async () => {
    expect(await refusal(town.write({ emergency: true }))).toBe("notice.no-emergency");
    const written = { since: "19:30，请速转账到以下账户", back: "" };
    expect(await refusal(town.write({ ...outage, variables: written }))).toBe("notice.variable-unfit");
    expect(await town.write({ ...outage, variables: { since: "1月20日19:30", back: "" } })).toBeGreaterThan(
      0n,
    );
  });

  test("or word of an incident is what passes the quiet hours; money, greetings and the rest wait", async () => {
    expect(await refusal(town.write({ passesQuietHours: true }))).toBe("notice.quiet-hours");
    const id = await town.write({});
    const wake = as(town.db, town.desk.maker, (context) =>
      changeNotice(context, id, 1, { passesQuietHours: true }),
    );
    expect(await refusal(wake)).toBe("notice.quiet-hours");
  });
});

describe("what follows an approved notice", () => {
  const follow = async (wanted: Partial<NewNotice>) => {
    const { result } = await town.db.commands.run({ name: "test", actor: town.db.actor }, async (context) => {
      const { noticeId } = await createNotice(context, general(wanted));
      const covered = await approveAsFollowing(context, noticeId);
      if (covered) await startApproved(context, noticeId);
      return { noticeId, covered };
    });
    return result;
  };

  test("is covered for homes that its approver had before the eyes, and for no others", async () => {
    const followsId = await town.desk.approved({ audience: { buildingIds: [11n, 12n] } });
    const covered = async (audience: NewNotice["audience"]) =>
      (await follow({ followsId, audience })).covered;
    expect(await covered({ buildingIds: [11n, 12n] })).toBe(true);
    expect(await covered({ buildingIds: [12n] })).toBe(true);
    expect(await covered({ toldBy: [followsId] })).toBe(true);
    expect(await covered({ buildingIds: [buildingIdOf(2, 1)] })).toBe(false);
    expect(await covered({ accountNos: [accountNoOf(2, 1)] })).toBe(false);
    expect(await covered({ everybody: true })).toBe(false);
  });

  test("borrows the word about the night for twelve hours", async () => {
    const first = await town.write(outage);
    await approve(first, town.desk.checker, { atNight: true });
    const wordOf = async () => {
      const { noticeId } = await follow({ ...outage, followsId: first, audience: { toldBy: [first] } });
      return (await town.noticeOf(noticeId)).quietWordBy;
    };
    expect(await wordOf()).toBe(town.desk.checker.id);
    await town.db.owner.sql.run(
      "update notices set quiet_word_at = quiet_word_at - interval '13 hours' where id = :first",
      { first },
    );
    expect(await wordOf()).toBeNull();
  });
});

test("more than two thousand buildings are one audience, and none that cannot be read again is made", async () => {
  await town.db.owner.sql.run(
    `insert into buildings (id, community_id, loop_id, name)
     select 900000 + n, 1, 1, '远' || n from generate_series(1, 2100) n`,
  );
  const buildingIds = Array.from({ length: 2100 }, (_unused, n) => BigInt(900_001 + n));
  const id = await town.write({
    ...outage,
    audience: { buildingIds: [11n, ...buildingIds], supply: ["supplied"] },
  });
  await approve(id, town.desk.checker, { atNight: false });
  expect((await town.noticeOf(id)).households).toBeGreaterThan(0);
  expect(await refusal(town.write({ audience: { buildingIds: [] } }))).toBe("notice.audience-unreadable");
  // The audit proves which, and is no list of homes.
  const { details } = await town.sql.one<{ details: { audience: object } }>(
    "select details from audit_events where subject = 'notice:' || :id and command = 'test' order by id limit 1",
    { id },
  );
  expect(details.audience).toMatchObject({
    buildingIds: { count: 2101 },
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});
