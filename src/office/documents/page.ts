/** Draws a sheet as a page to print: HTML with its style sheet inside, so that it can be saved and mailed as it is. */
import { readdirSync, readFileSync } from "node:fs";
import Handlebars from "handlebars";
import type { CheckedDocument, PrintLocale } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { TEMPLATES } from "./words.ts";

type PageView = { readonly sheet: Sheet; readonly style: string };
type PageTemplate = (view: PageView, options: Handlebars.RuntimeOptions) => string;
type Kind = CheckedDocument["kind"];

const read = (path: string): string => readFileSync(new URL(path, TEMPLATES), "utf8");

const openTemplates = (): { style: string; page: (locale: PrintLocale, kind: Kind) => PageTemplate } => {
  const handlebars = Handlebars.create();
  // Strict: a field that the sheet does not have is an error. Every text is escaped by the templates' double braces.
  const compileOptions = { strict: true, knownHelpersOnly: true, knownHelpers: { eq: true } } as const;
  handlebars.registerHelper("eq", (left: unknown, right: unknown) => left === right);
  for (const file of readdirSync(new URL("blocks/", TEMPLATES))) {
    handlebars.registerPartial(
      file.replace(/\.hbs$/, ""),
      handlebars.compile(read(`blocks/${file}`), compileOptions),
    );
  }
  const pages = new Map<string, PageTemplate>();
  return {
    style: read("print.css"),
    page: (locale, kind) => {
      const path = `${locale}/${kind}.hbs`;
      const known = pages.get(path);
      if (known !== undefined) return known;
      const compiled = handlebars.compile<PageView>(read(path), compileOptions);
      pages.set(path, compiled);
      return compiled;
    },
  };
};

let templates: ReturnType<typeof openTemplates> | null = null;

/** The HTML of a printable sheet. Templates are compiled once per process. */
export const drawPage = (sheet: Sheet, kind: Kind): string => {
  templates ??= openTemplates();
  return templates.page(sheet.locale, kind)({ sheet, style: templates.style }, {});
};
