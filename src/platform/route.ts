/**
 * A route is declared, not programmed: method, path, permission, schemas in and out, and the command it leads to. The
 * HTTP edge mounts the declarations, and OpenAPI is generated from the same ones, so neither can drift.
 */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { type Fen, fen } from "#src/kernel/money.ts";
import type { Actor, Permission } from "./actor.ts";
import type { Clock } from "./clock.ts";
import type { Commands, Idempotency } from "./command.ts";
import type { MapTiles } from "./config-map.ts";
import type { MessagesConfig } from "./config-messages.ts";
import type { Outside } from "./config-outside.ts";
import type { Database } from "./database.ts";
import type { SharedSecret } from "./webhook-signature.ts";

/** Who sends signed webhooks, each with a key of its own (platform/webhook-signature). */
export type WebhookSender = "dispatch" | "cti" | "sms-gateway" | "wallet";

/** What every edge gives to the rooms. */
export type Platform = {
  readonly database: Database;
  readonly commands: Commands;
  readonly clock: Clock;
  /** Key material for sealing secrets at rest and signing references (SECRET_KEY). */
  readonly secretKey: string;
  /** The address under which people reach us, without a slash at the end: cookies are Secure when it is https. */
  readonly publicUrl: string;
  /** The keys of those who send signed webhooks; whoever has none here is refused. */
  readonly webhookSecrets?: Readonly<Partial<Record<WebhookSender, SharedSecret>>>;
  /** Accounts and addresses of the telephone; absent where nothing outside is reached. */
  readonly outside?: Outside;
  /** The payment gateway behind which the wallets are (the built-in simulator in a demo); absent: nothing is paid online. */
  readonly wallet?: {
    /** Without a slash at the end. */
    readonly url: string;
    readonly secret: string;
    readonly simulated: boolean;
    /** Our app at WeChat, whose browser pays by itself; absent: it pays as every other browser does. */
    readonly wechat?: { readonly appId: string; readonly authorizeUrl: string };
  };
  /** What carries our messages; absent: the outbox viewer. */
  readonly messages?: MessagesConfig;
  /** Our own mail addresses, in lower case: what comes from one of them is no customer's. Absent where no mailbox is read. */
  readonly ownMailAddresses?: readonly string[];
  /** The tiles under the map; absent: a schematic grid. */
  readonly mapTiles?: MapTiles;
};

export type RouteRequest<Params, Query, Body> = {
  readonly platform: Platform;
  readonly actor: Actor;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly requestId: string;
  /** Present when the route is declared `idempotency: "required"`, or `"optional"` and a key was sent. */
  readonly idempotency: Idempotency | undefined;
  /** Parsed `If-Match` version, when the route is declared `ifMatch: true` (then never undefined). */
  readonly ifMatch: number | undefined;
  readonly remoteAddress: string;
  /** As they came, names in lower case; a header that came twice is its values with a comma. For signatures. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The raw session or token reference of the caller, for routes that end or rotate it. */
  readonly credential: string | undefined;
};

/** A plain JSON answer, or one with a status, headers or another media type. */
export type RouteReply<Response> = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Response;
};

export type Route = {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Below /api/v1, with `{name}` for parameters: `/accounts/{accountNo}`. */
  readonly path: string;
  /** `public` needs no login (login itself, health). Everything else names one permission. */
  readonly permission: Permission | "public";
  readonly summary: string;
  readonly tag: string;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType | null;
  readonly response: z.ZodType;
  readonly status: number;
  readonly idempotency: "none" | "optional" | "required";
  readonly ifMatch: boolean;
  /** A person is asked again who he is, when the last proof is older than ten minutes: refunds, exports, what is masked. */
  readonly stepUp: boolean;
  /** application/json unless the answer is a document (`application/pdf`, `text/html`): text, bytes, or a stream of them. */
  readonly produces: string;
  /** `raw` hands the request stream over (file uploads); body is then null. */
  readonly consumes: "json" | "raw";
  readonly handle: (
    request: RouteRequest<unknown, unknown, unknown>,
    stream?: AsyncIterable<Uint8Array>,
  ) => Promise<RouteReply<unknown>>;
};

type RouteOptions<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> = {
  readonly method: Route["method"];
  readonly path: string;
  readonly permission: Permission | "public";
  readonly summary: string;
  readonly tag: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly response: R;
  readonly status?: number;
  readonly idempotency?: Route["idempotency"];
  readonly ifMatch?: boolean;
  readonly stepUp?: boolean;
  readonly produces?: string;
  readonly consumes?: Route["consumes"];
  readonly handle: (
    request: RouteRequest<z.output<P>, z.output<Q>, z.output<B>>,
    stream?: AsyncIterable<Uint8Array>,
  ) => Promise<RouteReply<z.input<R>>>;
};

const nothing = z.strictObject({});

/** Declares a route. Schemas are strict: an unknown key is refused by name. */
export const defineRoute = <
  R extends z.ZodType,
  P extends z.ZodType = typeof nothing,
  Q extends z.ZodType = typeof nothing,
  B extends z.ZodType = z.ZodUndefined,
>(
  options: RouteOptions<P, Q, B, R>,
): Route => ({
  method: options.method,
  path: options.path,
  permission: options.permission,
  summary: options.summary,
  tag: options.tag,
  params: options.params ?? nothing,
  query: options.query ?? nothing,
  body: options.body ?? null,
  response: options.response,
  status: options.status ?? 200,
  idempotency: options.idempotency ?? "none",
  ifMatch: options.ifMatch ?? false,
  stepUp: options.stepUp ?? false,
  produces: options.produces ?? "application/json",
  consumes: options.consumes ?? "json",
  handle: options.handle as Route["handle"],
});

/** An amount in a request: a JSON whole number of fen within ±90 trillion, read as `Fen`. */
export const fenIn = z
  .int({ error: "a whole number of fen" })
  .min(-9_000_000_000_000_000)
  .max(9_000_000_000_000_000)
  .transform((value): Fen => fen(value));

/** An amount in an answer: a JSON whole number. Give it `fenJson(amount)`. */
export const fenOut = z.int();
export const fenJson = (amount: bigint): number => {
  const value = Number(amount);
  if (!Number.isSafeInteger(value)) fail("money.too-large", "an amount does not fit a JSON whole number");
  return value;
};

export const dayIn = z.iso.date();
export const accountNoIn = z.string().regex(/^[0-9A-Za-z-]{4,32}$/, "4 to 32 digits, letters or hyphens");
export const rowIdIn = z
  .string()
  .regex(/^\d{1,18}$/, "a number")
  .transform((text) => BigInt(text));

/** `limit` and an opaque `cursor` of every list. */
export const pageIn = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** A cursor is the sort key of the last row, opaque to callers. */
export const encodeCursor = (key: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(key)).toString("base64url");
export const refuseCursor = (): never =>
  fail("request.bad-cursor", "this cursor is not one that we gave", {
    field: "cursor",
    remedy: "start again without a cursor",
  });

/** @throws DomainError `request.bad-cursor` */
export const decodeCursor = (cursor: string): (string | number)[] => {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (
      Array.isArray(parsed) &&
      parsed.every((part) => typeof part === "string" || typeof part === "number")
    ) {
      return parsed;
    }
  } catch {
    // Falls through to the refusal: an unreadable cursor and a wrong one are the same mistake.
  }
  return refuseCursor();
};

/** The row id of a cursor that holds one; null for the first page. @throws DomainError `request.bad-cursor` */
export const idOfCursor = (cursor: string | undefined): bigint | null => {
  if (cursor === undefined) return null;
  const [id] = decodeCursor(cursor);
  return typeof id === "string" && /^\d{1,18}$/.test(id) ? BigInt(id) : refuseCursor();
};

/** One page of rows, of which one more than `limit` was read to know whether there is a next page. */
export const pageFrom = <Row, Out>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => readonly (string | number)[],
  out: (row: Row) => Out,
): { items: Out[]; nextCursor: string | null } => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(out),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null,
  };
};
