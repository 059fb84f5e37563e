/** The API's own page, which needs nothing from another site. Read once; it is small. */
import { readFileSync } from "node:fs";
import { Router } from "express";
import { contextOf } from "./request-context.ts";

const file = (name: string): Buffer => readFileSync(new URL(`./pages/${name}`, import.meta.url));

const files = [
  { paths: ["/docs"], name: "index.html", type: "text/html; charset=utf-8" },
  { paths: ["/docs/style.css"], name: "style.css", type: "text/css; charset=utf-8" },
  { paths: ["/docs/script.js"], name: "script.js", type: "text/javascript; charset=utf-8" },
] as const;

/** `/docs`: every route by subject, its fields, and a form to try it. */
export const pages = (): Router => {
  const router = Router({ caseSensitive: true });
  for (const { paths, name, type } of files) {
    const body = file(name);
    router.get([...paths], (_request, response) => {
      contextOf(response).route = paths[0];
      response.set({ "Content-Type": type, "Cache-Control": "no-cache" });
      response.end(body);
    });
  }
  return router;
};
