/** An export is asked for: counted against what one person and the house may have, and written down before anybody works on it. */
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Idempotency } from "#src/platform/command.ts";
import type { Platform, RouteReply } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { field, word } from "#src/platform/setting-fields.ts";
import { declareSetting, readSetting } from "#src/platform/settings.ts";
import type { ExportFormat } from "#src/platform/table-export.ts";
import { z } from "zod";
import type { DefinedExport } from "./definition.ts";
import { countStanding, insertExport, lockAsking, type Looker, type Standing } from "./queries.ts";
import { exportJson, type exportOut, type ExportTitle } from "./schema.ts";

export const exportLimits = declareSetting({
  key: "exports.limits",
  schema: z.strictObject({
    keptHours: z.int().min(1).max(168),
    unfinishedEach: z.int().min(1).max(20),
    keptEach: z.int().min(1).max(200),
    unfinishedInAll: z.int().min(1).max(500),
    megabytesInAll: z.int().min(10).max(100_000),
  }),
  standard: { keptHours: 24, unfinishedEach: 3, keptEach: 20, unfinishedInAll: 30, megabytesInAll: 2048 },
  title: word("导出上限", "Exports"),
  fields: {
    keptHours: field("文件保留", "A file is kept for", { unit: "hours" }),
    unfinishedEach: field("每人同时排队或生成", "Of one person, not finished"),
    keptEach: field("每人保留的文件数", "Of one person, kept files"),
    unfinishedInAll: field("全部同时排队或生成", "Of all, not finished"),
    megabytesInAll: field("全部文件合计（MB）", "All files together (MB)"),
  },
  meaning: {
    "zh-CN": "导出文件保留多久，一人和全部最多可有多少；达到上限时新的导出被拒绝，已有的不受影响",
    en: "How long a file is kept, and how many one person and all may have; beyond it a new one is refused, those that are there stay",
  },
});

/** Whoever looks, with the own reach of this day. @throws DomainError `export.needs-login` for what is neither person nor machine */
export const lookerOf = (actor: Actor, day: string): Looker => {
  if ((actor.kind !== "staff" && actor.kind !== "machine") || actor.id === null) {
    return fail("export.needs-login", "an export belongs to a person or a machine", {
      remedy: "log in as a person, or use a machine's token",
    });
  }
  return { askedByKind: actor.kind, askedBy: actor.id, ...scopeBindings(actor.scope, day) };
};

const MEGABYTE = 1024 * 1024;
type Limits = z.infer<typeof exportLimits.schema>;

/** Looked at when one is asked for, and while it is written. @throws DomainError `export.no-room` */
export const requireBytes = (bytes: bigint, { megabytesInAll }: Pick<Limits, "megabytesInAll">): void => {
  if (bytes < BigInt(megabytesInAll * MEGABYTE)) return;
  fail("export.no-room", "the files that are kept take all the room there is for exports", {
    remedy: "delete what you have fetched, or ask again when older files have expired",
    facts: { megabytes: megabytesInAll },
  });
};

/** @throws DomainError `export.own-unfinished`, `export.own-kept`, `export.all-unfinished`, `export.no-room` */
const requireRoom = (standing: Standing, limits: Limits): void => {
  if (standing.ownUnfinished >= limits.unfinishedEach) {
    fail("export.own-unfinished", `${limits.unfinishedEach} of your exports are not finished yet`, {
      remedy: "wait until one is ready, or cancel one of them",
      facts: { most: limits.unfinishedEach },
    });
  }
  if (standing.ownKept + standing.ownUnfinished >= limits.keptEach) {
    fail("export.own-kept", `${limits.keptEach} of your exports are kept already`, {
      remedy: "delete one that you have fetched",
      facts: { most: limits.keptEach },
    });
  }
  if (standing.unfinished >= limits.unfinishedInAll) {
    fail("export.all-unfinished", "too many exports wait to be written", {
      remedy: "ask again in a few minutes",
      facts: { most: limits.unfinishedInAll },
    });
  }
  requireBytes(standing.bytes, limits);
};

type Asked = {
  readonly platform: Platform;
  readonly actor: Actor;
  readonly requestId: string;
  readonly idempotency: Idempotency | undefined;
  readonly body: { readonly purpose: string; readonly format: ExportFormat };
};

type Wish<Wanted> = {
  readonly subject: string;
  /** In the list of one's exports. */
  readonly title: ExportTitle;
  /** Of the file, without its ending. */
  readonly name: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly wanted: Wanted;
};

/**
 * Puts an export in the line, with who, what for, and the areas of this moment; audited under the export's own command. The same
 * idempotency key gives the same export. Locks all asking for the length of the command.
 * @throws DomainError `export.needs-login`, and where there is no room for it
 */
export const askExport = async <Wanted>(
  asked: Asked,
  definition: DefinedExport<Wanted>,
  wish: Wish<Wanted>,
): Promise<RouteReply<z.input<typeof exportOut>>> => {
  const { platform, actor, requestId, body } = asked;
  const options = {
    name: definition.command,
    actor,
    requestId,
    ...(asked.idempotency !== undefined && { idempotency: asked.idempotency }),
  };
  const { result } = await platform.commands.run(options, async (context) => {
    const { sql, now } = context;
    const looker = lookerOf(actor, context.today);
    await lockAsking(sql);
    requireRoom(await countStanding(sql, looker), await readSetting(sql, exportLimits));
    const row = await insertExport(sql, {
      ...looker,
      kind: definition.kind,
      subject: wish.subject,
      title: JSON.stringify(wish.title),
      fileName: `${wish.name}.${body.format}`,
      format: body.format,
      purpose: body.purpose,
      requestId,
      askedByName: actor.name,
      permission: definition.permission,
      now,
      wanted: definition.textOf(wish.wanted),
    });
    context.audit({
      subject: wish.subject,
      details: {
        ...wish.details,
        purpose: body.purpose,
        format: body.format,
        exportId: String(row.id),
      },
    });
    return exportJson(row, actor, now);
  });
  return { status: 202, body: result };
};
