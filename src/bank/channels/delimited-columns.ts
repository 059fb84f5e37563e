/** Where a profile's columns stand in this very file: by the names of its header line, or by position. */
import { fail } from "#src/kernel/errors.ts";
import { trimField } from "./field-text.ts";
import type { DelimitedProfile } from "./profile-schema.ts";

/** 0-based index of each column; -1 for one that the profile does not have. */
export type Places = {
  readonly [Name in keyof Required<DelimitedProfile["columns"]>]: number;
} & { readonly fieldCount: number };

const COLUMN_NAMES = [
  "amount",
  "accountNo",
  "serial",
  "day",
  "time",
  "kind",
  "originalSerial",
  "payerName",
  "payerAccount",
  "channel",
  "remittance",
  "status",
] as const;

/**
 * Resolves the columns against the header line (`headerFields`), or by position when the file has none.
 * @throws DomainError `file.header-unknown` when a column is missing or stands there twice.
 */
export const placeColumns = (
  profile: DelimitedProfile,
  headerFields: readonly string[] | null,
  line: number,
): Places => {
  const names = headerFields?.map((name) => trimField(name, profile.layout.strip)) ?? [];
  const place = (key: (typeof COLUMN_NAMES)[number]): number => {
    const wanted = profile.columns[key];
    if (wanted === undefined) return -1;
    if (typeof wanted === "number") return wanted - 1;
    const index = names.indexOf(wanted);
    if (index >= 0 && names.indexOf(wanted, index + 1) === -1) return index;
    fail(
      "file.header-unknown",
      `the header line (line ${line}) has ${index < 0 ? "no" : "more than one"} column ${wanted}`,
      {
        row: line,
        field: key,
        remedy:
          "Check that this is the bank's file; when the bank changed its columns, make a new profile version.",
      },
    );
  };
  const places = Object.fromEntries(COLUMN_NAMES.map((key) => [key, place(key)])) as Omit<
    Places,
    "fieldCount"
  >;
  return { ...places, fieldCount: headerFields?.length ?? profile.layout.fields ?? 0 };
};
