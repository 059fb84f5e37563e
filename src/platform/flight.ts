/**
 * A flight: the statements that a transaction sends in one turn of the event loop, in one packet with one Sync at its end. The
 * driver sends a Sync behind each statement; then the server answers each by a packet of its own, which wakes us each time, and
 * on a hot path that costs as much as the statements.
 *
 * Inside a transaction both ways mean the same: after an error nothing more is carried out. Here the server passes over the
 * rest of the flight, COMMIT too, and all of it fails with the first error. What succeeded is answered when all have.
 *
 * It stands on parts of the driver that its papers do not name, as they are in the version below; a test compares it with the one
 * that is installed, so that an upgrade reads this file again.
 */
import pg from "pg";
import type { Queryable } from "./sql.ts";

export const DRIVER_READ = "8.23.1";

type Statement = Parameters<Queryable["query"]>[0];
type Answer = Awaited<ReturnType<Queryable["query"]>>;

/** What the driver's connection keeps of the statements that it has prepared or is about to. */
type Connection = {
  readonly stream: { cork(): void; uncork(): void };
  readonly submittedNamedStatements: Record<string, string>;
  sync(): void;
  close(): void;
};

/** What the driver does with a query; its type declarations name a part of it. */
type Part = {
  readonly name: string | undefined;
  readonly text: string;
  prepare(connection: Connection): void;
  handleRowDescription(message: { fields: unknown[] }): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
  handleError(error: Error, connection: Connection): void;
  handleReadyForQuery(connection: Connection): void;
};

const nothing = { value: () => undefined };
/** The connection as a part sees it: what follows each statement is sent once, behind all. */
const withoutSync = (connection: Connection): Connection =>
  Object.create(connection, { sync: nothing, close: nothing }) as Connection;
/** The same for a statement whose columns are known. */
const withoutDescribe = (connection: Connection): Connection =>
  Object.create(connection, { sync: nothing, close: nothing, describe: nothing }) as Connection;

/**
 * What columns a named statement answers, null for none, as the server described them when it was first asked. A prepared statement
 * never changes them (the server refuses it when its tables did), so it is not asked again.
 */
const columnsByName = new Map<string, unknown[] | null>();

/** To the driver it is one query. It answers to the name of the part that the server is at. */
class Flight extends pg.Query {
  readonly #parts: readonly Part[];
  #at = 0;
  #sent = 0;

  constructor(parts: readonly Part[]) {
    super({ text: "" });
    this.#parts = parts;
    this.submit = (connection) => this.#send(connection as unknown as Connection);
  }

  get name(): string | undefined {
    return this.#part?.name;
  }
  // The driver's constructor writes both.
  set name(_: string | undefined) {}
  get text(): string | undefined {
    return this.#part?.text;
  }
  set text(_: string | undefined) {}

  // While the driver's constructor runs there are no parts yet.
  get #part(): Part | undefined {
    return #parts in this ? this.#parts[this.#at] : undefined;
  }

  #send(connection: Connection): null {
    const asking = withoutSync(connection);
    const knowing = withoutDescribe(connection);
    connection.stream.cork();
    try {
      for (const part of this.#parts) {
        let failed: Error | undefined;
        const { handleError } = part;
        part.handleError = (error) => void (failed = error);
        const columns = part.name === undefined ? undefined : columnsByName.get(part.name);
        part.prepare(columns === undefined ? asking : knowing);
        if (columns !== undefined && columns !== null) part.handleRowDescription({ fields: columns });
        part.handleError = handleError;
        // A value that cannot be written: it was not sent, and nothing behind it is.
        if (failed !== undefined) {
          this.#failFrom(this.#sent, failed, connection);
          break;
        }
        this.#sent += 1;
      }
      connection.sync();
    } finally {
      connection.stream.uncork();
    }
    return null;
  }

  #failFrom(first: number, error: Error, connection: Connection): void {
    for (const part of this.#parts.slice(first)) part.handleError(error, connection);
  }

  handleRowDescription(message: { fields: unknown[] }): void {
    const part = this.#part;
    if (part?.name !== undefined) columnsByName.set(part.name, message.fields);
    part?.handleRowDescription(message);
  }
  handleDataRow(message: unknown): void {
    this.#part?.handleDataRow(message);
  }
  handleCommandComplete(message: unknown, connection: Connection): void {
    const part = this.#part;
    if (part?.name !== undefined && !columnsByName.has(part.name)) columnsByName.set(part.name, null);
    part?.handleCommandComplete(message, connection);
    this.#at += 1;
  }
  handleEmptyQuery(): void {
    this.#at += 1;
  }

  /** The server passes over the rest; so what the rest would have prepared is not. */
  handleError(error: Error, connection: Connection): void {
    for (const { name } of this.#parts.slice(this.#at)) {
      if (name !== undefined) delete connection.submittedNamedStatements[name];
    }
    this.#answer(connection);
    this.#failFrom(this.#at, error, connection);
  }
  handleReadyForQuery(connection: Connection): void {
    this.#answer(connection);
  }

  #answer(connection: Connection): void {
    for (const part of this.#parts.slice(0, this.#at)) part.handleReadyForQuery(connection);
  }
}

const partOf = (statement: Statement, settle: (error: Error | undefined, answer: Answer) => void): Part =>
  new pg.Query(statement, settle) as unknown as Part;

/** Sends statements on a pipelining client in flights, read by the global type parsers. Nothing else may send on it beside. */
export const flightsOn = (client: Pick<pg.PoolClient, "query">): Queryable => {
  let boarding: Part[] = [];
  const depart = (): void => {
    const parts = boarding;
    boarding = [];
    client.query(new Flight(parts));
  };
  const board = (part: Part): void => {
    if (boarding.push(part) === 1) process.nextTick(depart);
  };
  return {
    query: async (statement) => {
      const answered = Promise.withResolvers<Answer>();
      board(
        partOf(statement, (error, answer) => {
          if (error === undefined || error === null) answered.resolve(answer);
          else answered.reject(error);
        }),
      );
      try {
        return await answered.promise;
      } catch (error) {
        // Its stack leads to the socket; this one leads to whoever asked.
        if (error instanceof Error) Error.captureStackTrace(error);
        throw error;
      }
    },
  };
};
