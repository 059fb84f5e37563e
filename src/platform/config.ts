/**
 * All settings, from the environment, through one schema. A setting is added here (those of the world outside in
 * config-outside.ts) and nowhere else: the check at boot, the defaults and the table in the README come from it.
 */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { isIP } from "node:net";
import path from "node:path";
import { z } from "zod";
import { DomainError } from "#src/kernel/errors.ts";
import { described } from "./config-described.ts";
import { missingBeside, type Outside, outsideOf, outsideShape, webhookSecretsOf } from "./config-outside.ts";
import { mailboxOf, type MailboxConfig, mailShape } from "./config-mail.ts";
import { mapShape, type MapTiles, mapTilesOf } from "./config-map.ts";
import { messagesOf, messagesShape, type MessagesConfig, missingForMessages } from "./config-messages.ts";
import { explainFolder } from "./embedded-postgres/failures.ts";
import type { WebhookSender } from "./route.ts";
import type { SharedSecret } from "./webhook-signature.ts";

const projectFolder = path.resolve(import.meta.dirname, "..", "..");

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`);

const urlOf = (protocols: readonly string[], meaning: string) =>
  z.string().refine((value) => protocols.includes(URL.parse(value)?.protocol ?? ""), `must be ${meaning}`);

const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);
/** An address to listen on that nothing but this machine reaches. */
const isThisMachine = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

/** A session's cookie must not cross a network in clear: whoever is reachable from outside has an address with https. */
const missingHttps = (given: Readonly<Record<string, string>>): WrongSetting[] => {
  const { HOST: host, PUBLIC_URL: url } = given;
  if (host === undefined || isThisMachine(host) || url?.startsWith("https:") === true) return [];
  const problem = `must be an https:// address while HOST (${host}) can be reached from other machines`;
  return [{ name: "PUBLIC_URL", problem }];
};

const publicUrl = z.string().superRefine((value, context) => {
  const url = URL.parse(value);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    context.addIssue("must be a web address such as https://service.example.com");
  } else if (url.protocol !== "https:" && !loopbackHosts.has(url.hostname)) {
    context.addIssue("must begin with https:// (plain http is accepted for this machine only)");
  }
});

/** An address, a network with its prefix, or a name that Express knows: what it does not know ends the API. */
const isNetwork = (text: string): boolean => {
  if (/^(loopback|linklocal|uniquelocal)$/.test(text)) return true;
  const [address = "", prefix, ...more] = text.split("/");
  const family = isIP(address);
  if (family === 0 || address.includes("%") || more.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= (family === 4 ? 32 : 128);
};

const shape = {
  PORT: described(wholeNumber(1, 65_535).default(3000), {
    default: "3000",
    zh: "网页与接口的端口",
    en: "Port of the API and the pages",
  }),
  HOST: described(z.string().min(1, "must name an address").default("127.0.0.1"), {
    default: "127.0.0.1",
    zh: "监听地址；默认只有本机可以访问",
    en: "Address to listen on; by default only this machine reaches it",
  }),
  DATA_DIR: described(
    z
      .string()
      .min(1, "must name a folder")
      .default(path.join(projectFolder, ".data"))
      .transform((value) => path.resolve(value)),
    {
      default: ".data",
      zh: "数据目录：内嵌数据库、密钥、日志",
      en: "Folder of the embedded database, the keys and the logs",
    },
  ),
  DATABASE_URL: described(urlOf(["postgres:", "postgresql:"], "a postgres:// address").optional(), {
    default: "",
    zh: "已有的 PostgreSQL（15 或更新）；不填则使用内嵌数据库",
    en: "An existing PostgreSQL (15 or newer), its owner's login; without it the embedded one runs",
    secret: true,
  }),
  REDIS_URL: described(urlOf(["redis:", "rediss:"], "a redis:// address").optional(), {
    default: "",
    zh: "任务队列使用的 Redis；不填则队列在 PostgreSQL 中",
    en: "Redis for the queues; without it they live in PostgreSQL",
    secret: true,
  }),
  PUBLIC_URL: described(publicUrl.optional(), {
    default: "http://localhost:PORT",
    zh: "外部访问地址；除本机外必须是 https，HOST 不是本机时必须填写",
    en: "Address under which people reach it; https unless it is this machine, and needed when HOST is not this machine",
  }),
  SECRET_KEY: described(z.string().min(32, "must have at least 32 characters").optional(), {
    default: "",
    zh: "签名与加密的密钥，至少 32 个字符；使用内嵌数据库时自动生成并保存在 DATA_DIR/secret",
    en: "Key for seals and encryption, at least 32 characters; made and kept in DATA_DIR/secret with the embedded database",
    secret: true,
  }),
  LOG_LEVEL: described(
    z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
    {
      default: "info",
      zh: "日志级别",
      en: "Least level that is logged: trace, debug, info, warn, error, fatal, silent",
    },
  ),
  AUDIT_ANCHOR_FILE: described(
    z
      .string()
      .min(1, "must name a file")
      .transform((value) => path.resolve(value))
      .optional(),
    {
      default: "DATA_DIR/anchors.log",
      zh: "审计链锚点文件，最好放在另一台机器的磁盘上",
      en: "File outside the database that holds the audit chain's heads, best on another machine's disk",
    },
  ),
  TRUSTED_PROXIES: described(
    z
      .string()
      .transform((value) => value.split(",").map((part) => part.trim()))
      .refine(
        (parts) => parts.every((part) => isNetwork(part)),
        "must list addresses or networks, such as 10.0.0.0/8,loopback",
      )
      .optional(),
    {
      default: "",
      zh: "前置代理的地址或网段，逗号分隔；只有来自它们的 X-Forwarded-For 才被采信",
      en: "Addresses or networks of the proxies in front; only their X-Forwarded-For is believed",
    },
  ),
  METRICS_TOKEN: described(z.string().min(16, "must have at least 16 characters").optional(), {
    default: "",
    zh: "读取 /metrics 的令牌；HOST 不是本机时，没有它就不提供 /metrics",
    en: "Bearer token for /metrics; without it /metrics is offered only while HOST is this machine",
    secret: true,
  }),
  DATABASE_POOL_SIZE: described(wholeNumber(1, 500).default(10), {
    default: "10",
    zh: "每个进程的数据库连接数上限",
    en: "Most database connections of one process",
  }),
  ...outsideShape,
  ...messagesShape,
  ...mailShape,
  ...mapShape,
  NUAN_DEMO: described(z.enum(["on", "off"]).default("on"), {
    default: "on",
    zh: "首次启动内嵌数据库时是否建立演示小城",
    en: "Whether the first start of the embedded database builds the demo town",
  }),
  NUAN_FAILPOINT: described(
    z
      .string()
      .regex(/^[a-z-]+(:\d+)?$/, "must be a failpoint's name, with :N for its Nth passing")
      .optional(),
    {
      default: "",
      zh: "仅供故障测试：进程在此处被终止",
      en: "For fault tests only: the named place where the process ends itself",
    },
  ),
};

const environment = z.object(shape);

export type SettingName = keyof typeof shape;

export type Config = Readonly<{
  port: number;
  host: string;
  /** Absolute path. */
  dataDir: string;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  /** Without a slash at the end. */
  publicUrl: string;
  secretKey: string;
  logLevel: z.infer<(typeof shape)["LOG_LEVEL"]>;
  auditAnchorFile: string;
  trustedProxies: readonly string[];
  metricsToken: string | undefined;
  /** Keys of those who send signed webhooks; undefined: nothing is taken from them. */
  webhookSecrets: Readonly<Partial<Record<WebhookSender, SharedSecret>>>;
  databasePoolSize: number;
  demo: boolean;
  outside: Outside;
  /** What carries our messages. */
  messages: MessagesConfig;
  /** The mailbox that is read; undefined = none. */
  mailbox: MailboxConfig | undefined;
  /** What lies under the map; undefined = nothing, a schematic grid. */
  mapTiles: MapTiles | undefined;
}>;

export type WrongSetting = { readonly name: string; readonly problem: string };

/**
 * The settings of this process, frozen. An empty value counts as not given. Refuses with `config.invalid`, whose facts
 * name every wrong setting at once; what was found is shown except for secrets. Makes and keeps the secret key when the
 * embedded database is used and none is given (repeating gives the same key, also for two processes at once).
 */
export const loadConfig = (env: Readonly<Record<string, string | undefined>>): Config => {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && value !== "") given[name] = value;
  const wrong = unknownSettings(Object.keys(given));
  const parsed = environment.safeParse(given);
  if (!parsed.success) wrong.push(...parsed.error.issues.map((issue) => describeIssue(issue, given)));
  const embedded = given["DATABASE_URL"] === undefined;
  if (!embedded && given["SECRET_KEY"] === undefined) {
    const problem = "is needed with DATABASE_URL: at least 32 characters, the same on every machine";
    wrong.push({ name: "SECRET_KEY", problem });
  }
  wrong.push(...missingBeside(given), ...missingForMessages(given), ...missingHttps(given));
  if (!parsed.success || wrong.length > 0) throw invalid(wrong);
  const settings = parsed.data;
  const secretKey = settings.SECRET_KEY ?? keepSecret(settings.DATA_DIR);
  return Object.freeze({
    port: settings.PORT,
    host: settings.HOST,
    dataDir: settings.DATA_DIR,
    databaseUrl: settings.DATABASE_URL,
    redisUrl: settings.REDIS_URL,
    publicUrl: (settings.PUBLIC_URL ?? `http://localhost:${settings.PORT}`).replace(/\/+$/, ""),
    secretKey,
    logLevel: settings.LOG_LEVEL,
    auditAnchorFile: settings.AUDIT_ANCHOR_FILE ?? path.join(settings.DATA_DIR, "anchors.log"),
    trustedProxies: settings.TRUSTED_PROXIES ?? [],
    metricsToken: settings.METRICS_TOKEN,
    webhookSecrets: webhookSecretsOf(settings, embedded ? secretKey : undefined),
    databasePoolSize: settings.DATABASE_POOL_SIZE,
    demo: settings.NUAN_DEMO === "on",
    outside: outsideOf(settings),
    messages: messagesOf(settings),
    mailbox: mailboxOf(settings),
    mapTiles: mapTilesOf(settings),
  });
};

const invalid = (wrong: readonly WrongSetting[]): DomainError =>
  new DomainError("config.invalid", wrong.map((one) => `${one.name} ${one.problem}`).join("; "), {
    ...(wrong[0] === undefined ? {} : { field: wrong[0].name }),
    remedy: "Correct the environment variables named here; the README lists them all.",
    facts: { wrong },
  });

const describeIssue = (issue: z.core.$ZodIssue, given: Readonly<Record<string, string>>): WrongSetting => {
  const name = String(issue.path[0] ?? "");
  const known = settingsTable().find((one) => one.name === name);
  const found = known === undefined || known.secret ? "" : ` (found: ${JSON.stringify(given[name])})`;
  const expected =
    issue.code === "invalid_value" ? `must be one of ${issue.values.join(", ")}` : issue.message;
  return { name, problem: `${expected}${found}` };
};

/** Only our own prefix can be policed: the environment is full of other programs' names. */
const unknownSettings = (names: readonly string[]): WrongSetting[] =>
  names
    .filter((name) => name.startsWith("NUAN_") && !(name in shape))
    .map((name) => ({ name, problem: `is not a setting; the nearest is ${nearestName(name)}` }));

const nearestName = (name: string): string => {
  const names = Object.keys(shape);
  const bare = name.replace(/^NUAN_/, "");
  const distance = (known: string): number => Math.min(editDistance(name, known), editDistance(bare, known));
  return names.reduce((best, known) => (distance(known) < distance(best) ? known : best));
};

/** Levenshtein: how many letters to insert, delete or replace. */
const editDistance = (left: string, right: string): number => {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [leftIndex, letter] of left.split("").entries()) {
    const next = [leftIndex + 1];
    for (const [rightIndex, other] of right.split("").entries()) {
      const replaced = (row[rightIndex] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[rightIndex + 1] ?? 0) + 1, (next[rightIndex] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
};

/** Written beside its place and linked into it, so that of two processes at once one wins and both read the same key. */
const keepSecret = (dataDir: string): string => {
  const file = path.join(dataDir, "secret");
  try {
    if (!existsSync(file)) {
      makeDataFolder(dataDir);
      const own = `${file}.${process.pid}`;
      writeFileSync(own, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600 });
      try {
        linkSync(own, file);
      } catch (error) {
        if (!existsSync(file)) throw error;
      } finally {
        rmSync(own, { force: true });
      }
    }
    const key = readFileSync(file, "utf8").trim();
    if (key.length >= 32) return key;
  } catch (error) {
    throw explainFolder(error, dataDir);
  }
  throw invalid([{ name: "SECRET_KEY", problem: `in ${file} is damaged: restore the file from a backup` }]);
};

/** Makes the data folder: ours alone, but the account that runs PostgreSQL for root may pass through. */
export const makeDataFolder = (dataDir: string): void => {
  if (existsSync(dataDir)) return;
  makeFolders(dataDir);
  chmodSync(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
};

/** Step by step: Node's `recursive` asks for ever where a file system (/proc) answers that a new folder's parent is missing. */
const makeFolders = (folder: string): void => {
  const parent = path.dirname(folder);
  if (parent !== folder && !existsSync(parent)) makeFolders(parent);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Somebody else made it between the two looks.
    if (!existsSync(folder) || !statSync(folder).isDirectory()) throw error;
  }
};

export type SettingRow = {
  readonly name: SettingName;
  readonly default: string;
  readonly zh: string;
  readonly en: string;
  readonly secret: boolean;
};

const descriptionSchema = z.object({
  default: z.string(),
  zh: z.string(),
  en: z.string(),
  secret: z.literal(true).optional(),
});

/** Every setting with its default and meaning, in the order of the schema; for the README and `nuan doctor`. */
export const settingsTable = (): SettingRow[] =>
  settingNames.map((name) => {
    const description = descriptionSchema.parse(shape[name].meta());
    return {
      name,
      default: description.default,
      zh: description.zh,
      en: description.en,
      secret: description.secret === true,
    };
  });

const isSettingName = (name: string): name is SettingName => name in shape;
const settingNames: readonly SettingName[] = Object.keys(shape).filter((name) => isSettingName(name));
