/** The settings of everybody outside who signs to us, or whom we call: telephone, dispatch centre, SMS gateway. */
import { hkdfSync } from "node:crypto";
import { z } from "zod";
import { described } from "./config-described.ts";
import type { WebhookSender } from "./route.ts";
import type { SharedSecret } from "./webhook-signature.ts";

const MOST_SECRETS = 2;

/**
 * A secret that we share with somebody who signs to us (platform/webhook-signature.ts); while it changes two, `NEW,OLD`: both
 * are taken, and we sign with the first.
 */
const sharedSecret = z
  .string()
  .transform((text) => text.split(",").map((part) => part.trim()))
  .refine((secrets) => secrets.every((secret) => secret.length >= 32), "must have at least 32 characters")
  .refine((secrets) => secrets.length <= MOST_SECRETS, "must be one secret, or the new and the old one")
  .optional();

const webAddress = z
  .string()
  .refine((value) => ["http:", "https:"].includes(URL.parse(value)?.protocol ?? ""), "must be a web address")
  .transform((value) => value.replace(/\/+$/, ""));

export const outsideShape = {
  TWILIO_ACCOUNT_SID: described(
    z
      .string()
      .regex(/^AC[0-9a-fA-F]{32}$/, "must be AC and 32 hex digits")
      .optional(),
    {
      default: "",
      zh: "Twilio 账号；与下一项同时设置才接入 Twilio 语音和短信",
      en: "Account at Twilio; voice and text messages of Twilio work when it and the next are given",
    },
  ),
  TWILIO_AUTH_TOKEN: described(z.string().min(16, "must have at least 16 characters").optional(), {
    default: "",
    zh: "Twilio 令牌，校验其回调的签名",
    en: "Twilio's token; checks the signature of what Twilio sends",
    secret: true,
  }),
  TWILIO_VOICE_NUMBER: described(
    z
      .string()
      .regex(/^\+\d{7,15}$/, "must be a number like +8637100000000")
      .optional(),
    {
      default: "",
      zh: "经 Twilio 呼出时显示的号码",
      en: "The number that our calls through Twilio show",
    },
  ),
  PBX_URL: described(webAddress.optional(), {
    default: "",
    zh: "自有交换机接收指令的地址（呼出、播报、收键）；不填则呼出只作记录",
    en: "Address at which an exchange on site takes commands (call, say, gather); with neither it nor Twilio, calls out are only recorded",
  }),
  TERMINAL_URL: described(webAddress.optional(), {
    default: "",
    zh: "柜台收款终端（刷卡、扫码）网关的地址；不填则在终端上手工输入金额",
    en: "Address of the gateway of the tills' terminals (card, QR code); without it amounts are typed into the terminal",
  }),
  TERMINAL_TOKEN: described(z.string().min(16, "must have at least 16 characters").optional(), {
    default: "",
    zh: "终端网关的令牌，与上一项同时设置",
    en: "Token for that gateway; needed beside its address",
    secret: true,
  }),
  CTI_SECRET: described(sharedSecret, {
    default: "",
    zh: "与自有交换机（CTI）互相签名的密钥，至少 32 个字符，更换期间可写“新,旧”；不填则不接收其消息，使用内嵌数据库时由 SECRET_KEY 派生",
    en: "Secret shared with the exchange on site (CTI), at least 32 characters, NEW,OLD while it changes; without it nothing is taken from there, except that the embedded database derives one from SECRET_KEY",
    secret: true,
  }),
  DISPATCH_SECRET: described(sharedSecret, {
    default: "",
    zh: "调度中心签名的密钥，至少 32 个字符，更换期间可写“新,旧”；不填时同上",
    en: "Secret with which the dispatch centre signs, at least 32 characters, NEW,OLD while it changes; without it as above",
    secret: true,
  }),
  SMS_GATEWAY_SECRET: described(sharedSecret, {
    default: "",
    zh: "短信网关签名的密钥，至少 32 个字符，更换期间可写“新,旧”；不填时同上",
    en: "Secret with which the SMS gateway signs, at least 32 characters, NEW,OLD while it changes; without it as above",
    secret: true,
  }),
  WALLET_URL: described(webAddress.optional(), {
    default: "",
    zh: "聚合支付网关的地址，用户自助页的线上缴费由它完成（docs/household.md）；不填则不能线上缴费，演示库使用内置模拟器",
    en: "Address of the payment gateway behind the household's page (docs/household.md); without it nothing is paid online, except that a demo town has a simulator built in",
  }),
  WECHAT_APP_ID: described(
    z
      .string()
      .regex(/^wx[0-9a-f]{16}$/, "must be wx and 16 hex digits")
      .optional(),
    {
      default: "",
      zh: "公众号的 AppID；与 WALLET_URL 同时设置后，在微信里打开自助页可直接用微信支付（docs/household.md）",
      en: "App id of the official account at WeChat; with it and WALLET_URL the household's page is paid inside WeChat's browser (docs/household.md)",
    },
  ),
  WALLET_SECRET: described(sharedSecret, {
    default: "",
    zh: "与聚合支付网关互相签名的密钥，至少 32 个字符，更换期间可写“新,旧”；不填时同上",
    en: "Secret shared with the payment gateway, at least 32 characters, NEW,OLD while it changes; without it as above",
    secret: true,
  }),
};

type OutsideSettings = z.output<z.ZodObject<typeof outsideShape>>;

const derivedSecret = (secretKey: string, sender: WebhookSender): string =>
  Buffer.from(hkdfSync("sha256", secretKey, "nuanyang", `webhook ${sender}`, 32)).toString("base64url");

/**
 * The secret of each sender. Where one is not given, it is derived from `derivedFrom`, for this sender alone: so a newcomer's
 * simulators sign without a setting. Without that the sender has none and is refused.
 */
export const webhookSecretsOf = (
  settings: OutsideSettings,
  derivedFrom: string | undefined,
): Readonly<Partial<Record<WebhookSender, SharedSecret>>> => {
  const given = {
    dispatch: settings.DISPATCH_SECRET,
    cti: settings.CTI_SECRET,
    "sms-gateway": settings.SMS_GATEWAY_SECRET,
    wallet: settings.WALLET_SECRET,
  } satisfies Record<WebhookSender, SharedSecret | undefined>;
  const secretOf = (sender: WebhookSender): SharedSecret | undefined =>
    given[sender] ?? (derivedFrom === undefined ? undefined : derivedSecret(derivedFrom, sender));
  const [dispatch, cti, smsGateway] = [secretOf("dispatch"), secretOf("cti"), secretOf("sms-gateway")];
  const wallet = secretOf("wallet");
  return {
    ...(dispatch !== undefined && { dispatch }),
    ...(cti !== undefined && { cti }),
    ...(smsGateway !== undefined && { "sms-gateway": smsGateway }),
    ...(wallet !== undefined && { wallet }),
  };
};

export type Outside = {
  readonly twilio:
    | {
        readonly accountSid: string;
        readonly authToken: string;
        readonly voiceNumber: string | undefined;
      }
    | undefined;
  /** Without a slash at the end. */
  readonly pbxUrl: string | undefined;
  /** The gateway of the tills' terminals. */
  readonly terminal?: { readonly url: string; readonly token: string } | undefined;
  readonly walletUrl?: string | undefined;
  readonly wechatAppId?: string | undefined;
};

export const outsideOf = (settings: OutsideSettings): Outside => ({
  twilio:
    settings.TWILIO_ACCOUNT_SID === undefined || settings.TWILIO_AUTH_TOKEN === undefined
      ? undefined
      : {
          accountSid: settings.TWILIO_ACCOUNT_SID,
          authToken: settings.TWILIO_AUTH_TOKEN,
          voiceNumber: settings.TWILIO_VOICE_NUMBER,
        },
  pbxUrl: settings.PBX_URL,
  terminal:
    settings.TERMINAL_URL === undefined || settings.TERMINAL_TOKEN === undefined
      ? undefined
      : { url: settings.TERMINAL_URL, token: settings.TERMINAL_TOKEN },
  walletUrl: settings.WALLET_URL,
  wechatAppId: settings.WECHAT_APP_ID,
});

const PAIRS = [
  ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"],
  ["TERMINAL_URL", "TERMINAL_TOKEN"],
] as const;

/** Half of a pair is a mistake that would show only when the first call comes in, or the first card. */
export const missingBeside = (
  given: Readonly<Record<string, string>>,
): { readonly name: string; readonly problem: string }[] =>
  PAIRS.filter(([one, other]) => (given[one] === undefined) !== (given[other] === undefined)).map(
    ([one, other]) => {
      const [name, beside] = given[one] === undefined ? [one, other] : [other, one];
      return { name, problem: `is needed beside ${beside}` };
    },
  );
