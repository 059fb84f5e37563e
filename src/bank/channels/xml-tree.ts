/**
 * Strict XML in small pieces. `saxes` refuses what is not well-formed and never expands an entity of its own; a
 * document type declaration is refused outright. Elements that a reader names become small trees, handed over when
 * they close and then forgotten, so that memory does not grow with the file.
 */
import { SaxesParser } from "saxes";
import { DomainError, fail } from "#src/kernel/errors.ts";

export type XmlNode = {
  readonly name: string;
  readonly line: number;
  readonly currency: string | null;
  text: string;
  readonly children: XmlNode[];
};

export type XmlHandlers = {
  /** Every element outside of a piece, with its path length; return true to gather it as a piece. */
  readonly onOpen: (name: string, namespace: string, depth: number) => boolean;
  /** A gathered piece that is complete. Pieces within pieces come first; return true to drop it from its parent. */
  readonly onPiece: (node: XmlNode) => boolean;
  /** An element outside of a piece that closes. */
  readonly onClose: (name: string) => void;
};

const DEEPEST = 64;
/** Elements that one piece may hold at a time; details that were handed over do not count. */
const LARGEST_PIECE = 20_000;
/** Parts that nobody reads, and that make up half of a statement: addresses and agents. */
const SKIPPED = new Set(["PstlAdr", "RltdAgts", "CtctDtls", "Svcr"]);

const REFETCH = "Fetch the file again; nothing of it was taken.";

/** The first child of that name at each step; null when one is missing. */
export const descend = (node: XmlNode | null, ...path: readonly string[]): XmlNode | null => {
  let at = node;
  for (const name of path) {
    if (at === null) return null;
    at = at.children.find((child) => child.name === name) ?? null;
  }
  return at;
};

/** The trimmed text at a path; null when it is not there or blank. */
export const textAt = (node: XmlNode | null, ...path: readonly string[]): string | null => {
  const text = descend(node, ...path)?.text.trim() ?? "";
  return text === "" ? null : text;
};

export const childrenOf = (node: XmlNode | null, name: string): XmlNode[] =>
  node?.children.filter((child) => child.name === name) ?? [];

const refuseXml = (error: Error, line: number, column: number): never => {
  const reason = error.message.replace(/^\d+:\d+: /, "").replace(/\.$/, "");
  const where = `${line}:${column}`;
  const facts = { line, column };
  if (/unclosed tag|document must contain a root|unexpected end/i.test(reason)) {
    fail("file.truncated", `the XML ends at ${where} before it is complete`, {
      row: line,
      remedy: REFETCH,
      facts,
    });
  }
  fail(
    "file.xml-invalid",
    `not well-formed XML at ${where}: ${reason.slice(0, 80).replaceAll(/[“"'].*/g, "…")}`,
    {
      row: line,
      remedy: "Ask the bank for a well-formed file; a broken one is never read in part.",
      facts,
    },
  );
};

/** Feeds text to the parser and gathers pieces; one instance reads one document. */
export class XmlPieces {
  readonly #parser = new SaxesParser({ xmlns: true });
  readonly #handlers: XmlHandlers;
  readonly #stack: XmlNode[] = [];
  #outerDepth = 0;
  #skipDepth = 0;
  #pieceSize = 0;

  constructor(handlers: XmlHandlers) {
    this.#handlers = handlers;
    this.#parser.on("error", (error) => {
      refuseXml(error, this.#parser.line, this.#parser.column);
    });
    this.#parser.on("doctype", () => {
      fail("file.xml-invalid", "the file declares a document type, which no bank message does", {
        row: this.#parser.line,
        remedy: "Treat the file as hostile and ask the bank.",
      });
    });
    this.#parser.on("opentag", (tag) => {
      this.#open(tag.local, tag.uri, tag.attributes["Ccy"]?.value ?? null);
    });
    this.#parser.on("closetag", (tag) => {
      this.#close(tag.local);
    });
    const addText = (text: string): void => {
      const top = this.#stack.at(-1);
      if (top !== undefined && this.#skipDepth === 0) top.text += text;
    };
    this.#parser.on("text", addText);
    this.#parser.on("cdata", addText);
  }

  get line(): number {
    return this.#parser.line;
  }

  #open(name: string, namespace: string, currency: string | null): void {
    if (this.#skipDepth > 0 || (this.#stack.length > 0 && SKIPPED.has(name))) {
      this.#skipDepth += 1;
      return;
    }
    if (this.#stack.length + this.#outerDepth > DEEPEST) this.#refuseSize("nested too deeply");
    if (this.#stack.length === 0 && !this.#handlers.onOpen(name, namespace, this.#outerDepth)) {
      this.#outerDepth += 1;
      return;
    }
    this.#pieceSize += 1;
    if (this.#pieceSize > LARGEST_PIECE) this.#refuseSize("too large for one entry");
    this.#stack.push({ name, line: this.#parser.line, currency, text: "", children: [] });
  }

  #refuseSize(why: string): never {
    return fail("file.xml-invalid", `the XML at line ${this.#parser.line} is ${why}`, {
      row: this.#parser.line,
      remedy: "Treat the file as hostile and ask the bank.",
    });
  }

  #close(name: string): void {
    if (this.#skipDepth > 0) {
      this.#skipDepth -= 1;
      return;
    }
    const node = this.#stack.pop();
    if (node === undefined) {
      this.#outerDepth -= 1;
      this.#handlers.onClose(name);
      return;
    }
    const parent = this.#stack.at(-1);
    const isWhole = parent === undefined;
    const dropped = isWhole || node.name === "TxDtls" ? this.#handlers.onPiece(node) : false;
    if (dropped) this.#pieceSize = isWhole ? 0 : this.#pieceSize - countNodes(node);
    else parent?.children.push(node);
  }

  write(text: string): void {
    this.#feed(() => this.#parser.write(text));
  }

  /** @throws DomainError `file.truncated` when the document is not complete. */
  end(): void {
    this.#feed(() => this.#parser.close());
  }

  /** The parser keeps no state worth saving after a throw; everything thrown is a refusal of the file. */
  #feed(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (error instanceof DomainError) throw error;
      throw new Error("the XML reader failed", { cause: error });
    }
  }
}

const countNodes = (node: XmlNode): number =>
  node.children.reduce((count, child) => count + countNodes(child), 1);
