/** What the words of a template name, read from their tree and not from their letters. Pure. */
import Handlebars from "handlebars";

/** Whatever else Handlebars could do (partials, each, lookup) no template of a message needs. */
const KNOWN_HELPERS = new Set(["if", "unless"]);

export type UsedWords = {
  readonly variables: readonly string[];
  /** `{{a}}{{b}}`: a carrier's template may not hold it. */
  readonly adjacent: boolean;
  /** The text is one variable and nothing else. */
  readonly wholeBody: boolean;
  /** What a template of ours does not use: partials, helpers, paths, raw braces. */
  readonly strange: readonly string[];
  /** The fixed words alone. */
  readonly fixed: string;
};

/** `{{name as=(lookup this "x")}}`: what is said beside a name is a helper's, and none is ours. */
const hasPairs = (hash: hbs.AST.Hash | undefined): boolean => (hash?.pairs.length ?? 0) > 0;
const hasNames = (program: hbs.AST.Program | null | undefined): boolean =>
  (program?.blockParams?.length ?? 0) > 0;

class Reader extends Handlebars.Visitor {
  readonly variables = new Set<string>();
  readonly strange = new Set<string>();
  readonly fixed: string[] = [];
  adjacent = false;

  override Program(program: hbs.AST.Program): void {
    for (const [index, statement] of program.body.entries()) {
      const next = program.body[index + 1];
      if (statement.type === "MustacheStatement" && next?.type === "MustacheStatement") this.adjacent = true;
    }
    super.Program(program);
  }
  override ContentStatement(content: hbs.AST.ContentStatement): void {
    this.fixed.push(content.value);
  }
  override MustacheStatement(statement: hbs.AST.MustacheStatement): void {
    // `escaped` is false for three braces: the HTML of a mail would hold what a value says.
    if (!statement.escaped) this.strange.add("{{{");
    if (statement.params.length > 0 || hasPairs(statement.hash)) this.strange.add("helper");
    this.#name(statement.path);
  }
  override BlockStatement(block: hbs.AST.BlockStatement): void {
    if (!KNOWN_HELPERS.has(block.path.original) || block.params.length !== 1)
      this.strange.add(block.path.original);
    if (hasPairs(block.hash) || hasNames(block.program) || hasNames(block.inverse))
      this.strange.add("helper");
    for (const param of block.params) this.#name(param);
    super.Program(block.program);
    if (block.inverse !== undefined && block.inverse !== null) super.Program(block.inverse);
  }
  override PartialStatement(): void {
    this.strange.add("partial");
  }
  override PartialBlockStatement(): void {
    this.strange.add("partial");
  }
  override Decorator(): void {
    this.strange.add("decorator");
  }
  override DecoratorBlock(): void {
    this.strange.add("decorator");
  }
  #name(expression: hbs.AST.Expression): void {
    const path = expression as hbs.AST.PathExpression;
    if (expression.type !== "PathExpression" || path.data || path.depth > 0 || path.parts.length !== 1) {
      this.strange.add(expression.type);
    } else this.variables.add(path.original);
  }
}

/** @throws the parser's error when the words cannot be read */
export const readWords = (words: string): UsedWords => {
  const reader = new Reader();
  reader.accept(Handlebars.parse(words));
  const fixed = reader.fixed.join(" ");
  return {
    variables: [...reader.variables],
    adjacent: reader.adjacent,
    wholeBody: reader.variables.size > 0 && !/[\p{L}\p{N}]/u.test(fixed),
    strange: [...reader.strange],
    fixed,
  };
};
