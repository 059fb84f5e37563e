/** The lint, rule by rule; and every template of the house held to it. */
import { describe, expect, test } from "vitest";
import { STOPPED_PURPOSES } from "../purposes.ts";
import { declarationSchema, type TemplateDeclaration } from "./declaration.ts";
import { lintAllTemplates, lintOtherWords } from "./lint-all.ts";
import { checkSignature, lintTemplate } from "./lint-template.ts";
import { readWords } from "./used-variables.ts";

const SETTINGS = { signature: "暖阳供热", segmentMilliFen: 4500n };

type Written = {
  readonly words: string;
  readonly channel?: "sms" | "email" | "voice";
  readonly purpose?: TemplateDeclaration["purpose"];
  readonly variables?: Readonly<Record<string, { sample: string; longest: number; optional?: boolean }>>;
  readonly segments?: { "zh-CN": number; en: number };
  readonly links?: readonly string[];
};

const lint = ({ words, channel = "sms", purpose = "service-notice", ...more }: Written) =>
  lintTemplate(
    {
      channel,
      name: "tried",
      locale: "zh-CN",
      words,
      digest: "0".repeat(64),
      declaration: declarationSchema.parse({ version: 1, purpose, about: "tried", ...more }),
    },
    SETTINGS,
  );
const rules = (written: Written): string[] =>
  lint(written).findings.map(({ rule, level }) => `${level} ${rule}`);

const amount = { amount: { sample: "2052.00", longest: 12 } };

describe("the house's own templates", () => {
  test("have no errors, in both languages", () => {
    const found = lintAllTemplates(SETTINGS).flatMap(({ channel, locale, name, findings }) =>
      findings
        .filter(({ level }) => level === "error")
        .map(({ rule, text }) => `${channel}/${locale}/${name}: ${rule}: ${text}`),
    );
    expect(found).toEqual([]);
    expect(lintOtherWords()).toEqual([]);
  });

  test("with the longest signature as well", () => {
    const found = lintAllTemplates({ ...SETTINGS, signature: "暖阳供热客服中心" }).flatMap(({ findings }) =>
      findings.filter(({ level }) => level === "error"),
    );
    expect(found).toEqual([]);
  });
});

describe("the lint finds", () => {
  test.each<[string, string, Written]>([
    ["a good text", "", { words: "您的房屋明日试压，请留人在家。" }],
    ["brackets of a signature", "error signature-in-text", { words: "【暖阳】明日试压" }],
    ["催缴", "error banned-word", { words: "催缴热费" }],
    ["催费", "error banned-word", { words: "本月催费通知" }],
    ["催告 in a text message", "error banned-word", { words: "催告通知" }],
    ["催告 in a letter", "", { channel: "email", words: "Subject: 催告函\n\n依法催告" }],
    ["a threat", "error banned-word", { words: "否则将停止供热" }],
    ["a threat of law", "error banned-word", { words: "我们将起诉" }],
    ["a lottery", "error banned-word", { words: "缴费抽奖" }],
    ["an offer of invoices", "error banned-word", { words: "代开票据" }],
    ["arrears", "error banned-word", { words: "您已欠费" }],
    ["debt collection in English", "error banned-word", { words: "Final warning: pay your debt" }],
    [
      "a reminder that does not say what it is",
      "error no-payment-notice",
      { purpose: "payment-notice", words: "您应缴热费{{amount}}元，请及时缴纳", variables: amount },
    ],
    [
      "a payment notice",
      "",
      {
        purpose: "payment-notice",
        words: "缴费通知：本季热费{{amount}}元，请于10日前缴纳",
        variables: amount,
      },
    ],
    ["a yen sign", "error forbidden-character", { words: "热费¥100" }],
    ["a picture", "error forbidden-character", { words: "供热啦😀" }],
    ["a new line", "error forbidden-character", { words: "第一行\n第二行" }],
    ["what nobody sees", "error forbidden-character", { words: "热\u200b费" }],
    ["a rare character", "warning rare-character", { words: "𠮷祥苑明日试压" }],
    ["a link", "error link", { words: "详见 https://heat.example.com/a" }],
    ["a declared link", "", { words: "详见 https://heat.example.com/a", links: ["heat.example.com"] }],
    ["a shortener, declared or not", "error link", { words: "详见 t.cn/abc", links: ["t.cn"] }],
    ["a bare host", "error link", { words: "登录 pay.heat.com 缴费" }],
    [
      "a number as a value",
      "error number-in-value",
      { words: "联系{{tel}}询问", variables: { tel: { sample: "13812348000", longest: 11 } } },
    ],
    [
      "a link as a value",
      "error number-in-value",
      { words: "见{{at}}办理", variables: { at: { sample: "https://a.cn", longest: 30 } } },
    ],
    ["two segments where one is declared", "error too-many-segments", { words: "热".repeat(65) }],
    ["exactly one", "", { words: "热".repeat(64) }],
    [
      "the longest value, not the sample",
      "error too-many-segments",
      { words: `${"热".repeat(60)}{{n}}号`, variables: { n: { sample: "1", longest: 4 } } },
    ],
    [
      "more than carriers take",
      "error too-long",
      { words: "热".repeat(501), segments: { "zh-CN": 7, en: 7 } },
    ],
    ["marketing without a way out", "error no-way-to-stop", { purpose: "greeting", words: "祝您新年快乐" }],
    ["marketing with one", "", { purpose: "greeting", words: "祝您新年快乐，退订回T 退订" }],
    ["an undeclared variable", "error undeclared-variable", { words: "您好{{name}}先生" }],
    ["an unused one", "error unused-variable", { words: "您好", variables: amount }],
    ["three braces", "error strange-syntax", { words: "热费{{{amount}}}元", variables: amount }],
    ["a partial", "error strange-syntax", { words: "热费{{> other}}" }],
    ["a path", "error strange-syntax", { words: "热费{{a.b}}元" }],
    ["a helper", "error strange-syntax,error undeclared-variable", { words: "{{#each list}}热{{/each}}" }],
    [
      "a helper beside a name",
      "error strange-syntax",
      { words: "热费{{amount as=(lookup this 'constructor')}}元", variables: amount },
    ],
    [
      "a name of its own in a block",
      "error strange-syntax",
      { words: "{{#if amount as |x|}}热费{{amount}}元{{/if}}", variables: amount },
    ],
    ["a decorator", "error strange-syntax", { words: "{{*inline}}热费{{amount}}元", variables: amount }],
    ["markup", "error markup", { words: "<b>热费</b>已收到" }],
    ["full-width braces", "error strange-syntax", { words: "热费｛｛amount｝｝元" }],
    ["unreadable words", "error unreadable", { words: "热费{{#if a}}" }],
    [
      "a sample that is too long",
      "error too-long",
      { words: "共{{n}}户", variables: { n: { sample: "12345", longest: 4 } } },
    ],
    [
      "adjacent variables",
      "warning provider-variables",
      {
        words: "共{{a}}{{b}}户",
        variables: { a: { sample: "1", longest: 2 }, b: { sample: "2", longest: 2 } },
      },
    ],
    [
      "a whole body",
      "warning provider-variables",
      { words: "{{a}}。", variables: { a: { sample: "1", longest: 20 } } },
    ],
    ["a mail without a subject", "error unreadable", { channel: "email", words: "您好" }],
    ["a mail with an empty subject", "error subject", { channel: "email", words: "Subject: \n\n您好" }],
    ["a mail", "", { channel: "email", words: "Subject: 缴费通知\n\n您好\n第二行 ¥100" }],
    ["催 in a mail", "error banned-word", { channel: "email", words: "Subject: 催缴\n\n您好" }],
    ["a mail may name the law", "", { channel: "email", words: "Subject: 告知\n\n可依法提起诉讼" }],
    ["a sentence that nobody keeps in mind", "error sentence", { channel: "voice", words: "热".repeat(121) }],
    ["sentences", "", { channel: "voice", words: "第一句。\n第二句。" }],
  ])("%s: %s", (_, expected, written) => {
    expect(rules(written).toSorted().join(",")).toBe(expected);
  });

  test("length and cost with signature and longest values", () => {
    const report = lint({ words: "缴费通知：热费{{amount}}元", variables: amount });
    expect(report).toMatchObject({
      usual: { units: 6 + 8 + 7, segments: 1 },
      most: { units: 6 + 8 + 12, segments: 1 },
      costMilliFen: 4500n,
    });
  });

  test("what STOP ends says how to stop", () => {
    for (const purpose of STOPPED_PURPOSES)
      expect(rules({ purpose, words: "您好" })).toEqual(["error no-way-to-stop"]);
  });
});

test("words are read from their tree", () => {
  expect(readWords("{{#if back}}预计{{back}}{{else}}待定{{/if}}，{{title}}")).toEqual({
    variables: ["back", "title"],
    adjacent: false,
    wholeBody: false,
    strange: [],
    fixed: "预计 待定 ，",
  });
});

test.each(["暖阳供热", "暖阳", "Nuanyang", "暖阳1号"])("the signature %s may be registered", (signature) => {
  expect(() => checkSignature(signature)).not.toThrow();
});
test.each(["暖", "【暖阳】", "暖阳-供热", "暖阳供热客服中心部", "", "暖 阳"])(
  "the signature %j may not",
  (signature) => {
    expect(() => checkSignature(signature)).toThrow("a signature is 2 to 8 letters");
  },
);
