/** A notice to the whole town, as people make it: frozen with its approval, then fanned out to queued messages. */
import { loadTemplate } from "#src/messages/messaging/index.ts";
import { approveNotice, createNotice, startApproved, workOnNotice } from "#src/messages/notices/index.ts";
import { systemActor } from "#src/platform/actor.ts";
import { monotonicMs, systemClock } from "#src/platform/clock.ts";
import { createCommands } from "#src/platform/command.ts";
import type { Database } from "#src/platform/database.ts";

/** One phone in fifty has two homes, and one home in a hundred none that could be used. */
export const plantPhones = async (owner: Database): Promise<void> => {
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

export type RaisedNotice = {
  readonly freezeMs: number;
  readonly fanOutMs: number;
  readonly messages: number;
};

/** @param passesQuietHours on the approver's word, so that a bench at night sends as one by day */
export const raiseNotice = async (
  database: Database,
  { passesQuietHours = false }: { readonly passesQuietHours?: boolean } = {},
): Promise<RaisedNotice> => {
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
  if (passesQuietHours) {
    await database.sql.run("update notices set passes_quiet_hours = true where id = :noticeId", { noticeId });
  }
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
  const { n } = await database.sql.one<{ n: number }>(
    "select count(*)::int as n from messages where regarding like 'notice:%' and state = 'queued'",
  );
  return { freezeMs, fanOutMs, messages: n };
};
