/** Which encoding an XML file declares. That is a declaration, not a guess: XML without one is UTF-8 by its standard. */
import { fail } from "#src/kernel/errors.ts";

const PEEK_BYTES = 256;

const KNOWN: Readonly<Record<string, string>> = {
  "utf-8": "utf-8",
  utf8: "utf-8",
  "us-ascii": "utf-8",
  ascii: "utf-8",
  gb18030: "gb18030",
  gbk: "gbk",
  gb2312: "gbk",
  "iso-8859-1": "latin1",
  latin1: "latin1",
  "iso-8859-15": "iso-8859-15",
  "windows-1252": "windows-1252",
  "windows-1250": "windows-1250",
  "iso-8859-2": "iso-8859-2",
};

async function* replay(
  first: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* first;
    for (;;) {
      const next = await rest.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}

/**
 * Looks at the first bytes and hands them back with the rest.
 * @throws DomainError `file.empty`; `file.encoding` for UTF-16 and for a name that is not known here.
 */
export const peekXmlEncoding = async (
  source: AsyncIterable<Uint8Array>,
): Promise<{ encoding: string; bytes: AsyncGenerator<Uint8Array> }> => {
  const iterator = source[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let length = 0;
  while (length < PEEK_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    const copy = Uint8Array.from(next.value);
    seen.push(copy);
    length += copy.length;
  }
  if (length === 0) fail("file.empty", "the file is empty", { remedy: "Fetch it again." });
  const start = Buffer.concat(seen).subarray(0, PEEK_BYTES);
  const head = start.toString("latin1");
  const declared = /^(?:\u00ef\u00bb\u00bf)?\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(
    head,
  )?.[1];
  const wide = start.includes(0);
  const encoding = wide ? undefined : KNOWN[(declared ?? "utf-8").toLowerCase()];
  if (encoding === undefined) {
    fail("file.encoding", `the XML is in ${wide ? "UTF-16 or binary" : declared}, which is not read here`, {
      row: 1,
      remedy: "Ask the bank for UTF-8.",
      facts: { byteOffset: 0 },
    });
  }
  return { encoding, bytes: replay(seen, iterator) };
};
