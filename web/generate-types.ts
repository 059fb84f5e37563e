/** Writes src/api/schema.ts: the types of every route, from the same document that the API serves. */
import { writeFile } from "node:fs/promises";
import openapiTypescript, { astToString } from "openapi-typescript";
import { openApiDocument } from "../src/http/openapi.ts";
import { routes } from "../src/http/routes.ts";

const document = JSON.parse(
  openApiDocument(routes, { version: "0", publicUrl: "http://localhost" }),
) as Parameters<typeof openapiTypescript>[0];
const types = astToString(await openapiTypescript(document, { alphabetize: true }));
await writeFile(
  new URL("src/api/schema.ts", import.meta.url),
  `// Generated from the OpenAPI document; not kept in git.\n${types}`,
);
