import { rmSync } from "node:fs";
import type { TestProject } from "vitest/node";
import { folderInMemory } from "./memory-folder.ts";
import { startServer } from "./server.ts";
import { plantTownTemplate } from "./town-template.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Superuser URL of the one server of this run, database `postgres`. */
    serverUrl: string;
    /** The data folder of a demo town as its first start left it, for the towns of the browser tests to be copied from. */
    townTemplate: string;
  }
}

/** One server for the whole run; TEST_DATABASE_URL names an existing one (Debian's PostgreSQL 15) instead. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["TEST_DATABASE_URL"];
  if (given !== undefined && given !== "") {
    project.provide("serverUrl", given);
    return async () => undefined;
  }
  // No test of this run cuts the power, and the folder is thrown away: waiting for the disk would only cost time.
  // The fault and bench suites, whose subject it is, start their own servers with fsync on.
  const dir = folderInMemory();
  // What tests make for themselves (clusters of their own, settings, files) goes there too, and away with it.
  if (dir !== undefined) process.env["TMPDIR"] = dir;
  const server = await startServer({
    ...(dir !== undefined && { dir }),
    settings: { fsync: "off", full_page_writes: "off" },
  });
  project.provide("serverUrl", server.url);
  const template = process.env["TEST_BROWSER"] === "1" ? await plantTownTemplate() : undefined;
  if (template !== undefined) project.provide("townTemplate", template);
  return async () => {
    await server.stop();
    if (template !== undefined) rmSync(template, { recursive: true, force: true });
    if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
  };
}
