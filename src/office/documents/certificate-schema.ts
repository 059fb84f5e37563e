/** What the certificate of a bank day says on paper: the figures that were signed, in exact money; words are added here. */
import { z } from "zod";
import { companyField, dayField, fenField, optionalText, text, wallTimeField } from "./schema-parts.ts";

/** From our side to the bank's, in this order. */
export const bridgeParts = [
  "dayCutOut",
  "waiting",
  "oursOnly",
  "amount",
  "dayCutIn",
  "bankOnly",
  "unknownAccount",
  "duplicate",
  "state",
  "repeated",
] as const;
export const differenceClasses = [
  "bank-only",
  "ours-only",
  "amount",
  "duplicate",
  "unknown-account",
  "day-cut",
  "state",
] as const;
export const differenceEnds = [
  "open",
  "back-posted",
  "suspense",
  "reversed",
  "dismissed",
  "claimed",
  "returned",
  "settled",
  "found-in-file",
  "message-came-late",
  "reversed-before",
] as const;

const sideField = z.strictObject({ items: z.bigint(), fen: fenField });

export const bankCertificateSchema = z.strictObject({
  kind: z.literal("bank-certificate"),
  paper: z.enum(["a4"]),
  company: companyField,
  channel: text,
  day: dayField,
  issuedBy: text,
  issuedAt: wallTimeField,
  ours: sideField,
  parts: z.array(z.strictObject({ part: z.enum(bridgeParts), side: sideField })),
  file: sideField,
  gap: sideField,
  files: z.array(
    z.strictObject({ id: text, lines: z.int(), fen: fenField, importedBy: optionalText, sha256: text }),
  ),
  credits: z.strictObject({
    count: z.bigint(),
    creditedFen: fenField,
    feeFen: fenField,
    /** Null while the bank has credited nothing. */
    gapFen: fenField.nullable(),
  }),
  differences: z.array(
    z.strictObject({
      id: text,
      class: z.enum(differenceClasses),
      bankFen: fenField.nullable(),
      oursFen: fenField.nullable(),
      end: z.enum(differenceEnds),
      owner: optionalText,
    }),
  ),
  /** Of the certificate's text, as it was signed. */
  sha256: text,
  printedAt: wallTimeField,
});
export type BankCertificateDocument = z.infer<typeof bankCertificateSchema>;
