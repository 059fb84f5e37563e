/**
 * The words of our paper, one file per language under templates/print. A missing or a surplus word stops the first
 * print in that language, with the word's name; the tests read every language.
 */
import { readFileSync } from "node:fs";
import Handlebars from "handlebars";
import { parse } from "yaml";
import { z } from "zod";
import { type PrintLocale, receiptItems, tenderKinds } from "./schema.ts";
import { orderPaperKinds, windowStates } from "./service-schema.ts";
import { certificateWords } from "./words-of-certificates.ts";
import { postingWords, testWords } from "./words-of-tests.ts";

export const TEMPLATES = new URL("../../../templates/print/", import.meta.url);

const word = z.string().min(1);

const commonWords = z.strictObject({
  reprint: word,
  void: word,
  hotline: word,
  companyAddress: word,
  website: word,
  printedAt: word,
  inCapitals: word,
  yuan: word,
});

const morningWords = z.strictObject({
  title: word,
  day: word,
  frozenAt: word,
  red: word,
  item: word,
  value: word,
});

const billWords = z.strictObject({
  title: word,
  billNo: word,
  issuedOn: word,
  accountNo: word,
  ownerName: word,
  address: word,
  season: word,
  period: word,
  periodValue: word,
  item: word,
  area: word,
  price: word,
  pricePerDay: word,
  pricePerSeason: word,
  days: word,
  amount: word,
  formulaPerDay: word,
  formulaPerSeason: word,
  share: word,
  equals: word,
  rounded: word,
  total: word,
  paid: word,
  due: word,
  payBy: word,
  ruleHeading: word,
  rule: word,
  tariffBasis: word,
  howToPay: word,
  notes: word,
});

const receiptWords = z.strictObject({
  title: word,
  receiptNo: word,
  paidAt: word,
  payer: word,
  counter: word,
  shift: word,
  cashier: word,
  payee: word,
  account: word,
  owner: word,
  season: word,
  billNo: word,
  item: word,
  amount: word,
  total: word,
  tender: word,
  reference: word,
  stillDue: word,
  settledNothing: word,
  voidedAt: word,
  voidReason: word,
  note: word,
  items: z.record(z.enum(receiptItems), word),
  tenders: z.record(z.enum(tenderKinds), word),
});

const orderWords = z.strictObject({
  titles: z.record(z.enum(orderPaperKinds), word),
  orderNo: word,
  openedAt: word,
  accountNo: word,
  contact: word,
  number: word,
  address: word,
  cases: word,
  crew: word,
  slot: word,
  visit: word,
  visitValue: word,
  summary: word,
  scan: word,
  arrivedAt: word,
  leftAt: word,
  result: word,
  part: word,
  partUnit: word,
  partQuantity: word,
  opinion: word,
  crewSignature: word,
  householdSignature: word,
  witness: word,
});

const slipWords = z.strictObject({
  title: word,
  slipNo: word,
  orderNo: word,
  accountNo: word,
  contact: word,
  address: word,
  instrumentNo: word,
  calibratedOn: word,
  measuredAt: word,
  outdoor: word,
  windows: word,
  windowStates: z.record(z.enum(windowStates), word),
  choice: word,
  room: word,
  height: word,
  reading: word,
  place: word,
  opinion: word,
  measurer: word,
  householdSignature: word,
  signedBy: z.record(z.enum(["image", "witness"]), word),
  ruleHeading: word,
  rule: word,
});

const caseWords = z.strictObject({
  title: word,
  ticketNo: word,
  openedAt: word,
  category: word,
  accountNo: word,
  caller: word,
  number: word,
  address: word,
  summary: word,
  takenBy: word,
  scan: word,
  noteHeading: word,
  note: word,
  signature: word,
});

const demandWords = z.strictObject({
  title: word,
  letterNo: word,
  madeOn: word,
  accountNo: word,
  ownerName: word,
  address: word,
  openingHeading: word,
  opening: word,
  item: word,
  itemValue: word,
  billNo: word,
  period: word,
  dueOn: word,
  separator: word,
  amount: word,
  paid: word,
  open: word,
  total: word,
  askHeading: word,
  ask: word,
  dispute: word,
  law: word,
  howToPay: word,
  receiver: word,
  receivedOn: word,
  bearer: word,
  witness: word,
});

const wordsSchema = z.strictObject({
  common: commonWords,
  test: testWords,
  posting: postingWords,
  morning: morningWords,
  certificate: certificateWords,
  bill: billWords,
  receipt: receiptWords,
  order: orderWords,
  slip: slipWords,
  case: caseWords,
  demand: demandWords,
});
export type Words = z.infer<typeof wordsSchema>;

const loaded = new Map<PrintLocale, Words>();

/** The words of a language, read once per process. */
export const wordsOf = (locale: PrintLocale): Words => {
  const known = loaded.get(locale);
  if (known !== undefined) return known;
  const words = wordsSchema.parse(parse(readFileSync(new URL(`${locale}/words.yaml`, TEMPLATES), "utf8")));
  loaded.set(locale, words);
  return words;
};

type Filling = Readonly<Record<string, string | number>>;
const sentences = new Map<string, (filling: Filling) => string>();

/** Fills the blanks of a sentence (`第 {{count}} 次`). A blank without a value is an error, not an empty string. */
export const fillIn = (sentence: string, filling: Filling): string => {
  const known = sentences.get(sentence);
  if (known !== undefined) return known(filling);
  // The result is text for both drawings; the page escapes it when it is placed.
  const compiled = Handlebars.compile<Filling>(sentence, { strict: true, noEscape: true });
  sentences.set(sentence, compiled);
  return compiled(filling);
};
