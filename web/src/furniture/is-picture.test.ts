import { expect, it } from "vitest";
import { isPicture } from "./is-picture.ts";

const bytes = (text: string): Blob => new Blob([Uint8Array.from(text, (one) => one.codePointAt(0) ?? 0)]);

it.each([
  ["\u00ff\u00d8\u00ff\u00e0..", true],
  ["\u0089PNG\r\n\u001a\n", true],
  ["RIFF....WEBPVP8 ", true],
  ["\0\0\0\u0018ftypheic", true],
  ["\0\0\0\u0018ftypmp42", false],
  ["RIFF....WAVEfmt ", false],
  ["%PDF-1.7", false],
  ["only words", false],
  ["", false],
])("%j is a picture: %s", async (text, is) => {
  expect(await isPicture(bytes(text))).toBe(is);
});
