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
  if (typeof value !== "string") return String(value);
  return /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (sign) => escapes[sign] ?? sign) : value;
};

const CHUNK_CHARACTERS = 64 * 1024;

/** The rows of one table as bytes, which burden the collector of garbage less than millions of short texts. */
class TableRows {
  readonly #chunks: Buffer[] = [];
  #text = "";

  add(line: string): void {
    this.#text += line;
    if (this.#text.length >= CHUNK_CHARACTERS) this.#cut();
  }

  take(): readonly Buffer[] {
    if (this.#text !== "") this.#cut();
    return this.#chunks;
  }

  #cut(): void {
    this.#chunks.push(Buffer.from(this.#text));
    this.#text = "";
  }
}

export class CopyRows {
  readonly #tables: CopyTables;
  #rows: Map<string, TableRows>;
  #sending: Promise<void> | null = null;

  constructor(tables: CopyTables) {
    this.#tables = tables;
    this.#rows = this.#empty();
  }

  add(table: string, ...values: readonly CopyValue[]): void {
    let line = "";
    for (const value of values) line += line === "" ? copyText(value) : `\t${copyText(value)}`;
    must(this.#rows.get(table), `table ${table}`).add(`${line}\n`);
  }

  /**
   * Begins to send what waits, in the order of the tables, once what was sent before is through; rows may be added
   * meanwhile. The caller's transaction makes it all or nothing.
   */
  async send(client: pg.ClientBase): Promise<void> {
    await this.sent();
    const rows = this.#rows;
    this.#rows = this.#empty();
    const sending = this.#copy(client, rows);
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

  #empty(): Map<string, TableRows> {
    return new Map(Object.keys(this.#tables).map((table) => [table, new TableRows()]));
  }

  async #copy(client: pg.ClientBase, all: ReadonlyMap<string, TableRows>): Promise<void> {
    for (const [table, rows] of all) {
      const chunks = rows.take();
      if (chunks.length === 0) continue;
      const columns = must(this.#tables[table], `table ${table}`);
      const stream = client.query(copyFrom(`copy ${table} (${columns.join(", ")}) from stdin`));
      await pipeline(Readable.from(chunks), stream);
    }
  }
}
