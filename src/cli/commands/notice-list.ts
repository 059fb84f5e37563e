/** `nuan notice list`: the latest notices and where each stands. */
import type { Command } from "commander";
import { listNotices } from "#src/messages/notices/index.ts";
import { type CliRuntime, table } from "../runtime.ts";
import { group } from "./group.ts";

const LATEST = 20;

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "notice")
    .command("list")
    .description(`the latest ${LATEST} notices, and where each stands`)
    .action(async () => {
      await cli.run(
        async (platform) => {
          const rows = await listNotices(platform.database.sql, {
            scopeKind: "everything",
            scopeIds: [],
            beforeId: null,
            states: null,
            kind: null,
            limit: LATEST,
          });
          return rows.map((row) => ({
            id: String(row.id),
            kind: row.kind,
            title: row.title,
            state: row.state,
            households: row.households,
            messages: row.messages,
          }));
        },
        (rows) =>
          table(
            ["notice", "kind", "state", "homes", "messages", "title"],
            rows.map((row) => [row.id, row.kind, row.state, row.households, row.messages, row.title]),
          ),
      );
    });
};
