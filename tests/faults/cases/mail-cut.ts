/**
 * The line to the mail server is cut after the data of a mail: it may have been taken or not. Such a mail is unknown, goes to
 * nobody again by itself, and when a person has it sent again it has the same Message-ID. What the server really took is
 * counted in the server's own log. On both backends.
 */
import { decideUnknown } from "#src/messages/messaging/sending/decide.ts";
import { queueMany } from "#src/messages/messaging/index.ts";
import { type SmtpSimulator, startSmtpSimulator } from "#tests/support/message-providers/smtp.ts";
import type { Random } from "#src/demo/random.ts";
import { type Backend, bothBackends } from "../support/backends.ts";
import { incoherences } from "../support/coherent.ts";
import type { FaultContext, Tally } from "../support/fault-case.ts";
import { onClone } from "../support/cases.ts";
import { ask, askOne } from "../support/outside.ts";
import { type Running, startWorker } from "../support/processes.ts";
import type { Clone } from "../support/stage.ts";
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

/** Every fifth of the mails, drawn. */
const drawCuts = (random: Random, mails: number): ReadonlySet<number> => {
  const cut = new Set<number>();
  while (cut.size < mails / 5) cut.add(random.below(mails));
  return cut;
};

const queueMails = async (clone: Clone, mails: number): Promise<void> =>
  onClone(clone, async (run) => {
    await run((context) =>
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
  });

/** A person has looked: they are sent again, under the ids that they had. */
const sendAgain = async (clone: Clone, unknown: readonly Row[]): Promise<void> => {
  await ask(clone.url, "update messages set decide_since = now(), ask_at = null where state = 'unknown'");
  await onClone(clone, (run) =>
    run((context) =>
      decideUnknown(context, {
        ids: unknown.map(({ id }) => BigInt(id)),
        decision: "send-again",
        reason: "nobody has it",
      }),
    ),
  );
};

const cutMails = async (
  { stage, say }: FaultContext,
  tally: Tally,
  { name, redisUrl }: Backend,
  { mails, cut }: { readonly mails: number; readonly cut: ReadonlySet<number> },
): Promise<void> => {
  const clone = await stage.clone("billed");
  const server = await startSmtpSimulator();
  server.behave((mail) => (cut.has(mail) ? "cut-after-data" : "accept"));
  await queueMails(clone, mails);
  const worker = startWorker(clone, {
    redisUrl,
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
    const first = timesTaken(server);
    // Cut behind their data: the server has them, and nobody was told.
    for (const { mail_id: id } of unknown) tally.ran(first.get(id) === 1);
    if (unknown.length !== cut.size)
      tally.problem(`${name}: ${cut.size} were cut and ${unknown.length} are unknown`);
    count(tally, rows, server, () => 1);
    server.behave(() => "accept");
    await sendAgain(clone, unknown);
    await untilNothingMoves(clone.url, worker);
    const again = new Set(unknown.map(({ id }) => id));
    count(tally, await rowsOf(clone.url), server, ({ id }) => (again.has(id) ? 2 : 1));
    const second = timesTaken(server);
    const same = unknown.filter(({ mail_id: id }) => second.get(id) === 2).length;
    if (same !== unknown.length)
      tally.problem(`${name}: of ${unknown.length} that were sent again ${same} have the same Message-ID`);
    say(
      `${mails} mails, ${unknown.length} cut after their data, ${same} sent again under the same Message-ID`,
    );
    const known = new Set(rows.map(({ mail_id: id }) => id));
    const strange = server.taken.filter(({ messageId }) => !known.has(messageId));
    if (strange.length > 0) tally.problem(`${name}: ${strange.length} mails have an id that no message has`);
    for (const wrong of await incoherences(clone)) tally.problem(`${name}: ${wrong}`);
  } finally {
    await worker.stop();
    await server.stop();
  }
  await clone.drop();
};

export const mailCut = bothBackends("mail-cut", (context, tally, backend) => {
  const mails = context.full ? MAILS.full : MAILS.short;
  return cutMails(context, tally, backend, { mails, cut: drawCuts(context.random, mails) });
});
