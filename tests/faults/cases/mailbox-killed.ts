/**
 * The worker dies while it reads the customer mailbox (between fetching, storing, reading, and marking a mail), and the
 * mailbox gives the same mails again, in the end also under new numbers: each is one message and one case. Without Dovecot the
 * case fails and says so.
 */
import { startDovecot, type TestDovecot } from "#tests/support/dovecot.ts";
import { letter } from "#tests/support/letters.ts";
import { incoherences } from "../support/coherent.ts";
import { createTally, type FaultCase } from "../support/fault-case.ts";
import { askOne, type Count } from "../support/outside.ts";
import { type Running, startWorker } from "../support/processes.ts";
import type { Clone } from "../support/stage.ts";
import { until } from "../support/until.ts";

const SETTLE_LIMIT_MS = 150_000;
const MAILS_A_RUN = 6;
/** Each in its turn; the short form tries the first three. */
const PLACES = ["mail-stored", "mail-fetched", "mail-read", "before-commit", "after-commit"] as const;

type Figures = { readonly decided: number; readonly sightings: number };
const figures = (url: string): Promise<Figures> =>
  askOne<Figures>(
    url,
    `select (select count(*) from intake_outcomes)::int as decided,
       (select count(*) from mail_sightings)::int as sightings`,
  );

const reached = (what: string, clone: Clone, worker: Running, isThere: (now: Figures) => boolean) =>
  until(
    what,
    SETTLE_LIMIT_MS,
    async () => {
      if (!worker.isRunning()) throw new Error(`the worker ended: ${worker.tail()}`);
      return isThere(await figures(clone.url)) ? true : null;
    },
    100,
  );

/** Every mail has a sender of its own, so each must be one message, one announcement, one decision and one case. */
const countMails = (url: string, senders: readonly string[]): Promise<Count> =>
  askOne<Count>(
    url,
    `
    with facts as (
      select s.sender, (select count(*) from received_messages r where r.sender = s.sender) as messages,
        (select count(*) from received_messages r join outbox_events e
           on e.type = 'message.received' and e.payload ->> 'messageId' = r.id::text where r.sender = s.sender) as told,
        (select count(*) from received_messages r join intake_outcomes o on o.message_id = r.id
           where r.sender = s.sender) as outcomes,
        (select count(*) from tickets t where 'mailto:' || t.caller_name = s.sender) as cases
      from unnest($1::text[]) s (sender)
    )
    select count(*) filter (where 0 in (messages, told, outcomes, cases))::int as lost,
      (count(*) filter (where greatest(messages, told, outcomes, cases) > 1)
        + (select count(*) from received_messages where sender <> all($1::text[])))::int as doubled
    from facts`,
    [senders],
  );

const run = async (dovecot: TestDovecot, { stage, full, random, say }: Parameters<FaultCase["run"]>[0]) => {
  const tally = createTally();
  const clone = await stage.clone("billed");
  const settings = { MAIL_IMAP_URL: dovecot.url };
  const senders: string[] = [];
  const runs = full ? 15 : 3;
  for (let index = 0; index < runs; index += 1) {
    for (let n = 0; n < MAILS_A_RUN; n += 1) {
      const from = `writer-${senders.length}@example.com`;
      senders.push(`mailto:${from}`);
      dovecot.deliver(letter({ from }));
    }
    const place = PLACES[index % PLACES.length] ?? "mail-stored";
    const worker = startWorker(clone, { failpoint: `${place}:${random.between(1, MAILS_A_RUN)}`, settings });
    const { signal } = await worker.ended;
    const { decided } = await figures(clone.url);
    say(`worker killed at ${place}, ${senders.length - decided} mails are not decided`);
    tally.ran(signal === "SIGKILL" && decided < senders.length);
  }
  const healer = startWorker(clone, { settings });
  await reached("every mail is decided", clone, healer, ({ decided }) => decided === senders.length);
  // The mailbox is rebuilt: every mail comes again under another number.
  const before = await figures(clone.url);
  await dovecot.forgetUids();
  const seenAgain = before.sightings + senders.length;
  await reached("every mail was seen again", clone, healer, ({ sightings }) => sightings === seenAgain);
  await healer.stop();
  tally.counted(await countMails(clone.url, senders));
  for (const wrong of await incoherences(clone)) tally.problem(wrong);
  await clone.drop();
  return tally.result(100);
};

export const mailboxKilled: FaultCase = {
  name: "mailbox-killed",
  patient: true,
  run: async (context) => {
    const dovecot = await startDovecot();
    try {
      return await run(dovecot, context);
    } finally {
      await dovecot.stop();
    }
  },
};
