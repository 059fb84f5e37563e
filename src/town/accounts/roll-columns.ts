/** The columns of a roll by their names: Chinese as companies write them, or English. The order in the file is free. */
import { toHalfWidth } from "#src/kernel/half-width.ts";
import { fail } from "#src/kernel/errors.ts";

type Column = { readonly names: readonly string[]; readonly required?: boolean };

/** The first name is the one that messages and documentation use. */
export const ROLL_COLUMNS = {
  accountNo: { names: ["户号", "用户编号", "account_no"], required: true },
  oldNumber: { names: ["旧户号", "原户号", "old_number"] },
  card: { names: ["卡号", "card"] },
  agreement: { names: ["代扣协议号", "协议号", "bank_agreement"] },
  heatSource: { names: ["热源", "heat_source"] },
  station: { names: ["热力站", "换热站", "station"], required: true },
  stationOwner: { names: ["站产权", "station_owner"] },
  takenOverOn: { names: ["接管日期", "taken_over_on"] },
  propertyFirmName: { names: ["物业公司", "property_firm_name"] },
  propertyFirmPhone: { names: ["物业电话", "property_firm_phone"] },
  loop: { names: ["环路", "loop"] },
  district: { names: ["区", "行政区", "district"] },
  street: { names: ["街道", "street"] },
  community: { names: ["小区", "小区名称", "community"], required: true },
  building: { names: ["楼号", "楼栋", "building"], required: true },
  unit: { names: ["单元", "unit"] },
  floor: { names: ["楼层", "floor"] },
  door: { names: ["门牌", "门牌号", "房号", "door"], required: true },
  personName: { names: ["用户姓名", "户主", "姓名", "name"] },
  phone: { names: ["电话", "联系电话", "手机", "phone"] },
  heatClass: { names: ["用热性质", "heat_class"], required: true },
  innerArea: { names: ["套内面积", "套内建筑面积", "inner_area"] },
  grossArea: { names: ["建筑面积", "gross_area"] },
  billingArea: { names: ["计费面积", "billing_area"] },
  document: { names: ["面积依据", "area_document"] },
  loopType: { names: ["循环方式", "loop_type"] },
  supplyState: { names: ["用热状态", "supply_state"] },
  valveState: { names: ["阀门状态", "valve_state"] },
  area: { names: ["片区", "service_area"] },
} as const satisfies Record<string, Column>;

export type RollColumn = keyof typeof ROLL_COLUMNS;
export type RollCells = Readonly<Partial<Record<RollColumn, string>>>;

/** Columns that our own error file adds: skipped, so that it can be mended and loaded again. */
export const ERROR_COLUMNS = ["行号", "原因", "原因代码"] as const;

const columnByName = new Map<string, RollColumn>(
  (Object.entries(ROLL_COLUMNS) as [RollColumn, Column][]).flatMap(([column, { names }]) =>
    names.map((name): [string, RollColumn] => [name, column]),
  ),
);
const skipped = new Set<string>(ERROR_COLUMNS);

const foldHeader = (text: string): string =>
  toHalfWidth(text)
    .replace(/\([^)]*\)$/, "")
    .replace(/\s+/g, "")
    .toLowerCase();

/**
 * Which cell holds which column; null for the cells of our own error file.
 * @throws DomainError `roll.unknown-column`, `roll.column-twice`, `roll.column-missing`
 */
export const readHeader = (cells: readonly string[]): (RollColumn | null)[] => {
  const names = cells.map(foldHeader);
  // Blank cells at the end come from spreadsheets that were once wider.
  while (names.at(-1) === "") names.pop();
  const columns = names.map((name) => {
    if (skipped.has(name)) return null;
    return (
      columnByName.get(name) ??
      fail("roll.unknown-column", `the heading "${name.slice(0, 40)}" is not one that the roll has`, {
        row: 1,
        remedy:
          "rename or remove the column (docs/roll-import.md lists the names), or declare the right encoding",
      })
    );
  });
  const seen = new Set<RollColumn>();
  for (const column of columns) {
    if (column === null) continue;
    if (seen.has(column)) {
      fail("roll.column-twice", `the column ${ROLL_COLUMNS[column].names[0]} stands twice in the header`, {
        row: 1,
      });
    }
    seen.add(column);
  }
  const missing = (Object.entries(ROLL_COLUMNS) as [RollColumn, Column][])
    .filter(([column, { required }]) => required === true && !seen.has(column))
    .map(([, column]) => column.names[0] ?? "");
  if (!seen.has("innerArea") && !seen.has("grossArea") && !seen.has("billingArea")) missing.push("套内面积");
  if (missing.length > 0) {
    fail("roll.column-missing", `the header lacks ${missing.join(", ")}`, { row: 1, facts: { missing } });
  }
  return columns;
};
