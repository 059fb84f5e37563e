import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { acknowledgeTwiml, speakable, twimlOf } from "./twiml.ts";

const addresses = { action: "https://heat.example.com/a?x=1&y=2", queueAction: "https://heat.example.com/q" };

type Element = { readonly name: string; readonly attributes: Readonly<Record<string, string>>; text: string };

/** Every element with its attributes and text; throws when it is not well-formed. */
const read = (xml: string): Element[] => {
  const elements: Element[] = [];
  const open: Element[] = [];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element = { name, attributes: { ...attributes }, text: "" };
    elements.push(element);
    open.push(element);
  });
  parser.on("closetag", () => void open.pop());
  parser.on("text", (text) => {
    const last = open.at(-1);
    if (last !== undefined) last.text += text;
  });
  parser.write(xml).close();
  return elements;
};

const NASTY = `a<b>&"c"'d' </Say><Hangup/> {{x}} \u0000\u0008\ud800 𠮷 元`;

describe("a reply as TwiML", () => {
  test.each(["zh-CN", "en"] as const)(
    "in %s says exactly its sentences, whatever they have in them",
    (language) => {
      const elements = read(
        twimlOf(
          {
            kind: "gather",
            language,
            say: [NASTY, "二"],
            digits: 32,
            finishOnHash: true,
            timeoutSeconds: 8,
          },
          addresses,
        ),
      );
      const said = elements.filter(({ name }) => name === "Say");
      expect(said.map(({ text }) => text)).toEqual([`a<b>&"c"'d' </Say><Hangup/> {{x}}  𠮷 元`, "二"]);
      expect(said[0]?.attributes["language"]).toBe(language === "en" ? "en-US" : "cmn-CN");
      expect(elements.find(({ name }) => name === "Gather")?.attributes).toMatchObject({
        action: addresses.action,
        numDigits: "32",
        finishOnKey: "#",
        timeout: "8",
        actionOnEmptyResult: "true",
        input: "dtmf",
      });
      expect(elements.some(({ name }) => name === "Hangup")).toBe(false);
    },
  );

  test("leads to the agents' queue, or ends", () => {
    const agent = read(twimlOf({ kind: "agent", language: "zh-CN", say: [] }, addresses));
    expect(agent.find(({ name }) => name === "Enqueue")).toMatchObject({
      text: "nuan-hotline",
      attributes: { action: addresses.queueAction },
    });
    const end = read(twimlOf({ kind: "hang-up", language: "en", say: ["x"] }, addresses));
    expect(end.map(({ name }) => name)).toEqual(["Response", "Say", "Hangup"]);
  });

  test("asks for the key twice, or only delivers", () => {
    const order = { language: "zh-CN", words: ["抢修"], action: addresses.action } as const;
    const asked = read(acknowledgeTwiml({ ...order, expectedKey: "1" }));
    expect(asked.filter(({ name }) => name === "Gather")).toHaveLength(2);
    expect(asked.filter(({ text }) => text === "收到请按1。")).toHaveLength(2);
    const delivered = read(acknowledgeTwiml({ ...order, expectedKey: null }));
    expect(delivered.some(({ name }) => name === "Gather")).toBe(false);
    expect(delivered.filter(({ text }) => text === "抢修")).toHaveLength(2);
  });
});

test("what XML cannot hold is taken out, everything else stays", () => {
  expect(speakable("a\u0000\u000b\u001f\tb\ufffe\ud800c\u{20bb7}")).toBe("a\tbc\u{20bb7}");
});
