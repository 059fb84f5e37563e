/** SQL of the menu: its versions, its words, and the calls that stand in it. */
import type { VoiceLanguage } from "#src/platform/telephony/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { MenuAction, MenuState } from "./menu-machine.ts";

export type OptionRow = { readonly key: string; readonly action: MenuAction };
export type MenuVersion = { readonly id: bigint; readonly options: readonly OptionRow[] };

const options = (id: string): string => `
  (select jsonb_agg(jsonb_build_object('key', option.key, 'action', option.action)
     order by case option.key when '0' then '~' else option.key end)
   from menu_options option where option.version_id = ${id})`;

const versionInForce = `
  select id, ${options("menu_versions.id")} as options from menu_versions
  where live_from <= :now order by live_from desc, id desc limit 1`;
/** The version that calls begin with now; the standard one is always there. */
export const findVersionInForce = (sql: Sql, now: Date): Promise<MenuVersion> =>
  sql.one<MenuVersion>(versionInForce, { now });

const versionById = `select id, ${options("menu_versions.id")} as options from menu_versions where id = :id`;
export const findVersion = (sql: Sql, id: bigint): Promise<MenuVersion> =>
  sql.one<MenuVersion>(versionById, { id });

const versionList = `
  select id, live_from as "liveFrom", note, ${options("menu_versions.id")} as options from menu_versions
  order by live_from desc, id desc limit 50`;
export const listVersions = (sql: Sql) =>
  sql.rows<{ id: bigint; liveFrom: Date; note: string; options: readonly OptionRow[] }>(versionList);

const addVersion = `
  with added as (
    insert into menu_versions (live_from, note, created_by) values (:liveFrom, :note, :createdBy) returning id
  ), listed as (
    insert into menu_options (version_id, key, action)
    select added.id, option.key, option.action
    from added, unnest(:keys::text[], :actions::text[]) option (key, action)
  )
  select id from added`;
export const insertVersion = (
  sql: Sql,
  row: {
    liveFrom: Date;
    note: string;
    createdBy: bigint | null;
    keys: readonly string[];
    actions: readonly string[];
  },
) => sql.one<{ id: bigint }>(addVersion, row);

const wordsInForce = `
  select word.text_key as "key", word.words from menu_texts word
  where word.language = :language and word.words is not null and not exists (
    select 1 from menu_texts later where later.text_key = word.text_key and later.language = word.language
      and later.version > word.version)`;
/** What somebody changed and has not taken back. */
export const findWords = (sql: Sql, language: VoiceLanguage) =>
  sql.rows<{ key: string; words: string }>(wordsInForce, { language });

const latestWords = `
  select distinct on (text_key, language) text_key as "key", language, version, words, changed_at as "changedAt"
  from menu_texts order by text_key, language, version desc`;
export const listLatestWords = (sql: Sql) =>
  sql.rows<{ key: string; language: VoiceLanguage; version: number; words: string | null; changedAt: Date }>(
    latestWords,
  );

const latestVersion = `
  select coalesce(max(version), 0)::integer as version from menu_texts where text_key = :key and language = :language`;
export const findLatestVersion = async (sql: Sql, key: string, language: VoiceLanguage): Promise<number> =>
  (await sql.one<{ version: number }>(latestVersion, { key, language })).version;

const addWords = `
  insert into menu_texts (text_key, language, version, words, changed_at, changed_by)
  values (:key, :language, :version, :words, :now, :changedBy) on conflict (text_key, language, version) do nothing`;
/** False when somebody else wrote this version meanwhile. */
export const insertWords = async (
  sql: Sql,
  row: {
    key: string;
    language: VoiceLanguage;
    version: number;
    words: string | null;
    now: Date;
    changedBy: bigint | null;
  },
): Promise<boolean> => (await sql.run(addWords, row)) === 1;

export const MENU_PROVIDERS = ["twilio", "pbx"] as const;
export type MenuProvider = (typeof MENU_PROVIDERS)[number];
export type CallName = { readonly provider: MenuProvider; readonly providerCallId: string };
export type MenuOutcome = "self-served" | "agent" | "call-back" | "hung-up";

export type MenuSession = {
  readonly id: bigint;
  readonly callerNumber: string | null;
  readonly versionId: bigint;
  readonly state: MenuState;
  readonly step: number;
  readonly candidateAccountId: bigint | null;
  readonly verifiedAccountId: bigint | null;
  readonly lastReply: unknown;
  readonly lastAt: Date;
  readonly endedAt: Date | null;
};

const SESSION = `id, caller_number as "callerNumber", menu_version_id as "versionId", state, step,
  candidate_account_id as "candidateAccountId", verified_account_id as "verifiedAccountId", last_reply as "lastReply",
  last_at as "lastAt", ended_at as "endedAt"`;

const addSession = `
  insert into menu_sessions (provider, provider_call_id, caller_number, menu_version_id, state, started_at, last_at)
  values (:provider, :providerCallId, :callerNumber, :versionId, :state::jsonb, :now, :now)
  on conflict (provider, provider_call_id) do nothing returning ${SESSION}`;
/** Null when this call stands in the menu already. */
export const insertSession = (
  sql: Sql,
  row: CallName & { callerNumber: string | null; versionId: bigint; state: string; now: Date },
) => sql.maybeOne<MenuSession>(addSession, row);

const lockedSession = `
  select ${SESSION} from menu_sessions
  where provider = :provider and provider_call_id = :providerCallId for update`;
export const lockSession = (sql: Sql, call: CallName) => sql.maybeOne<MenuSession>(lockedSession, call);

const saveSession = `
  update menu_sessions set state = :state::jsonb, step = :step, candidate_account_id = :candidateAccountId,
    verified_account_id = :verifiedAccountId, last_reply = :lastReply::jsonb, last_at = :now, outcome = :outcome,
    ended_at = case when :outcome::text is null then null else :now::timestamptz end
  where id = :id`;
export const updateSession = (
  sql: Sql,
  row: {
    id: bigint;
    state: string;
    step: number;
    candidateAccountId: bigint | null;
    verifiedAccountId: bigint | null;
    lastReply: string;
    outcome: MenuOutcome | null;
    now: Date;
  },
) => sql.run(saveSession, row);

const addStep = `
  insert into menu_steps (session_id, step, node, intent, outcome, at)
  values (:sessionId, :step, :node, :intent, :outcome, :now)`;
export const insertStep = (
  sql: Sql,
  row: { sessionId: bigint; step: number; node: string; intent: string; outcome: string; now: Date },
) => sql.run(addStep, row);

const hangUp = `
  update menu_sessions set ended_at = :now,
    outcome = case state ->> 'wish' when 'told' then 'self-served' when 'call-back-left' then 'call-back' else 'hung-up' end
  where provider = :provider and provider_call_id = :providerCallId and ended_at is null`;
/** The caller hung up in the menu: served when he had what he wanted last. Nothing to do when the menu had let him go. */
export const endSession = (sql: Sql, call: CallName & { now: Date }) => sql.run(hangUp, call);

const hasHisWish = `
  select exists (select 1 from menu_sessions
    where provider = :provider and provider_call_id = :providerCallId
      and state ->> 'wish' in ('told', 'call-back-left')) as served`;
/** The caller was told what he wanted last, or left a call-back: he need not be called back for having hung up. */
export const isServed = async (sql: Sql, call: CallName): Promise<boolean> =>
  (await sql.one<{ served: boolean }>(hasHisWish, call)).served;

const sessionOutcome = `
  select outcome from menu_sessions where provider = :provider and provider_call_id = :providerCallId`;
export const findSessionOutcome = (sql: Sql, call: CallName) =>
  sql.maybeOne<{ outcome: MenuOutcome | null }>(sessionOutcome, call);

const agentsSeated = `
  select exists (select 1 from agent_sessions where signed_out_at is null) as seated`;
/** Somebody sits at a telephone, also on a short break. */
export const areAgentsSeated = async (sql: Sql): Promise<boolean> =>
  (await sql.one<{ seated: boolean }>(agentsSeated)).seated;

const callOf = `
  select id, finished_at is not null as over from calls
  where provider = :provider and provider_call_id = :providerCallId`;
/** What an exchange on site tells of calls comes under the name of its interface. */
const findCall = (sql: Sql, { provider, providerCallId }: CallName) =>
  sql.maybeOne<{ id: bigint; over: boolean }>(callOf, {
    provider: provider === "pbx" ? "cti" : provider,
    providerCallId,
  });

/** The hotline's own row of this call. */
export const findCallId = async (sql: Sql, call: CallName): Promise<bigint | null> =>
  (await findCall(sql, call))?.id ?? null;

/** The exchange has told us that this call ended. */
export const isCallOver = async (sql: Sql, call: CallName): Promise<boolean> =>
  (await findCall(sql, call))?.over === true;

const homesOfNumber = `
  select distinct account.id as "accountId", account.account_no as "accountNo", premises.building_id as "buildingId"
  from person_phones phone
  join account_roles role on role.person_id = phone.person_id and role.valid @> :day::date
  join heat_accounts account on account.id = role.account_id and account.state <> 'closed'
  join premises on premises.id = account.premises_id
  where phone.number = :number and phone.confirmed is distinct from false
  order by account.id limit 20`;
export type HomeOfNumber = {
  readonly accountId: bigint;
  readonly accountNo: string;
  readonly buildingId: bigint;
};
/** Households for which this number is on file and not known to be wrong. */
export const findHomesOfNumber = (sql: Sql, number: string, day: string): Promise<HomeOfNumber[]> =>
  sql.rows<HomeOfNumber>(homesOfNumber, { number, day });

const oldReplies = `
  update menu_sessions set last_reply = null where ctid = any(array(
    select ctid from menu_sessions where last_at < :before and last_reply is not null limit :limit
    for update skip locked))`;
export const removeReplies = (sql: Sql, query: { before: Date; limit: number }) => sql.run(oldReplies, query);

const oldNumbers = `
  update menu_sessions set caller_number = null where ctid = any(array(
    select ctid from menu_sessions where started_at < :before and caller_number is not null limit :limit
    for update skip locked))`;
export const removeCallerNumbers = (sql: Sql, query: { before: Date; limit: number }) =>
  sql.run(oldNumbers, query);
