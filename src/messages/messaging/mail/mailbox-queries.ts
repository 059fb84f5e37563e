/** SQL on mailboxes and where mails were seen in them. */
import type { Sql } from "#src/platform/sql.ts";

const register = `
  insert into mailboxes (name) values (:name) on conflict (name) do nothing`;
const idOfName = `select id from mailboxes where name = :name`;
export const registerMailbox = async (sql: Sql, name: string): Promise<bigint> => {
  await sql.run(register, { name });
  return (await sql.one<{ id: bigint }>(idOfName, { name })).id;
};

const lease = `
  update mailboxes set reader = :reader, lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond'
  where id = :id and (reader = :reader or lease_until is null or lease_until < clock_timestamp()) returning id`;
/** One process reads a mailbox; another takes over when its lease has run out. By the database's own clock. */
export const leaseMailbox = async (
  sql: Sql,
  row: { id: bigint; reader: string; leaseMs: number },
): Promise<boolean> => (await sql.maybeOne(lease, row)) !== null;

const yieldLease = `update mailboxes set lease_until = null where id = :id and reader = :reader`;
export const releaseMailbox = (sql: Sql, row: { id: bigint; reader: string }) => sql.run(yieldLease, row);

const begin = `
  update mailboxes
  set last_uid = case when uid_validity is not distinct from :uidValidity::bigint then last_uid else 0 end,
    uid_validity = :uidValidity, looked_at = :now, trouble = '', trouble_details = '', trouble_since = null
  where id = :id returning last_uid as "lastUid"`;
/** Where to go on reading. Another UIDVALIDITY means that the numbers mean other mails: then from the start. */
export const beginLook = (sql: Sql, row: { id: bigint; uidValidity: bigint; now: Date }) =>
  sql.one<{ lastUid: bigint }>(begin, row);

const advance = `
  update mailboxes set last_uid = greatest(last_uid, :uid)
  where id = :id and uid_validity = :uidValidity`;
export const advanceMailbox = (sql: Sql, row: { id: bigint; uidValidity: bigint; uid: bigint }) =>
  sql.run(advance, row);

const see = `
  insert into mail_sightings (mailbox_id, uid_validity, uid, message_id, seen_at)
  values (:mailboxId, :uidValidity, :uid, :messageId, :now)
  on conflict (mailbox_id, uid_validity, uid) do nothing`;
export const insertSighting = (
  sql: Sql,
  row: { mailboxId: bigint; uidValidity: bigint; uid: bigint; messageId: bigint; now: Date },
) => sql.run(see, row);

const trouble = `
  update mailboxes set trouble = :trouble, trouble_details = :details,
    trouble_since = case when trouble = :trouble then trouble_since else :now end
  where id = :id`;
export const recordTrouble = (sql: Sql, row: { id: bigint; trouble: string; details: string; now: Date }) =>
  sql.run(trouble, row);

export type MailboxRow = {
  readonly name: string;
  readonly lastUid: bigint;
  readonly lookedAt: Date | null;
  readonly trouble: string;
  readonly details: string;
  readonly troubleSince: Date | null;
};
const all = `
  select name, last_uid as "lastUid", looked_at as "lookedAt", trouble, trouble_details as details,
    trouble_since as "troubleSince"
  from mailboxes order by id`;
export const listMailboxes = (sql: Sql) => sql.rows<MailboxRow>(all);
