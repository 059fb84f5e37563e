import { describe, expect, test } from "vitest";
import { mailDigest } from "./mail-identity.ts";

const mail = (more: Partial<Record<"received" | "id" | "subject" | "body", string>> = {}): Buffer =>
  Buffer.from(
    [
      `Received: from ${more.received ?? "mx1"}`,
      "From: li@example.com",
      `Message-ID: <${more.id ?? "a@x"}>`,
      "Date: Sun, 15 Nov 2026 08:00:00 +0800",
      `Subject: ${more.subject ?? "cold"}`,
      "",
      more.body ?? "It is cold.",
    ].join("\r\n"),
  );
const digest = mailDigest(mail());

describe("what makes a mail that mail", () => {
  test("the way it took does not", () => {
    expect(mailDigest(mail({ received: "mx2; another hop" }))).toBe(digest);
    expect(mailDigest(mail({ body: "It is cold.\r\n\r\n" }))).toBe(digest);
  });
  test("a mail that claims a known Message-ID is another", () => {
    expect(mailDigest(mail({ body: "It is warm." }))).not.toBe(digest);
    expect(mailDigest(mail({ subject: "warm" }))).not.toBe(digest);
  });
  test("another Message-ID is another mail", () => expect(mailDigest(mail({ id: "b@x" }))).not.toBe(digest));
  test("a folded header is the same header", () => {
    const folded = Buffer.from(mail().toString().replace("Subject: cold", "Subject:\r\n cold"));
    expect(mailDigest(folded)).toBe(digest);
  });
  test.each([
    ["nothing", ""],
    ["no head", "\r\n\r\nbody"],
    ["no body", "From: a@b.cn"],
    ["a NUL", "\0"],
  ])("%s has one too", (_, raw) => expect(mailDigest(Buffer.from(raw))).toMatch(/^sha256:[0-9a-f]{64}$/));
});
