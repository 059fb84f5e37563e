/**
 * A notice to the whole town: frozen with its approval, then fanned out to queued messages, each against plain inserts of the same
 * rows. One phone in fifty has two homes, and one home in a hundred none that could be used.
 */
import { loadTemplate } from "#src/messages/messaging/index.ts";
import { systemActor } from "#src/platform/actor.ts";
import { monotonicMs, systemClock } from "#src/platform/clock.ts";
import { createCommands } from "#src/platform/command.ts";
import type { Database } from "#src/platform/database.ts";
import { approveNotice, createNotice, startApproved, workOnNotice } from "#src/messages/notices/index.ts";
import { type Figure, median, rounded } from "./support/figure.ts";
import { type WrittenRows, writeSameRows } from "./support/same-rows.ts";
import { peakOf, raiseStage } from "./support/stage.ts";

const frozen: readonly WrittenRows[] = [{ table: "notice_recipients", where: "true", order: "account_id" }];
const fannedOut: readonly WrittenRows[] = [
  { table: "messages", where: "regarding like 'notice:%'", order: "id" },
  { table: "message_homes", where: "true", order: "message_id, ordinal" },
  { table: "audit_events", where: "command = 'notice.fan-out'", order: "id" },
];

const plantPhones = async (owner: Database): Promise<void> => {
  await owner.sql.run(
    `insert into person_phones (person_id, number, kind, as_written)
     select id, '+861' || (3000000000 + case when id % 50 = 0 then id - 1 else id end), 'mobile', '1' from people
     where id % 100 <> 7`,
  );
  await owner.sql.run(
    `insert into staff_members (id, login, display_name, created_at) values (1, 'bench.one', 'One', now()), (2, 'bench.two', 'Two', now())`,
  );
  await owner.sql.run("select setval(pg_get_serial_sequence('staff_members', 'id'), 10)");
};

/** The sample and the asking are not what is measured: as if two people had approved the text beforehand. */
const approveText = async (database: Database, noticeId: bigint): Promise<void> => {
  await database.sql.run("update notices set emergency = true, created_by = 1 where id = :noticeId", {
    noticeId,
  });
  await database.sql.run(
    `with asked as (
       insert into approvals (kind, subject, request, state, requested_by, requested_at, decided_by, decided_at)
       values ('notice.emergency-text', 'template', '{}', 'used', 1, now(), 2, now()) returning id)
     insert into notice_emergency_templates (template, channel, locale, text_digest, approval_id, requested_by,
       approved_by, approved_at)
     select 'notice-general', 'sms', 'zh-CN', decode(:digest, 'hex'), id, 1, 2, now() from asked`,
    { digest: loadTemplate("notice-general", "sms", "zh-CN").digest },
  );
};

type Round = {
  readonly freezeMs: number;
  readonly fanOutMs: number;
  readonly freezeLimitMs: number;
  readonly fanOutLimitMs: number;
  readonly messages: number;
};

const playRound = async (database: Database): Promise<Round> => {
  const commands = createCommands(database, systemClock);
  const actor = systemActor("bench");
  const {
    result: { noticeId },
  } = await commands.run({ name: "bench", actor }, (context) =>
    createNotice(context, {
      kind: "general",
      title: "bench",
      purpose: "service-notice",
      template: "notice-general",
      variables: { text: "小区管网将于11月3日检修。" },
      audience: { everybody: true },
    }),
  );
  await approveText(database, noticeId);
  const person = { ...actor, kind: "staff" as const, id: 2n };
  const began = monotonicMs();
  await commands.run({ name: "bench", actor: person, pool: "bulk" }, (context) =>
    approveNotice(context, noticeId),
  );
  const freezeMs = monotonicMs() - began;
  await commands.run({ name: "bench", actor: person }, (context) => startApproved(context, noticeId));
  const started = monotonicMs();
  await workOnNotice({ commands }, noticeId);
  const fanOutMs = monotonicMs() - started;
  const limits = [await writeSameRows(database, frozen), await writeSameRows(database, fannedOut)] as const;
  for (const { differing } of limits) {
    if (differing !== 0n) throw new Error(`${differing} rows of the limit differ from ours`);
  }
  const { n } = await database.sql.one<{ n: number }>(
    "select count(*)::int as n from messages where regarding like 'notice:%' and state = 'queued'",
  );
  return { freezeMs, fanOutMs, freezeLimitMs: limits[0].ms, fanOutLimitMs: limits[1].ms, messages: n };
};

const seconds = (ms: number): string => `${rounded(ms / 1000)} s`;

export const measureNotices = async (
  households: number,
  rounds: number,
  say: (text: string) => void,
): Promise<Figure[]> => {
  const stage = await raiseStage(households, false, plantPhones);
  const played: Round[] = [];
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const clone = await stage.clone();
      try {
        const one = await playRound(clone.database);
        played.push(one);
        say(
          `notice ${round}/${rounds}: frozen ${seconds(one.freezeMs)} (limit ${seconds(one.freezeLimitMs)}), ` +
            `fanned out ${seconds(one.fanOutMs)} (limit ${seconds(one.fanOutLimitMs)})`,
        );
      } finally {
        await clone.drop();
      }
    }
  } finally {
    await stage.close();
  }
  const figure = (
    about: { readonly name: string; readonly most: number; readonly note: string },
    ours: (round: Round) => number,
    limit: (round: Round) => number,
  ): Figure => {
    const [measured, least] = [median(played.map(ours)), median(played.map(limit))];
    return {
      name: about.name,
      measured: measured / 1000,
      limit: least / 1000,
      unit: "s",
      ratio: measured / least,
      peakMiB: peakOf(process.pid),
      target: `ratio <= ${about.most}`,
      ok: measured / least <= about.most,
      note: about.note,
    };
  };
  const messages = played[0]?.messages ?? 0;
  return [
    figure(
      {
        name: `fan-out of ${households} homes to queued`,
        most: 1.5,
        note: `${messages} messages, chunks of 5,000, one worker`,
      },
      (round) => round.fanOutMs,
      (round) => round.fanOutLimitMs,
    ),
    figure(
      {
        name: `audience of ${households} homes frozen`,
        most: 3,
        note: "one statement: who, by which way, which homes share a phone",
      },
      (round) => round.freezeMs,
      (round) => round.freezeLimitMs,
    ),
  ];
};
