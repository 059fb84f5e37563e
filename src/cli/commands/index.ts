/**
 * Every command of `nuan`, in the order in which the help lists them. A command is a file; it is added here by one line, under
 * its first word. Only the files of the word that was typed are read: the whole house takes a second and 100 MiB to load.
 */
import type { Command } from "commander";
import type { CliRuntime } from "../runtime.ts";

export type Register = (program: Command, cli: CliRuntime) => void;
type CommandFile = () => Promise<{ readonly register: Register }>;

const FILES: Readonly<Record<string, readonly CommandFile[]>> = {
  db: [() => import("./db-migrate.ts")],
  demo: [
    () => import("./demo-seed.ts"),
    () => import("./demo-clock.ts"),
    () => import("./demo-bank-file.ts"),
  ],
  simulate: [
    () => import("./simulate-cold-day.ts"),
    () => import("./simulate-call.ts"),
    () => import("./simulate-sms.ts"),
    () => import("./simulate-gateway.ts"),
    () => import("./simulate-terminal.ts"),
  ],
  doctor: [() => import("./doctor.ts")],
  backup: [() => import("./backup.ts")],
  restore: [() => import("./restore.ts")],
  release: [() => import("./release.ts")],
  company: [() => import("./company.ts")],
  tariff: [() => import("./tariff-install-zhengzhou.ts")],
  channel: [() => import("./channel.ts")],
  setting: [() => import("./setting.ts")],
  bills: [
    () => import("./bills-preview.ts"),
    () => import("./bills-issue.ts"),
    () => import("./bills-fall-due.ts"),
  ],
  roll: [() => import("./roll-import.ts"), () => import("./roll-cleaning.ts")],
  reminders: [() => import("./reminders.ts")],
  station: [() => import("./station-import.ts")],
  routing: [() => import("./routing-table.ts"), () => import("./routing-reassign.ts")],
  notice: [
    () => import("./notice-list.ts"),
    () => import("./notice-show.ts"),
    () => import("./notice-move.ts"),
  ],
  opening: [() => import("./opening-import.ts")],
  search: [() => import("./search-rebuild.ts")],
  bank: [() => import("./bank-inspect.ts"), () => import("./bank-import.ts"), () => import("./bank-day.ts")],
  messages: [() => import("./messages.ts")],
  templates: [() => import("./templates-lint.ts")],
  webhook: [() => import("./webhook-secret.ts")],
  user: [() => import("./user-add.ts")],
  token: [() => import("./token-create.ts")],
  ledger: [() => import("./ledger-check.ts")],
  audit: [() => import("./audit-verify.ts")],
};

/** The commands that begin with the first word of the arguments; all of them where none does, so that help lists them. */
export const commandsFor = async (argv: readonly string[]): Promise<readonly Register[]> => {
  const word = argv.find((argument) => !argument.startsWith("-")) ?? "";
  const files = Object.hasOwn(FILES, word) ? (FILES[word] ?? []) : Object.values(FILES).flat();
  return Promise.all(files.map(async (load) => (await load()).register));
};
