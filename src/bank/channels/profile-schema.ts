/**
 * What a profile says: one bank's or channel's habits as data, in `profiles/*.yaml`. A profile is versioned; an import
 * keeps name and version, because yesterday's file must be readable by yesterday's rules.
 */
import { z } from "zod";

const unit = z.enum(["fen", "yuan"]);

/** A column by its header name or by its 1-based position. */
const column = z.union([z.string().min(1), z.number().int().min(1)]);

/** Whether payments come by message, when the bank's day ends and when its money comes are the channel's to say. */
const reconciliation = z.strictObject({
  /** What to do with money for a number that is not on our roll: take the file, or refuse it whole. */
  unknownAccount: z.enum(["suspense", "refuse"]),
});

const layout = z.strictObject({
  /** Encodings in which a line feed byte is always a line end; that keeps positions exact. */
  encoding: z.enum(["utf-8", "gb18030", "gbk", "latin1", "windows-1252"]),
  delimiter: z.string().min(1).max(4),
  /** `none`: a delimiter always separates. `double`: fields may be quoted as in RFC 4180. */
  quoting: z.enum(["none", "double"]).default("none"),
  lineEnd: z.enum(["crlf", "lf", "any"]),
  /** `required`: a last line without its line end is a truncated file. */
  finalLineEnd: z.enum(["required", "optional"]).default("required"),
  /** Lines to pass over before everything else. */
  preambleLines: z.number().int().min(0).max(50).default(0),
  /** The names that the bank is known to put on its header line; the reader follows the names of each file. */
  header: z.array(z.string().min(1)).min(2).optional(),
  /** Fields of a row where there is no header line; with one, every row has as many as the file's header. */
  fields: z.number().int().min(2).max(200).optional(),
  /** Characters to strip from both ends of every field besides blanks, tabs and U+3000 (a backtick, say). */
  strip: z.string().max(4).default(""),
});

const summary = z.strictObject({
  at: z.enum(["head", "trailer"]),
  fields: z.number().int().min(2).max(50),
  /** 1-based positions within the summary line. */
  count: z.number().int().min(1),
  total: z.number().int().min(1),
  bankDay: z.number().int().min(1).optional(),
  /** A word that marks a trailer line, at `markerField`. */
  marker: z.string().min(1).optional(),
  markerField: z.number().int().min(1).default(1),
  totalUnit: unit,
  /** `net`: payments minus reversals and refunds. `gross`: all rows added. */
  totalRule: z.enum(["net", "gross"]),
  /** `moved`: rows that failed at the bank are not in the totals. `all`: they are. */
  over: z.enum(["moved", "all"]).default("moved"),
  /** Lines that the bank counts besides the rows (its header and summary lines). */
  countsExtraLines: z.number().int().min(0).max(5).default(0),
});

const columns = z.strictObject({
  amount: column,
  accountNo: column,
  serial: column,
  day: column,
  time: column.optional(),
  kind: column.optional(),
  originalSerial: column.optional(),
  payerName: column.optional(),
  payerAccount: column.optional(),
  channel: column.optional(),
  remittance: column.optional(),
  status: column.optional(),
});

const delimitedShape = z.strictObject({
  format: z.literal("delimited"),
  name: z.string().regex(/^[a-z0-9-]+$/),
  version: z.number().int().min(1),
  description: z.string(),
  layout,
  summary: summary.optional(),
  columns,
  amountUnit: unit,
  /** `yyyymmdd` or `yyyy-mm-dd` (also with `/`); `time` as `HHMMSS` or `HH:MM:SS`, or both in the day column. */
  dayFormat: z.enum(["yyyymmdd", "yyyy-mm-dd", "yyyymmddhhmmss", "yyyy-mm-dd hh:mm:ss"]),
  timeFormat: z.enum(["hhmmss", "hh:mm:ss"]).optional(),
  currency: z.string().length(3).default("CNY"),
  /** The bank's words for what happened. Without a kind column every row is a payment. */
  kinds: z.record(z.string(), z.enum(["payment", "reversal", "refund"])).default({}),
  /** The codes of `columns.status` that mean money moved; any other row is information only. */
  successCodes: z.array(z.string()).default([]),
  reconciliation,
});

type Issue = { readonly path: (string | number)[]; readonly message: string };

/** What the shape alone cannot say: parts of a profile that contradict each other. */
const contradictions = (profile: z.infer<typeof delimitedShape>): Issue[] => {
  const { layout: shape, summary: totals, columns: names } = profile;
  const issues: Issue[] = [];
  const refuse = (path: (string | number)[], message: string): void => void issues.push({ path, message });
  if ((shape.header === undefined) === (shape.fields === undefined)) {
    refuse(["layout"], "give header (a header line is there) or fields (it is not), one of the two");
  }
  for (const [name, place] of Object.entries(names)) {
    if (place === undefined) continue;
    const known =
      typeof place === "number"
        ? place <= (shape.fields ?? shape.header?.length ?? 0)
        : shape.header?.includes(place);
    if (known !== true)
      refuse(["columns", name], "is neither a name of the header nor a position in the row");
  }
  if (totals !== undefined) {
    for (const key of ["count", "total", "bankDay", "markerField"] as const) {
      if ((totals[key] ?? 1) > totals.fields) refuse(["summary", key], "lies beyond the summary line");
    }
    const distinct = totals.marker !== undefined || totals.fields !== (shape.fields ?? shape.header?.length);
    if (totals.at === "trailer" && !distinct)
      refuse(["summary", "marker"], "a trailer needs a marker or its own number of fields");
  }
  if (names.kind !== undefined && Object.keys(profile.kinds).length === 0)
    refuse(["kinds"], "a kind column needs its words");
  if (names.status !== undefined && profile.successCodes.length === 0)
    refuse(["successCodes"], "a status column needs its success codes");
  if ((names.time === undefined) !== (profile.timeFormat === undefined))
    refuse(["timeFormat"], "goes with a time column");
  return issues;
};

export const delimitedProfileSchema = delimitedShape.superRefine((profile, context) => {
  for (const issue of contradictions(profile)) context.addIssue({ code: "custom", ...issue });
});

export const camtProfileSchema = z.strictObject({
  format: z.literal("camt"),
  name: z.string().regex(/^[a-z0-9-]+$/),
  version: z.number().int().min(1),
  description: z.string(),
  /** Messages that the profile takes; another one is refused by name. */
  messages: z.array(z.enum(["camt.052", "camt.053", "camt.054"])).min(1),
  /** true: AcctSvcrRef identifies an entry for this bank. */
  bankReferenceIsUnique: z.boolean().default(false),
});

export const bankProfileSchema = z.discriminatedUnion("format", [delimitedProfileSchema, camtProfileSchema]);

export type DelimitedProfile = z.infer<typeof delimitedProfileSchema>;
export type CamtProfile = z.infer<typeof camtProfileSchema>;
export type BankProfile = z.infer<typeof bankProfileSchema>;
