import { fail } from "#src/kernel/errors.ts";
import type { ClaimedImport } from "./import-bank-file.ts";
import type { ImportFile } from "./import-queries.ts";
export const importStatementFile = async (_one: ClaimedImport): Promise<ImportFile> => fail("statement.none", "x");
