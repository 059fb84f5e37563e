export { importBankFile, type BankImportReport, type BankImportRequest } from "./import-bank-file.ts";
