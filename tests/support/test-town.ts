/**
 * A station with buildings of four stairwells, a person with a telephone in each home, two supervisors, and what carries messages: for
 * the tests of pressure tests. Ids say where they stand: building b, stairwell b * 10 + u, home b * 1000 + u * 100 + n. The last
 * building lies in the area WEST (2), all others in EAST (1).
 */
import { dayOfInstant } from "#src/kernel/day.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { JobData } from "#src/platform/queues.ts";
import type { Platform } from "#src/platform/route.ts";
import {
  dispatchOnce,
  type MailOrder,
  type MailPort,
  messageRenderer,
  recordReceipts,
  sendBatch,
  type SmsOrder,
  type SmsPort,
} from "#src/messages/messaging/index.ts";
import {
  approveEmergencyText,
  approveNotice,
  askEmergencyText,
  askNoticeApproval,
  EMERGENCY_TEXT_APPROVAL,
  findNotice,
  findNoticesAtWork,
  sendSample,
  startNotice,
  workOnNotice,
} from "#src/messages/notices/index.ts";
import { decideApproval } from "#src/office/approvals/index.ts";
import {
  announceDue,
  planRound,
  type NewRound,
  type PlannedRound,
} from "#src/service/pressure-tests/index.ts";
import { CLAIM_CHECKS } from "#workers/claim-checks.ts";
import type { TestDatabase } from "./database.ts";
import { person, platformOf } from "./people.ts";
import { quietLog } from "./quiet-log.ts";

export const EAST = 1n;
export const WEST = 2n;
export const homeId = (building: number, stairwell: number, home: number): bigint =>
  BigInt(building * 1000 + stairwell * 100 + home);
export const stairwellId = (building: number, stairwell: number): bigint => BigInt(building * 10 + stairwell);
export const numberOf = (home: bigint): string => `+86139${String(home).padStart(8, "0")}`;
/** One pixel: what a photo is to a test. */
export const PHOTO = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

export type TestTownPlan = {
  readonly buildings: number;
  readonly stairwells?: number;
  readonly homes?: number;
  /** Homes whose person has no telephone. */
  readonly silent?: readonly bigint[];
  /** Each list of homes is one person's, under the telephone of the first. */
  readonly shared?: readonly (readonly bigint[])[];
  readonly stopped?: readonly bigint[];
  readonly vacant?: readonly bigint[];
};

const STEPS = [
  "insert into heat_sources (id, code, name) values (1, 'S-A', '东热源')",
  `insert into stations (id, heat_source_id, code, name, owner, taken_over_on)
   values (1, 1, 'T-1', '春晖热力站', 'company', '2010-05-01')`,
  "insert into loops (id, station_id, code) values (1, 1, '1')",
  `insert into communities (id, code, name, base_name, district)
   values (1, 'C-1', '春晖苑', '春晖苑', '金水区')`,
  `insert into buildings (id, community_id, loop_id, name) select b, 1, 1, b || '号楼' from generate_series(1, :buildings::int) b`,
  `insert into units (id, building_id, name)
   select b.id * 10 + u, b.id, u || '单元' from buildings b, generate_series(1, :stairwells::int) u`,
  `insert into premises (id, unit_id, building_id, floor, door, address)
   select unit.building_id * 1000 + (unit.id - unit.building_id * 10) * 100 + n, unit.id, unit.building_id, '', n::text,
     '金水区春晖苑' || unit.building_id || '号楼' || unit.name || n
   from units unit, generate_series(1, :homes::int) n`,
  "insert into heat_accounts (id, account_no, premises_id, opened_on) select id, '7' || id, id, '2015-01-01' from premises",
  "insert into charge_points (id, account_id) select id, id from heat_accounts",
  `insert into supply_states (charge_point_id, valid, state)
   select id, daterange('2015-01-01', null), case when id = any(:stopped::bigint[]) then 'suspended'
     when id = any(:vacant::bigint[]) then 'never-opened' else 'supplied' end from charge_points`,
  "insert into people (id, name, folded_name) select id, '住户' || id, '住户' || id from premises",
  `insert into person_phones (person_id, number, kind, as_written)
   select id, '+86139' || lpad(id::text, 8, '0'), 'mobile', '' from people
   where not id = any(:silent::bigint[]) and not exists (select 1 from jsonb_array_elements(:shared::jsonb) group_of
     where group_of -> 0 <> to_jsonb(people.id::text) and group_of @> to_jsonb(people.id::text))`,
  `insert into account_roles (account_id, person_id, role, valid)
   select account.id, coalesce((select (group_of ->> 0)::bigint from jsonb_array_elements(:shared::jsonb) group_of
     where group_of @> to_jsonb(account.id::text)), account.id), 'owner', daterange('2015-01-01', null)
   from heat_accounts account`,
  "insert into service_areas (id, code, name, level) values (1, 'EAST', '东片区', 'area'), (2, 'WEST', '西片区', 'area')",
  `insert into service_area_buildings (area_id, building_id, valid)
   select case when id = :buildings::int then 2 else 1 end, id, daterange('2015-01-01', null) from buildings`,
];
const TABLES = [
  "buildings",
  "units",
  "premises",
  "heat_accounts",
  "charge_points",
  "people",
  "stations",
  "loops",
  "communities",
];

const plant = async (db: TestDatabase, plan: TestTownPlan): Promise<void> => {
  const { silent = [], shared = [], stopped = [], vacant = [], stairwells = 4, homes = 24 } = plan;
  const all = {
    buildings: plan.buildings,
    stairwells,
    homes,
    silent,
    stopped,
    vacant,
    shared: JSON.stringify(shared.map((group) => group.map(String))),
  };
  await db.owner.bulk(async (sql) => {
    for (const step of STEPS) await sql.run(step, all);
    for (const table of TABLES) {
      await sql.run(`select setval(pg_get_serial_sequence('${table}', 'id'), 100000000)`);
    }
    await sql.run("analyze");
  });
};

/** What becomes of a message at the provider: by its number. */
export type Fate = "delivered" | "undelivered" | "no-receipt";

export type TestTown = {
  readonly db: TestDatabase;
  readonly platform: Platform;
  /** Two supervisors: one asks, the other approves. */
  readonly maker: Actor;
  readonly checker: Actor;
  readonly eastManager: Actor;
  readonly westManager: Actor;
  /** Every order that the provider took, in its order. */
  readonly sent: SmsOrder[];
  /** Every mail that the server took. */
  readonly mails: MailOrder[];
  run<T>(work: (context: CommandContext) => Promise<T>, actor?: Actor): Promise<T>;
  rows<Row>(sql: string, bindings?: Readonly<Record<string, unknown>>): Promise<Row[]>;
  plan(round?: Partial<NewRound>): Promise<PlannedRound>;
  /** Sample, request, approval by the second person, start. */
  approve(noticeId: bigint): Promise<void>;
  /** Texts that may follow an approved notice without another approval. */
  approveTexts(...templates: readonly string[]): Promise<void>;
  /** What the workers do: fan out, claim, call, and what the provider reports. */
  carry(fateOf?: (number: string) => Fate): Promise<void>;
  /** Done once, when the next message was read again and is about to be called. */
  meanwhile(work: () => Promise<unknown>): void;
  /** The morning's look. */
  morning(): Promise<number>;
};

const smsPort = (sent: SmsOrder[]): SmsPort => ({
  name: "gateway",
  receipts: true,
  concurrency: 20,
  send: async (order) => {
    sent.push(order);
    return { kind: "accepted", providerMessageId: `P${order.messageId}`, segments: 1, costMilliFen: 4500n };
  },
});

export const createTestTown = async (db: TestDatabase, plan: TestTownPlan): Promise<TestTown> => {
  await plant(db, plan);
  const platform = platformOf(db);
  const maker = await person(db, "test-maker", ["supervisor"]);
  await db.owner.sql.run("update staff_members set mobile = '+8613700000000' where login = 'test-maker'");
  const checker = await person(db, "test-checker", ["supervisor"]);
  const managerOf = async (login: string, areaId: bigint): Promise<Actor> => ({
    ...(await person(db, login, ["area-manager"], { areaIds: [areaId] })),
    scope: { kind: "areas", areaIds: [areaId] },
  });
  const sent: SmsOrder[] = [];
  const run: TestTown["run"] = async (work, actor = maker) =>
    (await db.commands.run({ name: "test", actor }, work)).result;
  const mails: MailOrder[] = [];
  const mailPort: MailPort = {
    name: "smtp",
    receipts: false,
    concurrency: 1,
    send: async (order) => {
      mails.push(order);
      return {
        kind: "accepted",
        providerMessageId: `M${order.messageId}`,
        segments: null,
        costMilliFen: null,
      };
    },
  };
  const rendered = messageRenderer(platform);
  let meanwhile: () => Promise<unknown> = async () => undefined;
  const dependencies = {
    platform,
    ports: { sms: smsPort(sent), email: mailPort },
    render: async (...words: Parameters<typeof rendered>) => {
      const work = meanwhile;
      meanwhile = async () => undefined;
      await work();
      return rendered(...words);
    },
    checks: CLAIM_CHECKS,
    log: quietLog,
  };
  const sendAll = async (): Promise<void> => {
    for (;;) {
      const jobs: JobData[] = [];
      const queue = {
        addAll: async (added: readonly { readonly data: JobData }[]) =>
          void jobs.push(...added.map((job) => job.data)),
        pending: async () => new Set<string>(),
        waitingCount: async () => 0,
        tick: async () => undefined,
      };
      const providers = { sms: "gateway", email: "smtp", voice: "telephony" };
      if ((await dispatchOnce({ platform, queue, providers, log: quietLog })) === 0) return;
      for (const { fence = "0", ids = "" } of jobs) {
        await sendBatch(dependencies, { fence: Number(fence), ids: ids.split(",").map(BigInt) });
      }
    }
  };
  const report = async (from: number, fateOf: (number: string) => Fate): Promise<void> => {
    const receipts = sent.slice(from).flatMap((order) => {
      const state = fateOf(order.to);
      if (state === "no-receipt") return [];
      return [
        {
          provider: "gateway",
          eventId: `R${order.messageId}`,
          providerMessageId: `P${order.messageId}`,
          messageId: order.messageId,
          state,
          code: state === "delivered" ? "" : "UNDELIV",
          at: db.clock.now(),
          segments: null,
          costMilliFen: null,
        },
      ];
    });
    await run((context) => recordReceipts(context, receipts));
  };
  return {
    db,
    platform,
    maker,
    checker,
    eastManager: await managerOf("test-east", EAST),
    westManager: await managerOf("test-west", WEST),
    sent,
    mails,
    run,
    rows: (sql, bindings = {}) => db.database.sql.rows(sql, bindings),
    plan: (round = {}) =>
      run((context) =>
        planRound(context, {
          kind: "pressure",
          stationId: 1n,
          window: {
            startsAt: new Date("2026-10-30T09:00:00+08:00"),
            endsAt: new Date("2026-10-30T18:00:00+08:00"),
          },
          contactName: "赵师傅",
          contactNumber: "0371-60000000",
          pressure: { requiredKpa: 800, holdMinutes: 30, allowedDropKpa: 20 },
          ...round,
        }),
      ),
    approve: async (noticeId) => {
      await run((context) => sendSample(context, noticeId));
      const notice = await findNotice(db.database.sql, noticeId);
      await run((context) => askNoticeApproval(context, noticeId, notice?.version ?? 0));
      await run((context) => approveNotice(context, noticeId), checker);
      await run((context) => startNotice(context, noticeId, null));
    },
    approveTexts: async (...templates) => {
      const channels = ["sms", "email"] as const;
      for (const [template, channel] of templates.flatMap((name) =>
        channels.map((way) => [name, way] as const),
      )) {
        const key = { template, channel, locale: "zh-CN" } as const;
        const approvalId = await run((context) => askEmergencyText(context, key));
        await run(
          (context) => decideApproval(context, approvalId, "approved", EMERGENCY_TEXT_APPROVAL),
          checker,
        );
        await run((context) => approveEmergencyText(context, key, approvalId));
      }
    },
    carry: async (fateOf = () => "delivered") => {
      const from = sent.length;
      for (const id of await findNoticesAtWork(db.database.sql, true)) await workOnNotice(platform, id);
      await sendAll();
      await report(from, fateOf);
      for (const id of await findNoticesAtWork(db.database.sql, true)) await workOnNotice(platform, id);
    },
    meanwhile: (work) => {
      meanwhile = work;
    },
    morning: () => announceDue(platform, dayOfInstant(db.clock.now())),
  };
};
