/** 调整: where a frozen number and the same number counted now differ. Cells are found by code and row, so a new row is an adjustment too. */
import type { Figure, Report } from "#src/reports/index.ts";

export type Adjustment = {
  /** Empty for a figure of the head of the sheet. */
  readonly grid: string;
  readonly row: string;
  readonly code: string;
  readonly kind: Figure["kind"];
  readonly frozen: string | number | null;
  readonly now: string | number | null;
};

type Place = Omit<Adjustment, "frozen" | "now"> & { readonly value: string | number | null };

const placesOf = (report: Report): ReadonlyMap<string, Place> => {
  const places: Place[] = report.figures.map(({ code, kind, value }) => ({
    grid: "",
    row: "",
    code,
    kind,
    value,
  }));
  for (const { code: grid, columns, rows } of report.grids) {
    for (const row of rows) {
      for (const [index, column] of columns.entries()) {
        const value = row.cells[index]?.value ?? null;
        places.push({ grid, row: row.label, code: column.code, kind: column.kind, value });
      }
    }
  }
  return new Map(places.map((place) => [`${place.grid}\n${place.row}\n${place.code}`, place]));
};

export const adjustmentsOf = (frozen: Report, now: Report): Adjustment[] => {
  const [before, after] = [placesOf(frozen), placesOf(now)];
  const found: Adjustment[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(key), after.get(key)];
    const place = was ?? is;
    if (place === undefined || was?.value === is?.value) continue;
    const { grid, row, code, kind } = place;
    found.push({ grid, row, code, kind, frozen: was?.value ?? null, now: is?.value ?? null });
  }
  return found;
};
