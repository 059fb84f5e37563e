import { describe, expect, test } from "vitest";
import { checkWords, isMenuWord, MENU_WORDS, phraseText, standardWords, VOICE_LANGUAGES } from "./words.ts";

describe.each(VOICE_LANGUAGES)("the standard sentences in %s", (language) => {
  test("are all there and name only what they are given", () => {
    const words = standardWords(language);
    for (const [word, text] of Object.entries(words)) {
      expect(isMenuWord(word)).toBe(true);
      expect(() => {
        if (isMenuWord(word)) checkWords(word, text);
      }, `${word}: ${text}`).not.toThrow();
    }
  });

  test("say every value that they are given", () => {
    for (const [word, names] of Object.entries(MENU_WORDS)) {
      const values = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
      const said = isMenuWord(word)
        ? phraseText({ word, values }, { language, changed: new Map() })
        : "no such word";
      for (const name of names) expect([word, said]).toEqual([word, expect.stringContaining(`<${name}>`)]);
    }
  });
});

describe("a sentence that a supervisor writes", () => {
  test.each([
    ["ask-account", "请输入户号。"],
    ["owed", "{{account}} 应缴 {{ amount }}"],
  ] as const)("%s may be %s", (word, text) => {
    expect(() => {
      checkWords(word, text);
    }).not.toThrow();
  });

  test.each([
    ["ask-account", "{{amount}}"],
    ["owed", "{{phone}}"],
    ["owed", "{{{account}}}"],
    ["owed", "{{#if account}}x{{/if}}"],
    ["owed", "{{> gather}}"],
    ["owed", "{{lookup account 'constructor'}}"],
    ["owed", "应缴{"],
  ] as const)("%s may not be %s", (word, text) => {
    expect(() => {
      checkWords(word, text);
    }).toThrow(expect.objectContaining({ code: "menu.text-refused" }));
  });

  test("goes before the standard, and a broken one falls back to it", () => {
    const changed = new Map([
      ["goodbye", "再会。"],
      ["silence", "{{gone}}"],
    ]);
    const wording = { language: "zh-CN", changed } as const;
    expect(phraseText({ word: "goodbye" }, wording)).toBe("再会。");
    expect(phraseText({ word: "silence" }, wording)).toBe(standardWords("zh-CN").silence);
  });
});
