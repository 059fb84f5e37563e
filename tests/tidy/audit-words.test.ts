/** What the audit says stands on its page in words: each action, each kind of thing, each name that a command writes down of it. */
import { expect, test } from "vitest";
import { ACTIONS } from "#src/platform/actions.ts";
import { SUBSCRIBERS } from "#workers/subscribers.ts";
import * as page from "../../web/src/words/actions.ts";
import { CODES_OF_DEEDS } from "../../web/src/words/codes-of-deeds.ts";
import { deedWord } from "../../web/src/words/fields-of-deeds.ts";
import { THINGS } from "../../web/src/words/things.ts";
import { production, read, withoutComments } from "./sources.ts";

const sources = production
  .filter(({ name }) => name !== "src/platform/actions.ts")
  .map(({ name, text }) => ({ name, text: withoutComments(text) }));

test("every action that the code may write has words in both languages, and no other", () => {
  const written = [...ACTIONS, ...SUBSCRIBERS.map(({ name }) => `event:${name}`)];
  expect({
    missing: written.filter((action) => page.ACTIONS[action] === undefined),
    idle: Object.keys(page.ACTIONS).filter((action) => !written.includes(action)),
  }).toEqual({ missing: [], idle: [] });
});

test("every declared action is done somewhere", () => {
  const all = sources.map(({ text }) => text).join("\n");
  const idle = ACTIONS.filter((action) => {
    const [kind = "", verb = ""] = action.split(".");
    // `notice.${verb}`: the kind stands in a template, and the verb is given to it.
    return (
      !all.includes(`"${action}"`) &&
      !sources.some(({ text }) => text.includes(`\`${kind}.\${`) && text.includes(`"${verb}"`)) &&
      !all.includes(`'${action}'`)
    );
  });
  expect(idle).toEqual([]);
});

test("what tests call theirs is done nowhere else", () => {
  const REHEARSED =
    /\b(?:name|command): "(?:t|test|bench|faults)"|"(?:test|faults)\.[a-z-]+"|`event:\$\{(?!(?:subscriber\.)?name\})/;
  expect(sources.filter(({ text }) => REHEARSED.test(text)).map(({ name }) => name)).toEqual([]);
});

test("both languages say it shortly, each in its own letters", () => {
  const wrong = Object.entries({ ...page.ACTIONS, ...THINGS }).filter(
    ([, [chinese, english]]) =>
      !/\p{Script=Han}/u.test(chinese) || !/^[\x20-\x7e]+$/.test(english) || chinese.length > 20,
  );
  expect(wrong).toEqual([]);
  // The choice finds an action by its words: no two may look the same.
  for (const pairs of [page.ACTIONS, THINGS]) {
    for (const place of [0, 1] as const) {
      const words = Object.values(pairs).map((pair) => pair[place].toLowerCase());
      expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([]);
    }
  }
});

/** What stands before the colon, where a subject is written: `subject: \`ticket:${id}\``. */
const KINDS =
  /[sS]ubject(?:Of\w*)?\s*[:=][^\n;]*?[`"]([a-z][a-z-]*):|(?:regardingOf|sourceOf)\w* = [^;]*?[`"]([a-z][a-z-]*):/g;

test("every kind of thing has words", () => {
  const kinds = new Set(
    sources.flatMap(({ text }) => [...text.matchAll(KINDS)].map(([, one, other]) => one ?? other ?? "")),
  );
  expect(kinds.size).toBeGreaterThan(80);
  expect([...kinds].filter((kind) => THINGS[kind] === undefined)).toEqual([]);
});

/** From an opening bracket to the one that closes it. */
const bracketed = (text: string, from: number): string => {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if ("({[".includes(text.charAt(at))) depth += 1;
    if (")}]".includes(text.charAt(at))) depth -= 1;
    if (depth === 0) return text.slice(from, at + 1);
  }
  return text.slice(from);
};
const NAMES = /[{,]\s*(?:"([\w.-]+)"|([A-Za-z_]\w*))\s*(?=[:,}])/g;

test("every name that a command writes down has a Chinese word", () => {
  const names = new Map<string, string>();
  for (const { name: file, text } of sources) {
    for (const { index } of text.matchAll(/\baudit\(/g)) {
      const entry = bracketed(text, text.indexOf("(", index));
      const at = entry.search(/\bdetails:\s*\{/);
      if (at === -1) continue;
      const details = bracketed(entry, entry.indexOf("{", at));
      for (const [, quoted, plain] of details.matchAll(NAMES)) names.set(quoted ?? plain ?? "", file);
    }
  }
  expect(names.size).toBeGreaterThan(250);
  expect([...names].filter(([name]) => deedWord(name) === undefined)).toEqual([]);
});

test("what was typed of a thing is found by its words or its code", () => {
  expect(page.subjectCode("工单 17", "zh-CN")).toBe("ticket:17");
  expect(page.subjectCode("bank day icbc:2026-11-20", "en")).toBe("bank-day:icbc:2026-11-20");
  expect(page.subjectCode("公司", "zh-CN")).toBe("company");
  expect(page.subjectCode("ticket：17", "zh-CN")).toBe("ticket:17");
  const subjects = Object.keys(THINGS).flatMap((kind) => [kind, `${kind}:1`]);
  for (const spoken of ["zh-CN", "en"] as const) {
    expect(subjects.map((one) => page.subjectCode(page.subjectText(one, spoken), spoken))).toEqual(subjects);
  }
});

test("a subject is said with its number, and what nobody knows yet stands for itself", () => {
  expect(page.subjectText("ticket:17", "zh-CN")).toBe("工单 17");
  expect(page.subjectText("bank-day:icbc:2026-11-20", "en")).toBe("Bank day icbc:2026-11-20");
  expect(page.subjectText("company", "zh-CN")).toBe("公司");
  expect(page.subjectText("of-tomorrow:1", "zh-CN")).toBe("of-tomorrow:1");
  expect(page.actionText("of.tomorrow", "zh-CN")).toBe("of.tomorrow");
  expect(page.actionText("ticket.open", "en")).toBe("Open a case");
});

/** Where the words of these codes stand on screens. */
const ON_SCREENS: Readonly<Record<string, readonly [file: string, prefix: string]>> = {
  approval: ["finance/words-work", "state"],
  "approval-kind": ["finance/words-{work,approval}", "kind"],
  "bank-draft": ["finance/words-bank", "draft"],
  "break-class": ["finance/words-work", "class"],
  "break-resolution": ["finance/words-work", "resolution"],
  entry: ["service/words-ticket", "kind"],
  export: ["exports/words", "state"],
  notice: ["notices/words", "state"],
  "pressure-kind": ["pressure-tests/words", "kind"],
  "pressure-test": ["pressure-tests/words", "state"],
  suspense: ["finance/words-work", "suspense"],
};

/** What a password was asked for: the audit alone says it. */
const ON_NO_SCREEN = ["proof"];

test("a code of a deed is said as the screen of its area says it", () => {
  const differs = Object.entries(CODES_OF_DEEDS).filter(([key, words]) => {
    const [table = "", ...value] = key.split(".");
    if (ON_NO_SCREEN.includes(table)) return false;
    const [file, prefix] = ON_SCREENS[table] ?? ["", ""];
    const text = read(`web/src/screens/${file}.ts`)
      .map((source) => source.text)
      .join("\n")
      .replaceAll(/:\s+"/g, ': "');
    return words.some((word) => !text.includes(`"${prefix}.${value.join(".")}": "${word}"`));
  });
  expect(differs).toEqual([]);
});
