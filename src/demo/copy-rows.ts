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
  #lines: Map<string, string[]>;
  #sending: Promise<void> | null = null;

  constructor(tables: CopyTables) {
    this.#tables = tables;
    this.#lines = this.#empty();
  }

  add(table: string, ...values: readonly CopyValue[]): void {
    let line = "";
    for (const value of values) line += line === "" ? copyText(value) : `\t${copyText(value)}`;
    must(this.#lines.get(table), `table ${table}`).push(`${line}\n`);
  }

  /**
   * Begins to send what waits, in the order of the tables, once what was sent before is through; rows may be added
   * meanwhile. The caller's transaction makes it all or nothing.
   */
  async send(client: pg.ClientBase): Promise<void> {
    await this.sent();
    const lines = this.#lines;
    this.#lines = this.#empty();
    const sending = this.#copy(client, lines);
    // Whoever waits for it next is told; until then a failure must not count as unhandled.
    sending.catch(() => undefined);
    this.#sending = sending;
  }

  /** Waits until everything that was sent is through. @throws what the server refused */
  async sent(): Promise<void> {
    await this.#sending;
    this.#sending = null;
  }

  /** Lets the bytes of a send in flight out, so that both sides work. */
  async yieldToSending(): Promise<void> {
    if (this.#sending !== null) await new Promise((resolve) => setImmediate(resolve));
  }

  #empty(): Map<string, string[]> {
    return new Map(Object.keys(this.#tables).map((table) => [table, []]));
  }

  async #copy(client: pg.ClientBase, all: ReadonlyMap<string, readonly string[]>): Promise<void> {
    for (const [table, lines] of all) {
      if (lines.length === 0) continue;
      const columns = must(this.#tables[table], `table ${table}`);
      const stream = client.query(copyFrom(`copy ${table} (${columns.join(", ")}) from stdin`));
      await pipeline(Readable.from(chunksOf(lines)), stream);
    }
  }
}
