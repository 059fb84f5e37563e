/** Rows that wait for their COPY, table by table; one flush sends them all. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { must } from "#src/kernel/errors.ts";

export type CopyValue = string | number | bigint | boolean | null;

/** Columns of each table in the order in which rows give them; tables in the order of their references. */
export type CopyTables = Readonly<Record<string, readonly string[]>>;

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

const copyText = (value: CopyValue): string => {
  if (value === null) return "\\N";
  if (typeof value === "boolean") return value ? "t" : "f";
  const text = String(value);
  return /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (sign) => escapes[sign] ?? sign) : text;
};

const CHUNK_CHARACTERS = 64 * 1024;

function* chunksOf(lines: readonly string[]): Generator<Buffer> {
  let text = "";
  for (const line of lines) {
    text += line;
    if (text.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(text);
    text = "";
  }
  if (text !== "") yield Buffer.from(text);
}

export class CopyRows {
  readonly #tables: CopyTables;
  readonly #lines: Map<string, string[]>;

  constructor(tables: CopyTables) {
    this.#tables = tables;
    this.#lines = new Map(Object.keys(tables).map((table) => [table, []]));
  }

  add(table: string, ...values: readonly CopyValue[]): void {
    must(this.#lines.get(table), `table ${table}`).push(`${values.map(copyText).join("\t")}\n`);
  }

  /** Sends what waits, in the order of the tables. The caller's transaction makes it all or nothing. */
  async flush(client: pg.ClientBase): Promise<void> {
    for (const [table, lines] of this.#lines) {
      if (lines.length === 0) continue;
      const columns = must(this.#tables[table], `table ${table}`);
      const stream = client.query(copyFrom(`copy ${table} (${columns.join(", ")}) from stdin`));
      await pipeline(Readable.from(chunksOf(lines)), stream);
      lines.length = 0;
    }
  }
}
