/** One row of a roll read into what is stored: pure, no other row and no database is looked at. */
import { parseAreaM2 } from "#src/kernel/area.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import { cellDay, cellName, cellText } from "#src/platform/table-cell.ts";
import { splitPhase, STATION_OWNER_WORDS } from "#src/town/network/index.ts";
import type { HeatClass } from "./billing-area.ts";
import { foldAccountText, foldName } from "./folding.ts";
import type { LoopType } from "./queries.ts";
import type { RollCells } from "./roll-columns.ts";
import type { SupplyState } from "./supply-states.ts";
import type { ValveState } from "./valve-states.ts";

const HEAT_CLASS_WORDS: Readonly<Record<string, HeatClass>> = {
  居民: "residential",
  住宅: "residential",
  民用: "residential",
  residential: "residential",
  非居民: "non-residential",
  其他: "non-residential",
  商业: "non-residential",
  公建: "non-residential",
  "non-residential": "non-residential",
};
const LOOP_WORDS: Readonly<Record<string, LoopType>> = {
  "": "independent",
  独立: "independent",
  分户: "independent",
  independent: "independent",
  串联: "series",
  series: "series",
};
/** 用热状态 as companies write it; nothing written means nobody knows yet. */
export const SUPPLY_WORDS: Readonly<Record<string, SupplyState>> = {
  "": "undecided",
  未定: "undecided",
  undecided: "undecided",
  供热: "supplied",
  正常: "supplied",
  在用: "supplied",
  supplied: "supplied",
  报停: "suspended",
  停用: "suspended",
  suspended: "suspended",
  欠费关阀: "closed-for-arrears",
  "closed-for-arrears": "closed-for-arrears",
  违章停供: "closed-for-violation",
  "closed-for-violation": "closed-for-violation",
  拆除断暖: "cut-off",
  "cut-off": "cut-off",
  未开通: "never-opened",
  "never-opened": "never-opened",
};
/** 阀门状态 as companies write it. */
export const VALVE_WORDS: Readonly<Record<string, ValveState>> = {
  "": "unknown",
  未知: "unknown",
  unknown: "unknown",
  开: "open",
  open: "open",
  关: "closed",
  关闭: "closed",
  closed: "closed",
  铅封: "sealed",
  封堵: "sealed",
  sealed: "sealed",
};
const ORGANISATION =
  /公司|学校|幼儿园|医院|银行|委员会|大学|学院|集团|中心|政府|管理局|研究所|研究院|工厂|酒店/;

/** Why a row is refused, in the order in which it is looked for; the words of the error file. */
export const REFUSALS = {
  "account-no-missing": "没有户号",
  "account-no-unreadable": "户号不是4至32位的数字、字母或连字符",
  "charge-point-unreadable": "计费点不是1至99的整数",
  "account-no-twice": "户号（同一计费点）在文件中重复，请人工确认哪一行正确",
  "account-exists-differently": "户号已存在，且内容与导入时不同；请用变更业务办理",
  "building-missing": "没有楼号",
  "community-missing": "没有小区",
  "door-missing": "没有门牌",
  "station-missing": "没有热力站",
  "text-too-long": "有一项内容过长",
  "heat-class-unknown": "用热性质无法识别（居民/非居民）",
  "area-unreadable": "面积不是最多三位小数的数字",
  "area-missing": "没有可用于计费的面积",
  "loop-type-unknown": "循环方式无法识别（独立/串联）",
  "supply-state-unknown": "用热状态无法识别",
  "valve-state-unknown": "阀门状态无法识别（开/关/铅封/未知）",
  "station-owner-unknown": "站产权无法识别（自管/物业）",
  "take-over-day-unreadable": "接管日期不是日期（如 2010-05-01）",
  "take-over-day-missing": "自管热力站没有接管日期",
  "alias-unreadable": "旧户号、卡号或代扣协议号过长或含有空格、汉字",
  "charge-point-first-missing": "该户号没有计费点1的一行",
  "account-other-row-refused": "同一户号另一计费点的一行被拒绝，整户一起处理",
} as const;
export type Refusal = keyof typeof REFUSALS;

/** As it is staged: text columns, '' for nothing, areas in thousandths of a m2 as digits. */
export type StagedRow = {
  readonly refusal: Refusal | "";
  readonly accountNo: string;
  readonly oldNumber: string;
  readonly card: string;
  readonly agreement: string;
  readonly heatSource: string;
  readonly station: string;
  readonly stationOwner: string;
  readonly takenOverOn: string;
  readonly propertyFirmName: string;
  readonly propertyFirmPhone: string;
  /** What of the firm's cell is kept nowhere: no number, or a further one. */
  readonly lostFirmPhones: string;
  readonly loop: string;
  readonly district: string;
  readonly street: string;
  readonly community: string;
  readonly baseName: string;
  readonly phase: string;
  readonly building: string;
  readonly unit: string;
  readonly floor: string;
  readonly door: string;
  readonly personName: string;
  readonly foldedName: string;
  readonly personKind: string;
  readonly phones: string;
  readonly badPhones: string;
  readonly heatClass: string;
  readonly innerArea: string;
  readonly grossArea: string;
  readonly billingArea: string;
  readonly document: string;
  readonly loopType: string;
  readonly supplyState: string;
  readonly valveState: string;
  readonly area: string;
  /** 1 where the roll says nothing; an account with a shop below and a home above has a row for each. */
  readonly point: string;
  readonly pointName: string;
};

const areaText = (cell: string | undefined): { readonly milli: string; readonly bad: boolean } => {
  const written = cellText(cell)
    .replace(/(m2|㎡|平方米)$/i, "")
    .replaceAll(",", "")
    .trim();
  if (written === "") return { milli: "", bad: false };
  if (!/^\d{1,7}(\.\d{1,3}0*)?$/.test(written)) return { milli: "", bad: true };
  return { milli: String(parseAreaM2(written.replace(/(\.\d{3})0+$/, "$1"))), bad: false };
};

type ReadPhone = { readonly number: string; readonly kind: string; readonly written: string };

const phonesOf = (cell: string | undefined): { readonly good: ReadPhone[]; readonly bad: string[] } => {
  const good: ReadPhone[] = [];
  const bad: string[] = [];
  if (cell === undefined || cell === "") return { good, bad };
  for (const written of cellText(cell).split(/[,;、/|，；]|\s{2,}/)) {
    if (written.trim() === "") continue;
    try {
      const { number, kind } = parsePhone(written);
      if (!good.some((known) => known.number === number))
        good.push({ number, kind, written: written.trim() });
    } catch {
      // Not a number: it goes to the cleaning list, and nowhere as a number.
      bad.push(written.trim());
    }
  }
  return { good, bad };
};

/** A property firm's number stands in thousands of rows: it is read once. */
type FirmPhone = { readonly number: string; readonly lost: string };
const firmPhones = new Map<string, FirmPhone>();
const FIRM_PHONES_KEPT = 10_000;

const firmPhoneOf = (cell: string | undefined): FirmPhone => {
  const written = cell ?? "";
  const known = firmPhones.get(written);
  if (known !== undefined) return known;
  const { good, bad } = phonesOf(written);
  const [kept, ...further] = good;
  const lost = [...further.map((phone) => phone.written), ...bad].join(" ");
  const phone = { number: kept?.number ?? "", lost };
  if (firmPhones.size >= FIRM_PHONES_KEPT) firmPhones.clear();
  firmPhones.set(written, phone);
  return phone;
};

const LONGEST = 100;

const firstRefusal = (flags: ReadonlySet<Refusal>): Refusal | "" =>
  (Object.keys(REFUSALS) as Refusal[]).find((refusal) => flags.has(refusal)) ?? "";

const judge = (row: Omit<StagedRow, "refusal">, flags: Set<Refusal>): void => {
  const need = (value: string, refusal: Refusal) => {
    if (value === "") flags.add(refusal);
  };
  need(row.accountNo, "account-no-missing");
  if (!/^[0-9A-Za-z-]{4,32}$/.test(row.accountNo)) flags.add("account-no-unreadable");
  if (!/^[1-9]\d?$/.test(row.point)) flags.add("charge-point-unreadable");
  need(row.building, "building-missing");
  need(row.community, "community-missing");
  need(row.door, "door-missing");
  need(row.station, "station-missing");
  const places = [
    row.heatSource,
    row.station,
    row.loop,
    row.district,
    row.street,
    row.community,
    row.building,
  ];
  const others = [
    row.unit,
    row.floor,
    row.door,
    row.personName,
    row.document,
    row.area,
    row.propertyFirmName,
    row.pointName,
  ];
  if ([...places, ...others].some((value) => value.length > LONGEST)) flags.add("text-too-long");
  for (const alias of [row.oldNumber, row.card, row.agreement]) {
    if (alias !== "" && !/^[!-~]{1,64}$/.test(alias)) flags.add("alias-unreadable");
  }
};

const word = <Value extends string>(
  words: Readonly<Record<string, Value>>,
  cell: string | undefined,
  refusal: Refusal,
  flags: Set<Refusal>,
): Value | "" => {
  const written = cellText(cell).toLowerCase();
  const found = Object.hasOwn(words, written) ? words[written] : undefined;
  if (found === undefined) flags.add(refusal);
  return found ?? "";
};

/** Reads a row. Never throws: what is wrong with it is its `refusal`, the first of `REFUSALS` that applies. */
export const readRollRow = (cells: RollCells): StagedRow => {
  const flags = new Set<Refusal>();
  const inner = areaText(cells.innerArea);
  const gross = areaText(cells.grossArea);
  const billing = areaText(cells.billingArea);
  if (inner.bad || gross.bad || billing.bad) flags.add("area-unreadable");
  const taken = cellDay(cells.takenOverOn);
  if (taken === "unreadable") flags.add("take-over-day-unreadable");
  const heatClass = word(HEAT_CLASS_WORDS, cells.heatClass, "heat-class-unknown", flags);
  const billable = heatClass === "residential" ? [inner, gross, billing] : [gross, billing];
  if (!billable.some(({ milli }) => milli !== "" && milli !== "0")) flags.add("area-missing");
  const phones = phonesOf(cells.phone);
  const firmPhone = firmPhoneOf(cells.propertyFirmPhone);
  const community = cellText(cells.community);
  const { baseName, phase } = splitPhase(community);
  const personName = cellName(cells.personName);
  const row = {
    accountNo: foldAccountText(cellText(cells.accountNo)),
    oldNumber: foldAccountText(cellText(cells.oldNumber)),
    card: foldAccountText(cellText(cells.card)),
    agreement: foldAccountText(cellText(cells.agreement)),
    heatSource: cellText(cells.heatSource) || "未分热源",
    station: cellText(cells.station),
    stationOwner: word(STATION_OWNER_WORDS, cells.stationOwner, "station-owner-unknown", flags),
    takenOverOn: taken === null || taken === "unreadable" ? "" : taken,
    propertyFirmName: cellName(cells.propertyFirmName),
    propertyFirmPhone: firmPhone.number,
    lostFirmPhones: firmPhone.lost,
    loop: cellText(cells.loop) || "1",
    district: cellText(cells.district),
    street: cellText(cells.street),
    community,
    baseName,
    phase,
    building: cellText(cells.building),
    unit: cellText(cells.unit),
    floor: cellText(cells.floor),
    door: cellText(cells.door),
    personName,
    foldedName: foldName(personName),
    personKind: ORGANISATION.test(personName) ? "organisation" : "person",
    phones: phones.good.length === 0 ? "" : JSON.stringify(phones.good),
    badPhones: phones.bad.join(" "),
    heatClass,
    innerArea: inner.milli,
    grossArea: gross.milli,
    billingArea: billing.milli,
    document: cellName(cells.document),
    loopType: word(LOOP_WORDS, cells.loopType, "loop-type-unknown", flags),
    supplyState: word(SUPPLY_WORDS, cells.supplyState, "supply-state-unknown", flags),
    valveState: word(VALVE_WORDS, cells.valveState, "valve-state-unknown", flags),
    area: cellText(cells.area),
    point: cellText(cells.point) || "1",
    pointName: cellName(cells.pointName),
  };
  judge(row, flags);
  return { refusal: firstRefusal(flags), ...row };
};
