import { afterAll, expect, test, vi } from "vitest";

afterAll(() => void vi.unstubAllGlobals());

test("who reported at the household's page is said in words, anybody with a name by the name", async () => {
  vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
  vi.stubGlobal("document", { documentElement: {} });
  vi.stubGlobal("navigator", { language: "zh-CN" });
  const { whoText } = await import("./who.tsx");
  const { chooseLanguage } = await import("#web/words/words.ts");
  // Another test of this process may have left English.
  chooseLanguage("zh-CN");
  expect([whoText("household", null), whoText("wang", "王小暖"), whoText("cli:setup", null)]).toEqual([
    "用户本人",
    "王小暖",
    "命令行 · setup",
  ]);
  chooseLanguage("en");
  expect(whoText("household", null)).toBe("The household");
});
