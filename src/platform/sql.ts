/**
 * SQL as the rooms write it: lower-case text with `:name` bindings, run as a prepared statement.
 * `pg` parsers are set here once: int8 is a bigint, date stays text (the default would move a Shanghai date by a day),
 * timestamptz a Date, numeric text.
 */
import { createHash } from "node:crypto";
import pg from "pg";
import { assert } from "#src/kernel/errors.ts";

pg.types.setTypeParser(pg.types.builtins.INT8, (text) => BigInt(text));
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(pg.types.builtins.NUMERIC, (text) => text);
// int8[] and date[]
pg.types.setTypeParser(1016 as number, (text: string) =>
  text === "{}" ? [] : text.slice(1, -1).split(",").map(BigInt),
);
pg.types.setTypeParser(1182 as number, (text: string) => (text === "{}" ? [] : text.slice(1, -1).split(",")));

export type Bindings = Readonly<Record<string, unknown>>;

type Compiled = {
  readonly name: string;
  readonly text: string;
  readonly order: readonly string[];
  /** Commits without waiting for the disk: only alone. */
  readonly unawaited: boolean;
};

/**
 * A condition that is always true, for a statement that is a transaction by itself: its commit does not wait for the disk. Only where
 * a crash of the server that takes it back costs nothing, because whoever did it does it again. Inside a transaction it would
 * take the disk from all of it, so there it is a defect.
 */
export const UNAWAITED = `(select set_config('synchronous_commit', 'off', true)) = 'off'`;

const compiledByText = new Map<string, Compiled>();

/**
 * Turns `:name` into `$n`, leaving `::casts`, quoted text and `:=` alone. Compiled once per text.
 * Dynamic SQL (search filters) passes a name of null, so that rare shapes do not fill the server's statement cache.
 */
const compile = (text: string): Compiled => {
  const known = compiledByText.get(text);
  if (known !== undefined) return known;
  const order: string[] = [];
  const out = text.replace(
    /'(?:[^']|'')*'|--[^\n]*|::|:=|:([a-z][A-Za-z0-9]*)/g,
    (match, name: string | undefined) => {
      if (name === undefined) return match;
      let index = order.indexOf(name);
      if (index < 0) index = order.push(name) - 1;
      return `$${index + 1}`;
    },
  );
  const name = `s${createHash("sha256").update(out).digest("hex").slice(0, 24)}`;
  const compiled = { name, text: out, order, unawaited: text.includes(UNAWAITED) };
  compiledByText.set(text, compiled);
  return compiled;
};

const valuesOf = (compiled: Compiled, bindings: Bindings): unknown[] =>
  compiled.order.map((name) => {
    if (!(name in bindings)) assert(false, `binding :${name} of "${compiled.text.slice(0, 60)}"`);
    const value = bindings[name];
    return value === undefined ? null : value;
  });

/** What a room's queries are given: one connection, inside or outside a transaction. */
export type Sql = {
  /** All rows. The row type is the caller's promise; columns are listed in the statement. */
  rows<Row>(text: string, bindings?: Bindings): Promise<Row[]>;
  /** The one row, or null. More than one is a defect. */
  maybeOne<Row>(text: string, bindings?: Bindings): Promise<Row | null>;
  /** Exactly one row; none is a defect (use `maybeOne` where absence is an answer). */
  one<Row>(text: string, bindings?: Bindings): Promise<Row>;
  /** Runs and answers how many rows were changed. */
  run(text: string, bindings?: Bindings): Promise<number>;
};

/** Anything that runs a pg query: a client or a pool. */
export type Queryable = {
  query(config: {
    name?: string;
    text: string;
    values?: unknown[];
  }): Promise<{ rows: unknown[]; rowCount: number | null; command: string }>;
};

/** @param alone whether each statement is a transaction by itself */
export const sqlOn = (connection: Queryable, alone: boolean): Sql => {
  const execute = (text: string, bindings: Bindings) => {
    const compiled = compile(text);
    if (compiled.unawaited) assert(alone, `"${compiled.text.trim().slice(0, 60)}" runs by itself`);
    return connection.query({
      name: compiled.name,
      text: compiled.text,
      values: valuesOf(compiled, bindings),
    });
  };
  const rows = async <Row>(text: string, bindings: Bindings = {}): Promise<Row[]> =>
    (await execute(text, bindings)).rows as Row[];
  const maybeOne = async <Row>(text: string, bindings: Bindings = {}): Promise<Row | null> => {
    const found = await rows<Row>(text, bindings);
    assert(found.length <= 1, `one row at most from "${text.trim().slice(0, 60)}", got ${found.length}`);
    return found[0] ?? null;
  };
  return {
    rows,
    maybeOne,
    one: async <Row>(text: string, bindings: Bindings = {}): Promise<Row> => {
      const found = await maybeOne<Row>(text, bindings);
      assert(found !== null, `a row from "${text.trim().slice(0, 60)}"`);
      return found;
    },
    run: async (text, bindings = {}) => (await execute(text, bindings)).rowCount ?? 0,
  };
};
