/** The settings of the customer mailbox that is read over IMAP. */
import path from "node:path";
import { z } from "zod";
import { described } from "./config-described.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

const imapUrl = z.string().superRefine((value, context) => {
  const url = URL.parse(value);
  if (url === null || !["imap:", "imaps:"].includes(url.protocol) || url.hostname === "") {
    context.addIssue("must be a mailbox such as imaps://user%40example.com:password@imap.example.com");
  } else if (url.username === "" || url.password === "") {
    context.addIssue("must hold the login and the password of the mailbox (with %40 for @)");
  }
});

export const mailShape = {
  MAIL_IMAP_URL: described(imapUrl.optional(), {
    default: "",
    zh: "客户邮箱（IMAP），如 imaps://用户:密码@主机；不填则不收信。imap:// 必须能升级为加密连接（本机除外）",
    en: "The customer mailbox, imaps://LOGIN:PASSWORD@HOST; without it no mail is read. imap:// must offer STARTTLS unless it is this machine",
    secret: true,
  }),
  MAIL_FOLDER: described(z.string().min(1, "must name a folder").max(200).default("INBOX"), {
    default: "INBOX",
    zh: "读取的邮件文件夹",
    en: "Folder of the mailbox that is read",
  }),
  MAIL_OWN_ADDRESSES: described(
    z
      .string()
      .transform((value) => value.split(",").map((part) => part.trim().toLowerCase()))
      .refine((parts) => parts.every((part) => /^[^\s@]+@[^\s@]+$/.test(part)), "must list mail addresses")
      .optional(),
    {
      default: "",
      zh: "我方的邮件地址，逗号分隔；来自它们的邮件不会开单也不会答复。登录名是地址时自动包括",
      en: "Our own addresses, with commas: mail from them opens no case and gets no answer; the login counts when it is one",
    },
  ),
  MAIL_CA_FILE: described(
    z
      .string()
      .min(1, "must name a file")
      .transform((value) => path.resolve(value))
      .optional(),
    {
      default: "",
      zh: "邮件服务器证书的签发机构文件（PEM），仅在自签证书时需要",
      en: "PEM file of the authority that signed the mail server's certificate, for one of your own",
    },
  ),
};

type MailSettings = z.output<z.ZodObject<typeof mailShape>>;

export type MailboxConfig = {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else STARTTLS, except on this machine. */
  readonly secure: boolean;
  readonly onThisMachine: boolean;
  readonly user: string;
  readonly password: string;
  readonly folder: string;
  /** In lower case. */
  readonly ownAddresses: readonly string[];
  readonly caFile: string | undefined;
};

export const mailboxOf = (settings: MailSettings): MailboxConfig | undefined => {
  if (settings.MAIL_IMAP_URL === undefined) return undefined;
  const url = new URL(settings.MAIL_IMAP_URL);
  const secure = url.protocol === "imaps:";
  const user = decodeURIComponent(url.username);
  const own = settings.MAIL_OWN_ADDRESSES ?? [];
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 993 : 143) : Number(url.port),
    secure,
    onThisMachine: LOOPBACK.has(url.hostname),
    user,
    password: decodeURIComponent(url.password),
    folder: settings.MAIL_FOLDER,
    ownAddresses: user.includes("@") ? [...new Set([...own, user.toLowerCase()])] : own,
    caFile: settings.MAIL_CA_FILE,
  };
};
