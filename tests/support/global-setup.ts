import type { TestProject } from "vitest/node";
import { startServer } from "./server.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Superuser URL of the one server of this run, database `postgres`. */
    serverUrl: string;
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
  const server = await startServer({ settings: { fsync: "off", full_page_writes: "off" } });
  project.provide("serverUrl", server.url);
  return async () => server.stop();
}
