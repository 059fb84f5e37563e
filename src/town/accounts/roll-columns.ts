/** The columns of a roll by their names: Chinese as companies write them, or English. The order in the file is free. */
import { fail } from "#src/kernel/errors.ts";
import { readTableHeader, type TableColumn, type TableHeader } from "#src/platform/table-header.ts";

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
  point: { names: ["计费点", "计费点序号", "charge_point"] },
  pointName: { names: ["计费点名称", "charge_point_name"] },
} as const satisfies Record<string, TableColumn>;

export type RollColumn = keyof typeof ROLL_COLUMNS;
export type RollCells = Readonly<Partial<Record<RollColumn, string>>>;

const ROLL_HEADER: TableHeader<RollColumn> = {
  refusals: "roll",
  columns: ROLL_COLUMNS,
  document: "docs/roll-import.md",
};

/**
 * Which cell holds which column; null for the cells of our own error file.
 * @throws DomainError `roll.unknown-column`, `roll.column-twice`, `roll.column-missing`
 */
export const readHeader = (cells: readonly string[]): (RollColumn | null)[] => {
  const columns = readTableHeader(ROLL_HEADER, cells);
  const areas: readonly (RollColumn | null)[] = ["innerArea", "grossArea", "billingArea"];
  if (!columns.some((column) => areas.includes(column))) {
    fail("roll.column-missing", "the header lacks 套内面积", { row: 1, facts: { missing: ["套内面积"] } });
  }
  return columns;
};
