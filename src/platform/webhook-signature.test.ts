import { describe, expect, test } from "vitest";
import { DomainError } from "#src/kernel/errors.ts";
import { readWebhookBody, signWebhook, verifyWebhook, webhookSignature } from "./webhook-signature.ts";

const secret = "a-key-that-both-hold-with-32-letters";
const now = new Date("2027-01-20T19:30:00+08:00");
const body = Buffer.from('{"eventId":"a-1","text":"热源停运"}');

const codeOf = (work: () => void): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return "taken";
};
const check = (more: Partial<Parameters<typeof verifyWebhook>[0]> = {}): string =>
  codeOf(() => verifyWebhook({ secret, headers: signWebhook(secret, body, now), body, now, ...more }));

describe("a signed message", () => {
  test("is taken as it was sent", () => {
    expect(check()).toBe("taken");
  });

  test("has the signature that the page of the interface shows", () => {
    // echo -n '1800000000.{}' | openssl dgst -sha256 -hmac key
    expect(webhookSignature("key", 1_800_000_000, "{}")).toBe(
      webhookSignature("key", "1800000000", Buffer.from("{}")),
    );
    expect(webhookSignature("key", 1_800_000_000, "{}")).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ["a byte of the body changed", { body: Buffer.from(body.toString().replace("a-1", "a-2")) }],
    ["another key", { secret: "another-key-that-nobody-holds-at-all" }],
    [
      "another time with the old signature",
      { headers: { ...signWebhook(secret, body, now), "x-nuan-timestamp": "1768908601" } },
    ],
    ["half a signature", { headers: { ...signWebhook(secret, body, now), "x-nuan-signature": "ab12" } }],
  ] as const)("is forged with %s", (_, change) => {
    expect(check(change)).toBe("webhook.forged");
  });

  test.each([
    [299, "taken"],
    [301, "webhook.stale"],
    [-299, "taken"],
    [-301, "webhook.stale"],
  ])("signed %i seconds ago is %s", (seconds, code) => {
    const headers = signWebhook(secret, body, new Date(now.getTime() - seconds * 1000));
    expect(check({ headers })).toBe(code);
  });

  test("without headers is unsigned, and without a key here nothing is taken", () => {
    expect(check({ headers: {} })).toBe("webhook.unsigned");
    expect(check({ headers: { ...signWebhook(secret, body, now), "x-nuan-timestamp": "soon" } })).toBe(
      "webhook.unsigned",
    );
    expect(check({ secret: undefined })).toBe("webhook.not-set-up");
  });
});

test("a body is read whole, and not beyond its bound", async () => {
  async function* parts() {
    yield Buffer.from("ab");
    yield Buffer.from("cd");
  }
  expect((await readWebhookBody(parts())).toString()).toBe("abcd");
  await expect(readWebhookBody(parts(), 3)).rejects.toMatchObject({ code: "request.too-large" });
  await expect(readWebhookBody(undefined)).rejects.toMatchObject({ code: "request.body-missing" });
});
