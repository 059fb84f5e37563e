/** Every command of `nuan`, in the order in which the help lists them. A command is a file; it is added here by one line. */
import type { Command } from "commander";
import type { CliRuntime } from "../runtime.ts";
import { register as auditVerify } from "./audit-verify.ts";
import { register as backup } from "./backup.ts";
import { register as release } from "./release.ts";
import { register as restore } from "./restore.ts";
import { register as bankDay } from "./bank-day.ts";
import { register as bankImport } from "./bank-import.ts";
import { register as bankInspect } from "./bank-inspect.ts";
import { register as billsFallDue } from "./bills-fall-due.ts";
import { register as billsIssue } from "./bills-issue.ts";
import { register as billsPreview } from "./bills-preview.ts";
import { register as channel } from "./channel.ts";
import { register as company } from "./company.ts";
import { register as dbMigrate } from "./db-migrate.ts";
import { register as demoBankFile } from "./demo-bank-file.ts";
import { register as demoClock } from "./demo-clock.ts";
import { register as demoSeed } from "./demo-seed.ts";
import { register as doctor } from "./doctor.ts";
import { register as ledgerCheck } from "./ledger-check.ts";
import { register as openingImport } from "./opening-import.ts";
import { register as tokenCreate } from "./token-create.ts";
import { register as userAdd } from "./user-add.ts";
import { register as rollImport } from "./roll-import.ts";
import { register as routingReassign } from "./routing-reassign.ts";
import { register as routingTable } from "./routing-table.ts";
import { register as searchRebuild } from "./search-rebuild.ts";
import { register as setting } from "./setting.ts";
import { register as simulateColdDay } from "./simulate-cold-day.ts";
import { register as tariffInstallZhengzhou } from "./tariff-install-zhengzhou.ts";

export type Register = (program: Command, cli: CliRuntime) => void;

export const commands: readonly Register[] = [
  dbMigrate,
  demoSeed,
  demoClock,
  demoBankFile,
  simulateColdDay,
  doctor,
  backup,
  restore,
  release,
  company,
  tariffInstallZhengzhou,
  channel,
  setting,
  billsPreview,
  billsIssue,
  billsFallDue,
  rollImport,
  routingTable,
  routingReassign,
  searchRebuild,
  openingImport,
  bankInspect,
  bankImport,
  bankDay,
  userAdd,
  tokenCreate,
  ledgerCheck,
  auditVerify,
];
