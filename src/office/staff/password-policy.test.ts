import { describe, expect, test } from "vitest";
import { DomainError } from "#src/kernel/errors.ts";
import { isPasswordExpired, type PasswordPolicy, requirePassword } from "./password-policy.ts";
import { closeBox, openBox } from "./secret-box.ts";

const codeOf = (policy: PasswordPolicy, password: string): string => {
  try {
    requirePassword(policy, "wang.li", password);
    return "";
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
};

describe("the password policy", () => {
  test.each([
    ["Ab1!", "password.too-short"],
    ["x".repeat(129), "password.too-long"],
    ["Password1!", "password.common"],
    ["P@ssw0rd2026", "password.common"],
    ["88888888", "password.common"],
    ["aaaaaaaaaa", "password.common"],
    ["abcdefghij", "password.common"],
    ["Woaini1314", "password.common"],
    ["my-Wang.Li-2026", "password.like-login"],
    ["correct horse battery", ""],
    ["暖气片在客厅的窗户下面", ""],
  ])("asvs: %s is %s", (password, code) => {
    expect(codeOf("asvs", password)).toBe(code);
  });

  test("dengbao asks for three kinds of signs besides", () => {
    expect(codeOf("dengbao", "correct horse battery")).toBe("password.too-plain");
    expect(codeOf("dengbao", "Correct horse battery")).toBe("");
  });

  test("only dengbao ages a password, and no demo does", () => {
    const changedAt = new Date("2026-06-01T00:00:00Z");
    const now = new Date("2026-09-01T00:00:00Z");
    expect(isPasswordExpired("dengbao", changedAt, { now, demo: false })).toBe(true);
    expect(isPasswordExpired("asvs", changedAt, { now, demo: false })).toBe(false);
    expect(isPasswordExpired("dengbao", changedAt, { now, demo: true })).toBe(false);
  });
});

describe("the secret box", () => {
  const key = "k".repeat(32);
  test("opens for its owner under its key only", () => {
    const box = closeBox(key, "totp:1", "秘密");
    expect(openBox(key, "totp:1", box)).toBe("秘密");
    expect(() => openBox(key, "totp:2", box)).toThrow("altered");
    expect(() => openBox("o".repeat(32), "totp:1", box)).toThrow("another SECRET_KEY");
    const altered = Buffer.from(box);
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
    expect(() => openBox(key, "totp:1", altered)).toThrow("altered");
    expect(closeBox(key, "totp:1", "秘密").equals(box)).toBe(false);
  });
});
