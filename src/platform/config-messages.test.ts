import { describe, expect, test } from "vitest";
import { DomainError } from "#src/kernel/errors.ts";
import { loadConfig } from "./config.ts";

const env = { SECRET_KEY: "k".repeat(32) };
const messages = (more: Record<string, string>) => loadConfig({ ...env, ...more }).messages;
const wrong = (more: Record<string, string>): string => {
  try {
    loadConfig({ ...env, ...more });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { wrong: named } = error.detail.facts as { wrong: { name: string }[] };
    return named.map(({ name }) => name).join(" ");
  }
  return "";
};
const SID = `AC${"0".repeat(32)}`;

describe("what carries messages", () => {
  test("without settings nothing leaves the house", () => {
    expect(messages({})).toEqual({
      smsProvider: "outbox",
      signature: "暖阳供热",
      gateway: undefined,
      messagingServiceSid: undefined,
      twilioApiUrl: undefined,
      smtp: undefined,
    });
  });

  test("a gateway", () => {
    expect(
      messages({
        SMS_PROVIDER: "gateway",
        SMS_GATEWAY_URL: "https://sms.example.com/v1/",
        SMS_GATEWAY_KEY: "app-1",
      }).gateway,
    ).toEqual({ url: "https://sms.example.com/v1", key: "app-1", receipts: "push", templates: "optional" });
  });

  test("a mail server, its login and the sender", () => {
    expect(
      messages({
        SMTP_URL: "smtps://kefu%40example.com:p%2Fw@smtp.example.com",
        MAIL_FROM: "暖阳供热 <Service@Example.com>",
      }).smtp,
    ).toEqual({
      host: "smtp.example.com",
      port: 465,
      secure: true,
      onThisMachine: false,
      user: "kefu@example.com",
      password: "p/w",
      fromName: "暖阳供热",
      fromAddress: "service@example.com",
      caFile: undefined,
    });
    expect(messages({ SMTP_URL: "smtp://127.0.0.1:2525", MAIL_FROM: "a@b.cn" }).smtp).toMatchObject({
      port: 2525,
      secure: false,
      onThisMachine: true,
      user: undefined,
      fromName: "",
      fromAddress: "a@b.cn",
    });
  });

  test.each<[string, Record<string, string>]>([
    ["SMS_GATEWAY_URL", { SMS_PROVIDER: "gateway" }],
    ["SMS_GATEWAY_URL", { SMS_PROVIDER: "gateway", SMS_GATEWAY_URL: "http://sms.example.com" }],
    [
      "SMS_GATEWAY_SECRET",
      {
        SMS_PROVIDER: "gateway",
        SMS_GATEWAY_URL: "https://sms.example.com",
        DATABASE_URL: "postgres://u:p@h/d",
      },
    ],
    ["TWILIO_ACCOUNT_SID TWILIO_MESSAGING_SERVICE_SID", { SMS_PROVIDER: "twilio" }],
    [
      "TWILIO_MESSAGING_SERVICE_SID",
      { SMS_PROVIDER: "twilio", TWILIO_ACCOUNT_SID: SID, TWILIO_AUTH_TOKEN: "t".repeat(32) },
    ],
    ["SMS_PROVIDER", { SMS_PROVIDER: "pigeon" }],
    ["SMS_SIGNATURE", { SMS_SIGNATURE: "【暖阳】" }],
    ["MAIL_FROM", { SMTP_URL: "smtps://smtp.example.com" }],
    ["MAIL_FROM", { SMTP_URL: "smtps://smtp.example.com", MAIL_FROM: "暖阳\r\nBcc: a@b.cn <a@b.cn>" }],
    ["SMTP_URL", { SMTP_URL: "https://smtp.example.com", MAIL_FROM: "a@b.cn" }],
    ["SMTP_URL", { SMTP_URL: "smtps://user@smtp.example.com", MAIL_FROM: "a@b.cn" }],
  ])("%s is named as wrong", (expected, more) => expect(wrong(more)).toBe(expected));

  test("the mail server's password is never shown", () => {
    expect(() => loadConfig({ ...env, SMTP_URL: "smtps://user:geheim", MAIL_FROM: "x" })).toThrow(
      expect.not.stringContaining("geheim"),
    );
  });
});
