/**
 * Settings (参数): what a company decides for itself, a row per key. The room that reads a setting declares it here, with
 * its shape, its meaning and what holds while nobody has set it; nothing else can be set, and every change is audited.
 */
import type { z } from "zod";
import { assert, fail } from "#src/kernel/errors.ts";
import { canonicalJson, type CommandContext } from "./command.ts";
import {
  type DeclaredField,
  fieldsOf,
  partsOf,
  type SettingField,
  type SettingWord,
} from "./setting-fields.ts";
import type { Sql } from "./sql.ts";

export type Setting<T> = {
  /** `collection.policy`. */
  readonly key: string;
  readonly schema: z.ZodType<T>;
  /** What holds until it is set, and in place of a stored value that cannot be read. */
  readonly standard: T;
  readonly meaning: SettingWord;
  /** A few words, for a list. */
  readonly title: SettingWord;
  /** How it is typed in: a field a part, '' where the value has no parts. */
  readonly fields: Readonly<Record<string, DeclaredField>>;
  /** What it must fit besides its shape: a sentence that says why a value does not, or null. */
  misfit?(sql: Sql, value: T): Promise<string | null>;
};

const declared = new Map<string, Setting<unknown>>();

/** Makes a setting known; at the loading of its room, once per key. */
export const declareSetting = <T>(setting: Setting<T>): Setting<T> => {
  assert(!declared.has(setting.key), `the setting ${setting.key} is declared once`);
  assert(/^[a-z][a-z.-]{1,60}$/.test(setting.key), `${setting.key} can stand in a statement`);
  declared.set(setting.key, setting);
  return setting;
};

/** The stored JSON of a setting as an SQL expression, null when it is not set: to read it within another statement. */
export const storedSetting = (setting: Setting<unknown>): string =>
  `(select stored_setting.value from settings stored_setting where stored_setting.key = '${setting.key}')`;

/** What a stored JSON value means: the value, or the standard when there is none or it cannot be read. */
export const settingOf = <T>(setting: Setting<T>, stored: unknown): T => {
  const read = setting.schema.safeParse(stored);
  return read.success ? read.data : setting.standard;
};

/** The value that holds now. */
export const readSetting = async <T>(sql: Sql, setting: Setting<T>): Promise<T> =>
  settingOf(setting, (await sql.one<{ value: unknown }>(`select ${storedSetting(setting)} as value`)).value);

export type SettingView = {
  readonly key: string;
  readonly title: SettingWord;
  readonly meaning: SettingWord;
  readonly fields: readonly SettingField[];
  readonly value: unknown;
  readonly standard: unknown;
  readonly isSet: boolean;
  readonly changedAt: Date | null;
  /** Counted up at each change; 0 while nobody has set it. */
  readonly version: number;
};

type StoredRow = {
  readonly key: string;
  readonly value: unknown;
  readonly changedAt: Date;
  readonly version: number;
};

const storedRows = `
  select key, value, changed_at as "changedAt", version from settings where key = any(:keys::text[])`;

/** Every declared setting with what holds now, by key. */
export const listSettings = async (sql: Sql): Promise<SettingView[]> => {
  const rows = await sql.rows<StoredRow>(storedRows, { keys: [...declared.keys()] });
  const stored = new Map(rows.map((row) => [row.key, row]));
  return [...declared.values()]
    .toSorted((one, other) => (one.key < other.key ? -1 : 1))
    .map((setting) => {
      const row = stored.get(setting.key);
      return {
        key: setting.key,
        title: setting.title,
        meaning: setting.meaning,
        fields: fieldsOf(setting.schema, setting.fields),
        value: settingOf(setting, row?.value),
        standard: setting.standard,
        isSet: row !== undefined,
        changedAt: row?.changedAt ?? null,
        version: row?.version ?? 0,
      };
    });
};

/** Parts of settings that no field is declared for, and fields of no part. Empty: every setting can be typed in. */
export const settingsWithoutFields = (): string[] =>
  [...declared.values()]
    .filter((setting) => {
      const parts = [...partsOf(setting.schema)].toSorted();
      return canonicalJson(parts) !== canonicalJson(Object.keys(setting.fields).toSorted());
    })
    .map(({ key }) => key);

export type SettingChange = {
  readonly at: Date;
  readonly by: string;
  /** '' where none was given. */
  readonly reason: string;
  readonly before: unknown;
  readonly after: unknown;
};

const changesOf = `
  select occurred_at as at, actor_name as by, coalesce(details ->> 'reason', '') as reason,
    details -> 'before' as before, details -> 'after' as after
  from audit_events where subject = :subject order by id desc limit 50`;

/** What a setting was before, the youngest change first, fifty at most: as the audit has it. @throws DomainError `setting.unknown` */
export const listSettingChanges = async (sql: Sql, key: string): Promise<SettingChange[]> =>
  sql.rows<SettingChange>(changesOf, { subject: `setting:${requireSetting(key).key}` });

/** The declared setting. @throws DomainError `setting.unknown` with the list of all */
const requireSetting = (key: string): Setting<unknown> => {
  const known = [...declared.keys()].toSorted();
  return (
    declared.get(key) ??
    fail("setting.unknown", `there is no setting "${key}"`, {
      field: "key",
      remedy: `one of ${known.join(", ")}`,
      facts: { known },
    })
  );
};

const lockStored = `select value, version from settings where key = :key for update`;
const store = `
  insert into settings (key, value, changed_at, changed_by)
  select :key::text, :value::jsonb, :now::timestamptz, :changedBy::bigint
  where coalesce(:seen::integer, 0) in (0, (select version from settings where key = :key))
  on conflict (key) do update set value = excluded.value, changed_at = excluded.changed_at,
    changed_by = excluded.changed_by, version = settings.version + 1
  where settings.version = coalesce(:seen::integer, settings.version)
  returning version`;

export type SettingSet = { readonly key: string; readonly value: unknown; readonly version: number };

/** The value, read by the shape of its setting and held to what else it must fit. @throws DomainError `setting.invalid` */
const requireFit = async (sql: Sql, setting: Setting<unknown>, value: unknown): Promise<unknown> => {
  const read = setting.schema.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    return fail("setting.invalid", `${setting.key}: ${issue?.message ?? "this value does not fit"}`, {
      field: ["value", ...(issue?.path ?? [])].join("."),
      remedy: setting.meaning.en,
    });
  }
  const misfit = (await setting.misfit?.(sql, read.data)) ?? null;
  if (misfit !== null) {
    fail("setting.invalid", `${setting.key}: ${misfit}`, { field: "value", remedy: setting.meaning.en });
  }
  return read.data;
};

/**
 * Sets a setting; audited with the value before and after. Locks its row. Repeating the same value changes nothing and
 * leaves no second audit row, whichever version was seen. Running processes follow within two seconds.
 * `seen` is the version that the change is made about; without one it is made about whatever holds.
 * @throws DomainError `setting.unknown`, `setting.invalid`, `version.stale`
 */
export const setSetting = async (
  context: CommandContext,
  change: {
    readonly key: string;
    readonly value: unknown;
    readonly reason?: string | undefined;
    readonly seen?: number | undefined;
  },
): Promise<SettingSet> => {
  const { sql, actor, now } = context;
  const setting = requireSetting(change.key);
  const value = await requireFit(sql, setting, change.value);
  const before = await sql.maybeOne<{ value: unknown; version: number }>(lockStored, { key: setting.key });
  if (before !== null && canonicalJson(before.value) === canonicalJson(value)) {
    return { key: setting.key, value, version: before.version };
  }
  const stored = await sql.maybeOne<{ version: number }>(store, {
    key: setting.key,
    value: JSON.stringify(value),
    now,
    changedBy: actor.kind === "staff" ? actor.id : null,
    seen: change.seen ?? null,
  });
  if (stored === null) {
    fail("version.stale", "somebody changed this setting since you read it", {
      field: "If-Match",
      remedy: "read the settings again and repeat the change if it still makes sense",
      facts: { expected: change.seen },
    });
  }
  context.audit({
    subject: `setting:${setting.key}`,
    details: {
      before: before?.value ?? null,
      after: value,
      ...(change.reason !== undefined && { reason: change.reason }),
    },
  });
  return { key: setting.key, value, version: stored.version };
};
