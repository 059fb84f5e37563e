/** The settings of what we send: text messages by a gateway or by Twilio, mail over SMTP. Without any, the outbox viewer. */
import { z } from "zod";
import { described } from "./config-described.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

export const SMS_PROVIDERS = ["outbox", "gateway", "twilio"] as const;
export type SmsProvider = (typeof SMS_PROVIDERS)[number];

const webAddress = z.string().superRefine((value, context) => {
  const url = URL.parse(value);
  if (url === null || !["http:", "https:"].includes(url.protocol)) context.addIssue("must be a web address");
  else if (url.protocol === "http:" && !LOOPBACK.has(url.hostname))
    context.addIssue("must begin with https:// (plain http is accepted for this machine only)");
});
const withoutSlash = webAddress.transform((value) => value.replace(/\/+$/, ""));

const smtpUrl = z.string().superRefine((value, context) => {
  const url = URL.parse(value);
  if (url === null || !["smtp:", "smtps:"].includes(url.protocol) || url.hostname === "") {
    context.addIssue("must be a mail server such as smtps://user%40example.com:password@smtp.example.com");
  } else if ((url.username === "") !== (url.password === "")) {
    context.addIssue("must hold both login and password, or neither");
  }
});

/** `service@example.com`, or with a name before it: `暖阳供热 <service@example.com>`. */
const MAIL_FROM =
  /^(?:(?<name>[^<>"\p{Cc}]{1,60}?)\s*<(?<named>[^\s<>@]+@[^\s<>@]+)>|(?<bare>[^\s<>@]+@[^\s<>@]+))$/u;

export const messagesShape = {
  SMS_PROVIDER: described(z.enum(SMS_PROVIDERS).default("outbox"), {
    default: "outbox",
    zh: "短信通道：outbox 只记录不发送（用 nuan messages 查看），gateway 国内短信网关，twilio",
    en: "Who carries text messages: outbox only shows what would be sent (nuan messages), gateway a domestic SMS gateway, twilio",
  }),
  SMS_SIGNATURE: described(
    z
      .string()
      .regex(/^[\p{L}\p{N}]{2,8}$/u, "must be 2 to 8 letters or digits, without 【】")
      .default("暖阳供热"),
    {
      default: "暖阳供热",
      zh: "短信签名，2 至 8 个字，不含【】；须在网关报备",
      en: "Signature before each text message, 2 to 8 letters without 【】; registered at the gateway",
    },
  ),
  SMS_GATEWAY_URL: described(withoutSlash.optional(), {
    default: "",
    zh: "短信网关的地址；双方用 SMS_GATEWAY_SECRET 签名（docs/messages.md）",
    en: "Address of the SMS gateway; both sides sign with SMS_GATEWAY_SECRET (docs/messages.md)",
  }),
  SMS_GATEWAY_KEY: described(
    z
      .string()
      .regex(/^[\x21-\x7e]{1,100}$/, "must be 1 to 100 visible ASCII characters")
      .optional(),
    {
      default: "",
      zh: "我方在短信网关的应用标识（AppKey），随每个请求发送",
      en: "Our application at the gateway (AppKey), sent along with each request",
    },
  ),
  SMS_GATEWAY_RECEIPTS: described(z.enum(["push", "pull"]).default("push"), {
    default: "push",
    zh: "短信回执由网关推送（push）还是由我方拉取（pull）",
    en: "Whether the gateway pushes receipts or we pull them",
  }),
  SMS_GATEWAY_TEMPLATES: described(z.enum(["optional", "required"]).default("optional"), {
    default: "optional",
    zh: "required：没有已审核模板号的短信不发送；optional：发送全文",
    en: "required: a text without an approved template id is not sent; optional: its full text is sent",
  }),
  TWILIO_MESSAGING_SERVICE_SID: described(
    z
      .string()
      .regex(/^MG[0-9a-fA-F]{32}$/, "must be MG and 32 hex digits")
      .optional(),
    {
      default: "",
      zh: "Twilio 的消息服务，SMS_PROVIDER 为 twilio 时必填",
      en: "Messaging service at Twilio; needed when SMS_PROVIDER is twilio",
    },
  ),
  TWILIO_API_URL: described(withoutSlash.optional(), {
    default: "",
    zh: "代替 https://api.twilio.com 的地址（区域接入点或模拟器）",
    en: "Instead of https://api.twilio.com: another region's address, or a simulator",
  }),
  SMTP_URL: described(smtpUrl.optional(), {
    default: "",
    zh: "发信服务器，如 smtps://用户:密码@主机；不填则邮件只记录不发送。smtp:// 必须能升级为加密连接（本机除外）",
    en: "The mail server that we send through, smtps://LOGIN:PASSWORD@HOST; without it mails are only shown. smtp:// must offer STARTTLS unless it is this machine",
    secret: true,
  }),
  MAIL_FROM: described(
    z.string().max(200).regex(MAIL_FROM, "must be an address, or NAME <address>").optional(),
    {
      default: "",
      zh: "发件人，如 暖阳供热 <service@example.com>；退信回到这里，应是系统读取的客户邮箱",
      en: "Sender of our mails, NAME <service@example.com>; bounces come back there, so it should be the mailbox that is read",
    },
  ),
};

type MessageSettings = z.output<z.ZodObject<typeof messagesShape>>;

export type SmtpConfig = {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else STARTTLS, except on this machine. */
  readonly secure: boolean;
  readonly onThisMachine: boolean;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly fromName: string;
  readonly fromAddress: string;
  readonly caFile: string | undefined;
};

export type MessagesConfig = {
  readonly smsProvider: SmsProvider;
  readonly signature: string;
  readonly gateway:
    | {
        /** Without a slash at the end. */
        readonly url: string;
        readonly key: string;
        readonly receipts: "push" | "pull";
        readonly templates: "optional" | "required";
      }
    | undefined;
  readonly messagingServiceSid: string | undefined;
  readonly twilioApiUrl: string | undefined;
  readonly smtp: SmtpConfig | undefined;
};

const smtpOf = (settings: MessageSettings, caFile: string | undefined): SmtpConfig | undefined => {
  const parts = MAIL_FROM.exec(settings.MAIL_FROM ?? "")?.groups;
  if (settings.SMTP_URL === undefined || parts === undefined) return undefined;
  const url = new URL(settings.SMTP_URL);
  const secure = url.protocol === "smtps:";
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 465 : 587) : Number(url.port),
    secure,
    onThisMachine: LOOPBACK.has(url.hostname),
    user: url.username === "" ? undefined : decodeURIComponent(url.username),
    password: url.password === "" ? undefined : decodeURIComponent(url.password),
    fromName: parts["name"]?.trim() ?? "",
    fromAddress: (parts["named"] ?? parts["bare"] ?? "").toLowerCase(),
    caFile,
  };
};

export const messagesOf = (
  settings: MessageSettings & { readonly MAIL_CA_FILE?: string | undefined },
): MessagesConfig => ({
  smsProvider: settings.SMS_PROVIDER,
  signature: settings.SMS_SIGNATURE,
  gateway:
    settings.SMS_GATEWAY_URL === undefined
      ? undefined
      : {
          url: settings.SMS_GATEWAY_URL,
          key: settings.SMS_GATEWAY_KEY ?? "",
          receipts: settings.SMS_GATEWAY_RECEIPTS,
          templates: settings.SMS_GATEWAY_TEMPLATES,
        },
  messagingServiceSid: settings.TWILIO_MESSAGING_SERVICE_SID,
  twilioApiUrl: settings.TWILIO_API_URL,
  smtp: smtpOf(settings, settings.MAIL_CA_FILE),
});

type Missing = { readonly name: string; readonly problem: string };

/** What a chosen channel cannot do without: found at the start, not when the first message is to go. */
export const missingForMessages = (given: Readonly<Record<string, string>>): Missing[] => {
  const needs = (because: string, ...names: readonly string[]): Missing[] =>
    names
      .filter((name) => given[name] === undefined)
      .map((name) => ({ name, problem: `is needed ${because}` }));
  const [provider, hasDatabase] = [given["SMS_PROVIDER"], given["DATABASE_URL"] !== undefined];
  return [
    ...(provider === "gateway"
      ? needs(
          "while SMS_PROVIDER is gateway",
          "SMS_GATEWAY_URL",
          ...(hasDatabase ? ["SMS_GATEWAY_SECRET"] : []),
        )
      : []),
    ...(provider === "twilio"
      ? needs("while SMS_PROVIDER is twilio", "TWILIO_ACCOUNT_SID", "TWILIO_MESSAGING_SERVICE_SID")
      : []),
    ...(given["SMTP_URL"] === undefined ? [] : needs("beside SMTP_URL", "MAIL_FROM")),
  ];
};
