/**
 * What a template declares of itself (模板声明): `templates/CHANNEL/NAME.yaml` beside its words in both languages. The version is
 * raised with every change of the words; a provider's approval holds for the words that it saw.
 */
import { z } from "zod";
import { MESSAGE_PURPOSE_NAMES } from "../purposes.ts";

export const TEMPLATE_CHANNELS = ["sms", "email", "voice"] as const;
export type TemplateChannel = (typeof TEMPLATE_CHANNELS)[number];

export const TEMPLATE_LOCALES = ["zh-CN", "en"] as const;
export type TemplateLocale = (typeof TEMPLATE_LOCALES)[number];

export const TEMPLATE_NAME = /^[a-z0-9][a-z0-9-]{0,79}$/;

const variable = z.strictObject({
  /** As it will look: shown in previews, and filled in by the lint. */
  sample: z.string().min(1).max(300),
  /** UTF-16 units; what is longer is refused, or cut where `cut` says so. */
  longest: z.int().min(1).max(500),
  /** May be missing or empty; the text must read well without it. */
  optional: z.boolean().default(false),
  /** Free text that may lose its end: a title, never an amount, a number or a day. */
  cut: z.boolean().default(false),
  /** A code that opens something: previews show its sample, never what somebody was sent. */
  secret: z.boolean().default(false),
  /** `time`: an hour as people read it, and nothing else. */
  form: z.enum(["text", "time"]).default("text"),
});
export type TemplateVariable = z.output<typeof variable>;

export const declarationSchema = z
  .strictObject({
    version: z.int().min(1).max(10_000),
    purpose: z.enum(MESSAGE_PURPOSE_NAMES),
    /** When it is sent, for whoever reads the list. */
    about: z.string().min(1).max(200),
    variables: z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,40}$/), variable).default({}),
    /**
     * One person may send it at once, when two approved it beforehand: what is filled in are hours, beside the homes that a message
     * names by itself.
     */
    emergency: z.boolean().default(false),
    /** The most messages that it may be charged as, with the longest values. */
    segments: z
      .strictObject({ "zh-CN": z.int().min(1).max(8), en: z.int().min(1).max(8) })
      .default({ "zh-CN": 1, en: 3 }),
    /** Hosts that a link in the fixed words may name. */
    links: z.array(z.string().regex(/^[a-z0-9.-]+$/)).default([]),
  })
  .readonly();

const SPOKEN_TIME = /^(?:\d{1,2}月\d{1,2}日)?\d{1,2}:\d{2}$|^\d{1,2}:\d{2} on \d{1,2} [A-Z][a-z]{2,8}$/;

/** `19:30`, `1月20日19:30`, `19:30 on 20 January`. */
export const isSpokenTime = (value: string): boolean => SPOKEN_TIME.test(value);

export type TemplateDeclaration = z.output<typeof declarationSchema>;
