/** Whoever acts and is no person is said in words of both languages, wherever an actor is shown. */
import { expect, test } from "vitest";
import { ACTORS, actorName, actorText } from "../../web/src/words/actors.ts";
import { production, read, withoutComments } from "./sources.ts";

const sources = production.map(({ name, text }) => ({ name, text: withoutComments(text) }));

/** `systemActor("routing")`; and an actor written out, with its name. */
const NAMED =
  /\bsystemActor\(\s*"([^"]+)"|\bkind: "(?:system|machine|household|cli)",(?:\s*\w+: [^,{}]+,)*?\s*name: "([^"]+)"/g;
/** Names that are made of another: each with those that come of it. */
const MADE: Readonly<Record<string, readonly string[]>> = {
  "src/platform/telephony/outgoing-routes.ts message.provider": ["twilio-voice", "pbx"],
  "src/messages/messaging/receive-sms.ts `sms-${sms.provider}`": ["sms-twilio", "sms-gateway"],
  // Said as the system, whichever it is.
  "src/platform/outbox-handling.ts `subscriber:${subscriber.name}`": [],
  "src/platform/outbox-batches.ts `subscriber:${name}`": [],
};

test("every actor that the program writes has its words, and no other", () => {
  const written = new Set(
    sources.flatMap(({ text }) => [...text.matchAll(NAMED)].map(([, one, other]) => one ?? other ?? "")),
  );
  expect(written.size).toBeGreaterThan(25);
  const made = sources.flatMap(({ name, text }) =>
    [...text.matchAll(/\bsystemActor\(\s*(?!"|name: string)([^)]+)\)/g)].map(
      ([, how = ""]) => `${name} ${how}`,
    ),
  );
  expect(made.toSorted()).toEqual(Object.keys(MADE).toSorted());
  const all = [...new Set([...written, ...Object.values(MADE).flat()])].toSorted();
  expect(Object.keys(ACTORS).toSorted()).toEqual(all);
});

test("each in its own letters, no two alike, and found again by its words", () => {
  for (const [name, [chinese, english]] of Object.entries(ACTORS)) {
    expect(chinese).toMatch(/\p{Script=Han}/u);
    expect(english).toMatch(/^[\x20-\x7e]+$/);
    expect([chinese, english].map(actorName)).toEqual([name, name]);
  }
  expect(actorText("subscriber:route-ticket", "zh-CN")).toBe("系统");
  expect(actorText("cli:root", "en")).toBe("Command line · root");
  expect(actorText("zhang.wei", "zh-CN")).toBe("zhang.wei");
});

test("no page shows an actor's name but by these words", () => {
  const BARE = /(?<!=)\{(?:row|entry|one|data|file|message|standing)\.(?:by|actorName|actor)\}/;
  const bare = read("web/src/screens/**/*.tsx").filter(({ text }) => BARE.test(text));
  expect(bare.map(({ name }) => name)).toEqual([]);
});
