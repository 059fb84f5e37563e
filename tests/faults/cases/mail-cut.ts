/**
 * The line to the mail server is cut after the data of a mail: it may have been taken or not. Such a mail is unknown, goes to
 * nobody again by itself, and when a person has it sent again it has the same Message-ID. What the server really took is
 * counted in the server's own log.
 */
import { decideUnknown } from "#src/messages/messaging/sending/decide.ts";
import { queueMany } from "#src/messages/messaging/index.ts";
import { cliActor } from "#src/platform/actor.ts";
import { systemClock } from "#src/platform/clock.ts";
import { createCommands } from "#src/platform/command.ts";
import { connect } from "#src/platform/database.ts";
import { type SmtpSimulator, startSmtpSimulator } from "#tests/support/message-providers/smtp.ts";
import { incoherences } from "../support/coherent.ts";
import { createTally, type FaultCase, type Tally } from "../support/fault-case.ts";
import { ask, askOne } from "../support/outside.ts";
import { type Running, startWorker } from "../support/processes.ts";
import { until } from "../support/until.ts";

const MAILS = { short: 60, full: 400 };
const LIMIT_MS = 120_000;

const SELECT = `select 'mailto:home' || n || '@example.com' as recipient, null::bigint as person_id,
    null::bigint as account_id, '' as label, jsonb_build_object('ticketNo', '100014') as variables
  from generate_series(1, :mails::integer) n`;

type Row = { readonly id: string; readonly state: string; readonly mail_id: string };
const rowsOf = (url: string): Promise<Row[]> =>
  ask<Row>(
    url,
    "select id::text, state, 'nuan.' || thread_key || '@heat.example.com' as mail_id from messages",
  );

const timesTaken = (server: SmtpSimulator): Map<string, number> => {
  const times = new Map<string, number>();
  for (const { messageId } of server.taken) times.set(messageId, (times.get(messageId) ?? 0) + 1);
  return times;
};

const untilNothingMoves = (url: string, worker: Running): Promise<unknown> =>
  until("every mail is accepted or unknown", LIMIT_MS, async () => {
    if (!worker.isRunning()) throw new Error(`the worker ended: ${worker.tail()}`);
    const { open } = await askOne<{ open: number }>(
      url,
      "select count(*)::int as open from messages where state not in ('accepted', 'unknown')",
    );
    return open === 0 ? true : null;
  });

/** Lost: accepted by our rows and not by the server. Doubled: taken more often than `most`. */
const count = (
  tally: Tally,
  rows: readonly Row[],
  server: SmtpSimulator,
  most: (row: Row) => number,
): void => {
  const times = timesTaken(server);
  const of = (row: Row): number => times.get(row.mail_id) ?? 0;
  tally.counted({
    lost: rows.filter((row) => row.state === "accepted" && of(row) === 0).length,
    doubled: rows.filter((row) => of(row) > most(row)).length,
  });
};

export const mailCut: FaultCase = {
  name: "mail-cut",
  run: async ({ stage, full, random, say }) => {
    const tally = createTally();
    const clone = await stage.clone("billed");
    const server = await startSmtpSimulator();
    const database = connect(clone.url, { poolSize: 2, bulkPoolSize: 1, applicationName: "faults" });
    const commands = createCommands(database, systemClock);
    const mails = full ? MAILS.full : MAILS.short;
    const cut = new Set(Array.from({ length: mails / 5 }, () => random.below(mails)));
    server.behave((mail) => (cut.has(mail) ? "cut-after-data" : "accept"));
    await commands.run({ name: "faults.queue", actor: cliActor("faults") }, (context) =>
      queueMany(context, {
        purpose: "reply",
        channel: "email",
        step: "faults",
        regarding: "",
        template: "case-opened",
        select: SELECT,
        bindings: { mails },
      }),
    );
    const worker = startWorker(clone, {
      settings: {
        SMTP_URL: server.url,
        MAIL_FROM: "service@heat.example.com",
        PUBLIC_URL: "https://heat.example.com",
      },
    });
    try {
      await untilNothingMoves(clone.url, worker);
      const rows = await rowsOf(clone.url);
      const unknown = rows.filter(({ state }) => state === "unknown");
      for (const _ of cut) tally.ran(true);
      if (unknown.length !== cut.size)
        tally.problem(`${cut.size} were cut and ${unknown.length} are unknown`);
      count(tally, rows, server, () => 1);
      say(`${mails} mails, ${unknown.length} cut after their data`);
      // A person has looked: they are sent again, under the ids that they had.
      server.behave(() => "accept");
      await ask(clone.url, "update messages set decide_since = now(), ask_at = null where state = 'unknown'");
      await commands.run({ name: "faults.decide", actor: cliActor("faults") }, (context) =>
        decideUnknown(context, {
          ids: unknown.map(({ id }) => BigInt(id)),
          decision: "send-again",
          reason: "nobody has it",
        }),
      );
      await untilNothingMoves(clone.url, worker);
      const again = new Set(unknown.map(({ id }) => id));
      count(tally, await rowsOf(clone.url), server, ({ id }) => (again.has(id) ? 2 : 1));
      const known = new Set(rows.map(({ mail_id: id }) => id));
      const strange = server.taken.filter(({ messageId }) => !known.has(messageId));
      if (strange.length > 0) tally.problem(`${strange.length} mails have an id that no message has`);
      for (const wrong of await incoherences(clone)) tally.problem(wrong);
    } finally {
      await worker.stop();
      await database.close();
      await server.stop();
    }
    await clone.drop();
    return tally.result(100);
  },
};
