import { describe, expect, test } from "vitest";
import { idsIn, mentionedIds, ownMessageId, threadKeyOf } from "./message-ids.ts";

const KEY = "0b0e7a3e-7c55-4f0e-9c59-0f4a7f5d1c11";

/** In-Reply-To | References | what is mentioned, nearest first. */
const THREADS = `
<a@x>              |                      | a@x
                   | <a@x> <b@x>          | b@x a@x
<b@x>              | <a@x> <b@x>          | b@x a@x
<c@x>              | <a@x> <b@x>          | c@x b@x a@x
a@x                |                      | a@x
your mail of 3 May | <a@x>                | a@x
<a@x>(comment)     | <a@x>,<b@x>          | a@x b@x
<<a@x>>            |                      | a@x
                   |                      |
<not an id>        | nothing here         |
`
  .trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()));

describe("threading", () => {
  test.each(THREADS)("In-Reply-To %j and References %j mention %j", (inReplyTo, references, ids) => {
    expect(mentionedIds(inReplyTo ?? "", references ?? "").join(" ")).toBe(ids);
  });

  test("our own Message-ID is known by its key on any host", () => {
    const [id] = idsIn(ownMessageId(KEY, "heat.example.com"));
    expect(threadKeyOf(id ?? "")).toBe(KEY);
    expect(threadKeyOf(`nuan.${KEY}@elsewhere`)).toBe(KEY);
    expect(threadKeyOf(`nuan.${KEY.slice(1)}@elsewhere`)).toBeNull();
    expect(threadKeyOf(`x.nuan.${KEY}@elsewhere`)).toBeNull();
  });

  test("ten thousand references are bounded", () => {
    const references = Array.from({ length: 10_000 }, (_, n) => `<${n}@x>`).join(" ");
    expect(mentionedIds("<last@x>", references).length).toBeLessThanOrEqual(50);
  });
});
