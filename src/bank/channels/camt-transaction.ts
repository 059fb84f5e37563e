/** TxDtls: the payments inside an entry. Their amounts are trusted only as far as they add up to the entry. */
import { exponentOf, parseMinor } from "./decimal.ts";
import type { BankTransaction, Direction } from "./model.ts";
import { type XmlNode, childrenOf, descend, textAt } from "./xml-tree.ts";

/** What banks write where a reference is required and there is none; strangers must not match each other by it. */
const FILLERS = new Set(["NOTPROVIDED", "NOT PROVIDED", "NOTAVAILABLE", "NOTAVAIL", "NONREF", "NONE", "-"]);

/** A reference, or null for nothing and for a filler. */
export const reference = (node: XmlNode | null, ...path: readonly string[]): string | null => {
  const text = textAt(node, ...path);
  return text === null || FILLERS.has(text.toUpperCase()) ? null : text;
};

export const directionOf = (node: XmlNode | null): Direction | null => {
  const indicator = textAt(node, "CdtDbtInd");
  if (indicator === "CRDT") return "credit";
  return indicator === "DBIT" ? "debit" : null;
};

/** The text of one TxDtls, before the entry's own amount is known to fit. */
export type DetailDraft = {
  readonly direction: Direction | null;
  /** Amounts that the bank gives for this detail, most to least reliable: direct (v03+), transaction, instructed. */
  readonly amounts: readonly {
    readonly text: string;
    readonly currency: string | null;
    readonly direct: boolean;
  }[];
  readonly fields: Omit<
    BankTransaction,
    "ordinal" | "amountMinor" | "direction" | "kind" | "payerName" | "payerAccount"
  >;
  readonly debtorName: string | null;
  readonly debtorAccount: string | null;
  readonly creditorName: string | null;
  readonly creditorAccount: string | null;
  readonly isReturn: boolean;
};

const partyName = (parties: XmlNode | null, role: string): string | null =>
  textAt(parties, role, "Pty", "Nm") ?? textAt(parties, role, "Nm");

export const accountId = (account: XmlNode | null): string | null =>
  textAt(account, "Id", "IBAN") ??
  textAt(account, "Id", "Othr", "Id") ??
  textAt(account, "Id", "PrtryAcct", "Id") ??
  textAt(account, "Id", "BBAN");

const wallClock = (details: XmlNode): string | null => {
  const text = textAt(details, "RltdDts", "AccptncDtTm") ?? textAt(details, "RltdDts", "TxDtTm");
  const match = text === null ? null : /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d+)?\+08:00$/.exec(text);
  return match === null ? null : `${match[1]}+08:00`;
};

const texts = (nodes: readonly (XmlNode | null)[]): string[] =>
  nodes.flatMap((node) => {
    const text = node?.text.trim() ?? "";
    return text === "" ? [] : [text];
  });

const returnReason = (details: XmlNode): string | null =>
  textAt(details, "RtrInf", "Rsn", "Cd") ??
  textAt(details, "RtrInf", "Rsn", "Prtry") ??
  texts(childrenOf(descend(details, "RtrInf"), "AddtlInf"))[0] ??
  null;

/** Reads one TxDtls while it is at hand; the tree is forgotten afterwards. */
export const draftDetail = (details: XmlNode): DetailDraft => {
  const references = descend(details, "Refs");
  const parties = descend(details, "RltdPties");
  const remittance = descend(details, "RmtInf");
  const structured = childrenOf(remittance, "Strd");
  const amounts = [
    { node: descend(details, "Amt"), direct: true },
    { node: descend(details, "AmtDtls", "TxAmt", "Amt"), direct: false },
    { node: descend(details, "AmtDtls", "CntrValAmt", "Amt"), direct: false },
    { node: descend(details, "AmtDtls", "InstdAmt", "Amt"), direct: false },
  ];
  return {
    direction: directionOf(details),
    amounts: amounts.flatMap(({ node, direct }) =>
      node === null ? [] : [{ text: node.text.trim(), currency: node.currency, direct }],
    ),
    fields: {
      endToEndId: reference(references, "EndToEndId"),
      instructionId: reference(references, "InstrId"),
      transactionId: reference(references, "TxId"),
      mandateId: reference(references, "MndtId"),
      batchId: reference(references, "PmtInfId") ?? reference(references, "MsgId"),
      serial: reference(references, "AcctSvcrRef"),
      originalSerial: null,
      accountNo: null,
      remittance: texts([
        ...childrenOf(remittance, "Ustrd"),
        ...structured.flatMap((one) => childrenOf(one, "AddtlRmtInf")),
        descend(details, "AddtlTxInf"),
      ]),
      structuredReferences: texts(structured.map((one) => descend(one, "CdtrRefInf", "Ref"))),
      channelCode: null,
      returnReason: returnReason(details),
      paidAt: wallClock(details),
      synthetic: false,
    },
    debtorName: partyName(parties, "Dbtr") ?? partyName(parties, "UltmtDbtr"),
    debtorAccount: accountId(descend(parties, "DbtrAcct")),
    creditorName: partyName(parties, "Cdtr") ?? partyName(parties, "UltmtCdtr"),
    creditorAccount: accountId(descend(parties, "CdtrAcct")),
    isReturn: descend(details, "RtrInf") !== null,
  };
};

/** The detail's own amount in the entry's currency; null when the bank gives none in it that can be read. */
export const draftAmount = (draft: DetailDraft, currency: string, directOnly: boolean): bigint | null => {
  for (const amount of draft.amounts) {
    if ((amount.currency ?? currency) !== currency || (directOnly && !amount.direct)) continue;
    const parsed = parseMinor(amount.text, exponentOf(currency));
    if (parsed.kind === "amount" && parsed.minor >= 0n) return parsed.minor;
  }
  return null;
};

/**
 * A draft becomes a transaction. The other party of money that came in is the debtor, of money that went out the
 * creditor; a return keeps the roles of the payment it returns, so there it is the other way round.
 */
export const settleDraft = (
  draft: DetailDraft,
  ordinal: number,
  amountMinor: bigint,
  direction: Direction,
  reversal: boolean,
): BankTransaction => {
  const undone = reversal || draft.isReturn;
  const debtor = (direction === "credit") !== undone;
  return {
    ordinal,
    amountMinor,
    direction,
    kind: undone ? "reversal" : "payment",
    ...draft.fields,
    payerName: debtor ? draft.debtorName : draft.creditorName,
    payerAccount: debtor ? draft.debtorAccount : draft.creditorAccount,
  };
};

/** The one transaction of an entry without details. */
export const syntheticTransaction = (
  amountMinor: bigint,
  direction: Direction,
  reversal: boolean,
  remittance: readonly string[],
): BankTransaction => ({
  ordinal: 1,
  amountMinor,
  direction,
  kind: reversal ? "reversal" : "payment",
  endToEndId: null,
  instructionId: null,
  transactionId: null,
  mandateId: null,
  batchId: null,
  serial: null,
  originalSerial: null,
  accountNo: null,
  payerName: null,
  payerAccount: null,
  remittance,
  structuredReferences: [],
  channelCode: null,
  returnReason: null,
  paidAt: null,
  synthetic: true,
});
