/** A notice to the whole town, as people make it: frozen with its approval, then fanned out to queued messages. */
import {
  approveNotice,
  askNoticeApproval,
  createNotice,
  startApproved,
  workOnNotice,
} from "#src/messages/notices/index.ts";
import { type Actor, systemActor } from "#src/platform/actor.ts";
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

/** A phone in the hand is not what is measured: as if the sample had been read. */
const markSampled = (database: Database, noticeId: bigint) =>
  database.sql.run("update notices set sampled_version = version, sampled_by = 1 where id = :noticeId", {
    noticeId,
  });

export type RaisedNotice = {
  readonly freezeMs: number;
  readonly fanOutMs: number;
  readonly messages: number;
};

/** @param passesQuietHours as on the duty officer's word, so that a bench at night sends as one by day */
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
  const person = (id: bigint): Actor => ({ ...actor, kind: "staff", id, roles: ["supervisor"] });
  await markSampled(database, noticeId);
  await commands.run({ name: "bench", actor: person(1n), pool: "bulk" }, (context) =>
    askNoticeApproval(context, noticeId, 1),
  );
  const began = monotonicMs();
  await commands.run({ name: "bench", actor: person(2n), pool: "bulk" }, (context) =>
    approveNotice(context, noticeId, null, { again: true }),
  );
  const freezeMs = monotonicMs() - began;
  if (passesQuietHours) {
    await database.sql.run(
      "update notices set quiet_word_by = 2, quiet_word_at = now() where id = :noticeId",
      { noticeId },
    );
  }
  await commands.run({ name: "bench", actor: person(2n) }, (context) => startApproved(context, noticeId));
  const started = monotonicMs();
  await workOnNotice({ commands }, noticeId);
  const fanOutMs = monotonicMs() - started;
  const { n } = await database.sql.one<{ n: number }>(
    "select count(*)::int as n from messages where regarding like 'notice:%' and state = 'queued'",
  );
  return { freezeMs, fanOutMs, messages: n };
};
