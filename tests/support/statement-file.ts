/** Statements of our bank account (camt.053) as a bank would write them, also in pages. */
import { writeFileSync } from "node:fs";
import path from "node:path";

export type StatementEntryText = {
  readonly amount: string;
  readonly sign?: "CRDT" | "DBIT";
  readonly reversal?: boolean;
  readonly status?: string;
  readonly text?: string;
};

export type StatementPart = {
  readonly id: string;
  readonly day: string;
  /** Opening and closing; null where the part does not say it. */
  readonly balances: readonly [string | null, string | null];
  readonly entries: readonly StatementEntryText[];
  readonly page?: { readonly number: number; readonly last: boolean };
  /** Code of the balance that closes the part: ITBD where a page goes on. */
  readonly closes?: "CLBD" | "ITBD";
};

const entryXml = (one: StatementEntryText): string =>
  `<Ntry><Amt Ccy="CNY">${one.amount}</Amt><CdtDbtInd>${one.sign ?? "CRDT"}</CdtDbtInd>${one.reversal === true ? "<RvslInd>true</RvslInd>" : ""}<Sts><Cd>${one.status ?? "BOOK"}</Cd></Sts><BookgDt><Dt>2026-11-11</Dt></BookgDt><ValDt><Dt>2026-11-11</Dt></ValDt><NtryDtls><TxDtls><RmtInf><Ustrd>${one.text ?? "rent"}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`;

const partXml = (name: string, one: StatementPart): string => {
  const balance = (code: string, amount: string | null) =>
    amount === null
      ? ""
      : `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${one.day}</Dt></Dt></Bal>`;
  const page =
    one.page === undefined
      ? ""
      : `<StmtPgntn><PgNb>${one.page.number}</PgNb><LastPgInd>${one.page.last}</LastPgInd></StmtPgntn>`;
  return `<${name}><Id>${one.id}</Id>${page}<FrToDt><FrDtTm>${one.day}T00:00:00</FrDtTm><ToDtTm>${one.day}T23:59:59</ToDtTm></FrToDt><Acct><Id><Othr><Id>410001</Id></Othr></Id><Ccy>CNY</Ccy></Acct>${balance("OPBD", one.balances[0])}${balance(one.closes ?? "CLBD", one.balances[1])}${one.entries.map(entryXml).join("")}</${name}>`;
};

let written = 0;

/** Writes one message with these parts and answers its path. */
export const writeStatement = (
  folder: string,
  parts: readonly StatementPart[],
  message = "BkToCstmrStmt",
): string => {
  written += 1;
  const name = message === "BkToCstmrStmt" ? "Stmt" : "Rpt";
  const xml = `<?xml version="1.0" encoding="UTF-8"?><Document><${message}><GrpHdr><MsgId>M${written}</MsgId></GrpHdr>${parts.map((one) => partXml(name, one)).join("\n")}</${message}></Document>`;
  const target = path.join(folder, `statement-${written}.xml`);
  writeFileSync(target, xml);
  return target;
};
