/**
 * People for the town of `heat-town.ts`, set-based: each home has an owner with a mobile of its own, `+861` and ten digits that end
 * in the home's id, except where a test says otherwise. And two people who write and approve notices.
 */
import type { Actor } from "#src/platform/actor.ts";
import {
  approveNotice,
  askNoticeApproval,
  createNotice,
  findNotice,
  type NewNotice,
  sendSample,
} from "#src/messages/notices/index.ts";
import { approveEmergencyText, askEmergencyText } from "#src/messages/notices/index.ts";
import { decideApproval } from "#src/office/approvals/index.ts";
import type { DomainError } from "#src/kernel/errors.ts";
import { previewNotice, startNotice, workOnNotice } from "#src/messages/notices/index.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { plantHeatTown } from "./heat-town.ts";
import { person, platformOf } from "./people.ts";
import { as } from "./tickets.ts";

export const mobileOf = (accountId: bigint | number): string =>
  `+861${String(3_000_000_000 + Number(accountId))}`;

const STEPS = [
  `insert into people (id, name, folded_name) select id, '住户' || id, '住户' || id from heat_accounts`,
  `insert into account_roles (account_id, person_id, role, valid)
   select id, id, 'owner', daterange('2015-01-01', null) from heat_accounts`,
  `insert into person_phones (person_id, number, kind, as_written)
   select id, '+861' || (3000000000 + id), 'mobile', '1' || (3000000000 + id) from heat_accounts`,
  `insert into charge_point_terms (charge_point_id, valid, heat_class, loop_type, billing_area_milli_m2, area_rule, document)
   select id, daterange('2015-01-01', null), 'residential', 'independent', 90000, 'inner', '测试' from charge_points`,
];

export const plantResidents = async (db: TestDatabase): Promise<void> => {
  await db.owner.bulk(async (sql) => {
    for (const step of STEPS) await sql.run(step);
    await sql.run("select setval(pg_get_serial_sequence('people', 'id'), 200000000)");
    await sql.run("analyze");
  });
};

/** The mobile of whoever writes notices. */
export const SAMPLE_TO = "+8613800000001";

/** Bounds of whoever sees the whole company. */
export const EVERYWHERE = { scopeKind: "everything" as const, scopeIds: [] };

export type NoticeDesk = {
  readonly maker: Actor;
  readonly checker: Actor;
  /** Written, sampled and asked for by the maker. */
  ask(wanted: Partial<NewNotice>): Promise<bigint>;
  /** The same, approved by the checker. */
  approved(wanted: Partial<NewNotice>): Promise<bigint>;
  /** Makes a text one that one person may send. */
  approveText(template: string): Promise<void>;
};

export const general = (wanted: Partial<NewNotice>): NewNotice => ({
  kind: "general",
  title: "检修通知",
  purpose: "service-notice",
  template: "notice-general",
  variables: { text: "小区管网将于11月3日检修。" },
  audience: { stationIds: [1n] },
  ...wanted,
});

export const openNoticeDesk = async (db: TestDatabase): Promise<NoticeDesk> => {
  const maker = await person(db, "maker", ["supervisor"]);
  const checker = await person(db, "checker", ["supervisor"]);
  await db.owner.sql.run("update staff_members set mobile = :to where login = 'maker'", { to: SAMPLE_TO });
  const ask = async (wanted: Partial<NewNotice>): Promise<bigint> => {
    const { noticeId } = await as(db, maker, (context) => createNotice(context, general(wanted)));
    await as(db, maker, (context) => sendSample(context, noticeId));
    const version = (await findNotice(db.database.sql, noticeId))?.version ?? 0;
    await as(db, maker, (context) => askNoticeApproval(context, noticeId, version));
    return noticeId;
  };
  return {
    maker,
    checker,
    ask,
    approved: async (wanted) => {
      const noticeId = await ask(wanted);
      await as(db, checker, (context) => approveNotice(context, noticeId, null, { again: true }));
      return noticeId;
    },
    approveText: async (template) => {
      const key = { template, channel: "sms", locale: "zh-CN" } as const;
      const approvalId = await as(db, maker, (context) => askEmergencyText(context, key));
      await as(db, checker, (context) => decideApproval(context, approvalId, "approved", ""));
      await as(db, maker, (context) => approveEmergencyText(context, key, approvalId));
    },
  };
};

/** The code with which a deed is refused, '' when it is not. */
export const refusal = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "";
  } catch (error) {
    return (error as DomainError).code;
  }
};

/**
 * Station 1 with 60 homes, 50 of them supplied; station 2 with 12, all supplied. Homes 1 to 3 have one phone, 4 nobody, 5 no number, 6 a
 * landline only, 7 a wrong number, 8 a second number that is confirmed.
 */
const GAPS = [
  "update person_phones set number = '+8613900000123' where person_id in (10001, 10002, 10003)",
  "delete from account_roles where account_id = 10004",
  "delete from person_phones where person_id = 10005",
  "update person_phones set kind = 'landline', number = '+8637160000006' where person_id = 10006",
  "update person_phones set confirmed = false where person_id = 10007",
  `insert into person_phones (person_id, number, kind, as_written, confirmed)
   values (10008, '+8613900000008', 'mobile', '13900000008', true)`,
];

export type NoticeTown = Awaited<ReturnType<typeof createNoticeTown>>;

export const createNoticeTown = async () => {
  const db = await createTestDatabase("2026-10-28T10:00:00+08:00");
  await plantHeatTown(db, [
    { homes: 60, supplied: 50 },
    { homes: 12, supplied: 12 },
  ]);
  await plantResidents(db);
  const desk = await openNoticeDesk(db);
  for (const step of GAPS) await db.owner.sql.run(step);
  const { sql } = db.database;
  const noticeOf = async (id: bigint) => {
    const notice = await findNotice(sql, id);
    if (notice === null) throw new Error(`no notice ${id}`);
    return notice;
  };
  const write = async (wanted: Partial<NewNotice>) =>
    (await as(db, desk.maker, (context) => createNotice(context, general(wanted)))).noticeId;
  return {
    db,
    desk,
    sql,
    noticeOf,
    write,
    countsOf: async (wanted: Partial<NewNotice>) =>
      (await previewNotice(platformOf(db), await noticeOf(await write(wanted)), EVERYWHERE)).counts,
    messagesOf: (id: bigint) =>
      sql.rows<{ recipient: string; accountId: bigint; state: string; reason: string; homes: string }>(
        `select recipient, account_id as "accountId", state, reason, variables ->> 'homes' as homes
         from messages where regarding = 'notice:' || :id order by account_id`,
        { id },
      ),
    /** Begins an approved notice and fans it out; answers in how many chunks. */
    run: async (id: bigint, chunkMessages = 5000) => {
      await as(db, desk.maker, (context) => startNotice(context, id, null));
      return workOnNotice({ commands: db.commands }, id, { settings: { chunkMessages, settleMessages: 7 } });
    },
    work: (id: bigint, settings?: { chunkMessages: number; settleMessages: number }) =>
      workOnNotice({ commands: db.commands }, id, settings === undefined ? {} : { settings }),
  };
};
