/**
 * What a password must be. Two policies, by the setting `password-policy`: `asvs` (OWASP ASVS 5.0, 6.2: length and the
 * list of common ones, no composition, no forced change) and `dengbao` (等保 2.0: three of four kinds of signs and a
 * change every 90 days besides). `dengbao` is the default, because a Chinese heating company is inspected by it.
 */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { field as typed, word } from "#src/platform/setting-fields.ts";
import { declareSetting, settingOf } from "#src/platform/settings.ts";
import { isCommonPassword } from "./common-passwords.ts";

const PASSWORD_POLICIES = ["asvs", "dengbao"] as const;
export type PasswordPolicy = (typeof PASSWORD_POLICIES)[number];

export const passwordPolicySetting = declareSetting<PasswordPolicy>({
  key: "password-policy",
  schema: z.enum(PASSWORD_POLICIES),
  standard: "dengbao",
  title: word("口令规则", "Rule for passwords"),
  fields: {
    "": typed("口令规则", "Rule", {
      choices: {
        dengbao: word(
          "等保 2.0：四类字符取三类，90 天更换",
          "Dengbao 2.0: three of four kinds of signs, changed every 90 days",
        ),
        asvs: word("ASVS：长度和常见口令，不强制更换", "ASVS: length and common ones, no forced change"),
      },
    }),
  },
  meaning: {
    "zh-CN": "口令规则：dengbao 等保 2.0（四类字符取三类，90 天更换），asvs 只看长度和常见口令，不强制更换",
    en: "rule for passwords: dengbao (three of four kinds of signs, changed every 90 days) or asvs (length and common ones)",
  },
});

export const MINIMUM_LENGTH = 8;
export const MAXIMUM_LENGTH = 128;
const MAXIMUM_AGE_DAYS = 90;

/** What the stored setting says; one that is missing or unreadable counts as the stricter policy. */
export const policyOf = (stored: unknown): PasswordPolicy => settingOf(passwordPolicySetting, stored);

const KINDS = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];

/**
 * Refuses a password that is too short or too long (in characters), common, contains the login, or, under `dengbao`,
 * lacks three kinds of signs.
 * @throws DomainError `password.too-short`, `password.too-long`, `password.common`, `password.like-login`,
 * `password.too-plain`
 */
export const requirePassword = (policy: PasswordPolicy, login: string, password: string): void => {
  const field = "newPassword";
  const length = Array.from(password).length;
  if (length < MINIMUM_LENGTH) {
    fail("password.too-short", `a password has at least ${MINIMUM_LENGTH} characters`, { field });
  }
  if (length > MAXIMUM_LENGTH) {
    fail("password.too-long", `a password has at most ${MAXIMUM_LENGTH} characters`, { field });
  }
  if (isCommonPassword(password)) {
    fail("password.common", "this password is among the first that are guessed", {
      field,
      remedy: "take several words that only you put together",
    });
  }
  if (login.length >= 3 && password.toLowerCase().includes(login.toLowerCase())) {
    fail("password.like-login", "a password does not contain the login", { field });
  }
  if (policy === "dengbao" && KINDS.filter((kind) => kind.test(password)).length < 3) {
    fail("password.too-plain", "a password has three of: small letters, capitals, digits, other signs", {
      field,
    });
  }
};

/** Whether the policy asks for a new password because of age. A demo database never does. */
export const isPasswordExpired = (
  policy: PasswordPolicy,
  changedAt: Date,
  facts: { readonly now: Date; readonly demo: boolean },
): boolean =>
  policy === "dengbao" &&
  !facts.demo &&
  facts.now.getTime() - changedAt.getTime() > MAXIMUM_AGE_DAYS * 86_400_000;
