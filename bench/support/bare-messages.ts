/**
 * The limit of sending: the same durable states of each message, each committed before the next, by bare statements of a
 * hundred, from a process of its own with as many connections at work as ours has jobs.
 */
import { monotonicMs } from "#src/platform/clock.ts";
import { connect } from "#src/platform/database.ts";

export type BareMessageOptions = { readonly url: string; readonly clients: number };

const CHUNK = 100;

const claimed = `
  update messages set state = 'claimed', fence = 1, attempts = attempts + 1, changed_at = now(),
    lease_until = now() + interval '60 seconds'
  where id = any(:ids::bigint[])`;
const calling = `
  update messages set state = 'calling', address = recipient, template_version = '1', provider = 'instant',
    called_at = now(), changed_at = now(), lease_until = now() + interval '60 seconds'
  where id = any(:ids::bigint[])`;
const accepted = `
  update messages set state = 'accepted', provider_message_id = 'b-' || id, segments = 1, cost_milli_fen = 4500,
    lease_until = null, answered_at = now(), changed_at = now(), ask_at = now() + interval '1 hour'
  where id = any(:ids::bigint[])`;

const options = JSON.parse(process.argv[2] ?? "{}") as BareMessageOptions;
const database = connect(options.url, { poolSize: options.clients, bulkPoolSize: 1 });
const rows = await database.sql.rows<{ id: bigint }>(
  "select id from messages where state = 'queued' order by priority, not_before, id",
);
let next = 0;
const started = monotonicMs();
await Promise.all(
  Array.from({ length: options.clients }, async () => {
    for (let from = next; from < rows.length; from = next) {
      next += CHUNK;
      const ids = rows.slice(from, from + CHUNK).map((row) => row.id);
      for (const step of [claimed, calling, accepted]) await database.sql.run(step, { ids });
    }
  }),
);
const ms = monotonicMs() - started;
await database.close();
process.stdout.write(JSON.stringify({ ms, sent: rows.length, peakMiB: 0 }));
