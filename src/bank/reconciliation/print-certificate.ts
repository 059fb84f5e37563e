/** The certificate of a day on paper: what was signed, word for word and fen for fen; nothing is counted anew. */
import { z } from "zod";
import { type Day, day as dayFrom, wallTimeOfInstant } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { type Fen, parseYuan } from "#src/kernel/money.ts";
import type { PrintDocument, PrintLocale } from "#src/office/documents/index.ts";
import { findDisplayNames } from "#src/office/staff/index.ts";
import { ROLES } from "#src/platform/actor.ts";
import { companyOnPaper } from "#src/platform/company.ts";
import type { Sql } from "#src/platform/sql.ts";
import { DIFFERENCE_PARTS } from "./bridge.ts";
import { signedPeople } from "./day-json.ts";
import { findBankDay, findCertificate } from "./day-queries.ts";
import { channelOfDay } from "./reconcile-day.ts";

type Paper = Extract<PrintDocument, { kind: "bank-certificate" }>;
type Difference = Paper["differences"][number];

const yuan = z.string().transform((text): Fen => parseYuan(text));
const side = z
  .object({ items: z.string().transform(BigInt), yuan })
  .transform(({ items, yuan: fen }) => ({ items, fen }));

/** The signed text, as `certificateBody` writes it. */
const signed = z.object({
  version: z.literal(1),
  day: z.string(),
  issuedBy: z.string(),
  issuedAt: z.string(),
  ours: side,
  differences: z.record(z.enum(DIFFERENCE_PARTS), side),
  file: side,
  gap: side,
  files: z.array(
    z.object({ id: z.string(), sha256: z.string(), lines: z.int(), yuan, importedBy: z.string() }),
  ),
  statement: z.object({
    credits: z.string().transform(BigInt),
    credited: yuan,
    fee: yuan,
    gap: yuan.nullable(),
  }),
  breaks: z.array(
    z.object({
      id: z.string(),
      class: z.custom<Difference["class"]>((value) => typeof value === "string"),
      bank: yuan.nullable(),
      ours: yuan.nullable(),
      resolution: z.custom<Difference["end"]>((value) => typeof value === "string").nullable(),
      owner: z.string().nullable(),
    }),
  ),
});

/** A name for people, with the login that was signed: of two with the same name the paper says which. */
const withLogin = (login: string, name: string | undefined): string =>
  name === undefined || name === login ? login : `${name}（${login}）`;

/** @throws DomainError `channel.unknown`, `certificate.not-found` */
export const certificatePaper = async (
  sql: Sql,
  channelCode: string,
  day: Day,
  { now, lang }: { readonly now: Date; readonly lang: PrintLocale },
): Promise<Paper> => {
  const channel = await channelOfDay(sql, channelCode);
  const row = await findBankDay(sql, channel.id, day);
  const certificate = row === null ? null : await findCertificate(sql, row.id);
  if (certificate === null) return fail("certificate.not-found", "this day has no certificate");
  const text = signed.parse(JSON.parse(certificate.body));
  const names = await findDisplayNames(sql, signedPeople(certificate.body));
  const person = (login: string): string => withLogin(login, names.get(login));
  return {
    kind: "bank-certificate",
    paper: "a4",
    company: await companyOnPaper(sql),
    channel: [lang === "en" ? channel.nameEn : channel.name, channel.code]
      .filter((part) => part !== null)
      .join(" "),
    day: dayFrom(text.day),
    issuedBy: person(text.issuedBy),
    issuedAt: wallTimeOfInstant(new Date(text.issuedAt)),
    ours: text.ours,
    parts: DIFFERENCE_PARTS.map((part) => ({ part, side: text.differences[part] })),
    file: text.file,
    gap: text.gap,
    files: text.files.map(({ yuan: fen, importedBy, ...file }) => ({
      ...file,
      importedBy: person(importedBy),
      fen,
    })),
    credits: {
      count: text.statement.credits,
      creditedFen: text.statement.credited,
      feeFen: text.statement.fee,
      gapFen: text.statement.gap,
    },
    differences: text.breaks.map((one) => ({
      id: one.id,
      class: one.class,
      bankFen: one.bank,
      oursFen: one.ours,
      end: one.resolution ?? "open",
      owner: ROLES.some((role) => role === one.owner) ? (one.owner ?? "") : person(one.owner ?? ""),
    })),
    sha256: certificate.sha256.toString("hex"),
    printedAt: wallTimeOfInstant(now),
  };
};
