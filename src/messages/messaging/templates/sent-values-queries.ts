/** SQL on what households were really sent with a template: values for a preview. */
import type { Sql } from "#src/platform/sql.ts";

export type SentValues = {
  readonly accountNo: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The homes as the message named them; null where it named none. */
  readonly homes: string | null;
  readonly homeCount: number;
  readonly queuedAt: Date;
};

const COLUMNS = `acc.account_no as "accountNo", m.variables, m.home_count as "homeCount", m.queued_at as "queuedAt",
  (select string_agg(h.label, '、' order by h.ordinal) from message_homes h where h.message_id = m.id) as homes`;
const ACCOUNT = `join heat_accounts acc on acc.id = coalesce(m.account_id, (
  select h.account_id from message_homes h where h.message_id = m.id order by h.ordinal limit 1))`;

const ofAccount = `
  select ${COLUMNS} from messages m ${ACCOUNT}
  where m.template = :template and m.id in (
    select one.id from messages one where one.account_id = :accountId
    union select h.message_id from message_homes h where h.account_id = :accountId)
  order by m.id desc limit 1`;

// Among the last ones of all templates: what is sent every day is found there, and no index is kept for the rest.
const latest = `
  select ${COLUMNS} from (select * from messages order by id desc limit 5000) m ${ACCOUNT}
  where m.template = :template order by m.id desc limit 1`;

/** The youngest message with this template: of a household, or of any. */
export const findSentValues = (
  sql: Sql,
  { template, accountId }: { template: string; accountId: bigint | null },
) =>
  accountId === null
    ? sql.maybeOne<SentValues>(latest, { template })
    : sql.maybeOne<SentValues>(ofAccount, { template, accountId });
