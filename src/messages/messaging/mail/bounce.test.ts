import { describe, expect, test } from "vitest";
import { mailBounce, OWN_KEY } from "#tests/support/bounces.ts";
import { letter } from "#tests/support/letters.ts";
import { parseMail } from "./parse-mail.ts";

const bounceIn = async (bytes: Buffer) => (await parseMail(bytes)).bounce;

describe("a mail that came back", () => {
  test.each(["message/rfc822", "text/rfc822-headers"])(
    "is known by the report and our id in %s",
    async (returned) => {
      expect(await bounceIn(mailBounce({ returned }))).toEqual({ threadKey: OWN_KEY, status: "5.1.1" });
    },
  );

  test("a delay is none", async () => {
    expect(await bounceIn(mailBounce({ action: "delayed", status: "4.2.2" }))).toBeNull();
  });

  test("of somebody else's mail is none", async () => {
    expect(await bounceIn(mailBounce({ messageId: "<17@elsewhere.example.com>" }))).toBeNull();
  });

  test("a server's prose counts, an automatic answer does not", async () => {
    const headers = ["Return-Path: <>", `In-Reply-To: <nuan.${OWN_KEY}@heat.example.com>`];
    const from = "postmaster@mx.example.com";
    expect(await bounceIn(letter({ from, headers, subject: "系统退信", text: "邮件无法投递" }))).toEqual({
      threadKey: OWN_KEY,
      status: "5.0.0",
    });
    expect(
      await bounceIn(letter({ from: "li@example.com", headers, subject: "自动回复", text: "我在休假" })),
    ).toBeNull();
  });

  test("what a person writes about bounces is none", async () => {
    const headers = [`In-Reply-To: <nuan.${OWN_KEY}@heat.example.com>`];
    expect(
      await bounceIn(letter({ headers, text: "Action: failed\nStatus: 5.1.1\n你们的邮件退信了" })),
    ).toBeNull();
  });
});
