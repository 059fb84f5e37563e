/**
 * What the old system hands over: the roll of 3,600 homes as a GB18030 file with its usual mistakes, and its balances.
 * Figures are round, so that everything that follows can be computed on paper.
 */
import { writeFileSync } from "node:fs";
import { stringify } from "csv-stringify/sync";
import iconv from "iconv-lite";

/** The homes by number, from and to: what each group is for. */
export const GROUPS = {
  /** 90.00 m2, own loop: 2,052.00 yuan a season. */
  plain: [1, 3400],
  /** 88.37 m2, series loop: 2,014.84. */
  series: [3401, 3440],
  /** 98.19 m2 gross, no inner area on file: 88.371 m2, 2,014.86. */
  grossOnly: [3441, 3460],
  /** 120.00 m2 gross, non-residential: 4,032.00. */
  shops: [3461, 3480],
  stopped: [3481, 3500],
  neverOpened: [3501, 3520],
  /** 60.00 m2: 1,368.00. The first 40 owe something from last season, the next 20 have something left. */
  small: [3521, 3600],
} as const satisfies Record<string, readonly [number, number]>;

export const HOMES = 3600;
/** Stopped by the old system's list of stops, not by its roll. */
export const STOPPED_BY_LIST = [3398, 3399, 3400] as const;
/** Its valve is shut: whoever pays for it gets a crew. */
export const SHUT = 500;
/** Its owner's name is outside GBK. */
export const RARE = 3301;
export const RARE_NAME = "欧阳䶮";

export const accountNo = (n: number): string => String(371_000_000 + n);
export const oldNumber = (n: number): string => String(20_000_000 + n);

const within = (n: number, [from, to]: readonly [number, number]): boolean => n >= from && n <= to;

const COMMUNITIES = [
  "嘉禾书香花园一期",
  "嘉禾书香花园二期",
  "第三仪表厂家属院",
  "和润听澜名邸",
  "柳湾社区",
  "瑞和枫林苑",
  "启明梧桐公馆",
  "锦泰云麓新城",
  "天禾荷风雅居东院",
  "天禾荷风雅居西院",
  "恒远星河国际",
  "安晟麦浪家园",
];

const HEADER = [
  "户号",
  "旧户号",
  "卡号",
  "代扣协议号",
  "热源",
  "热力站",
  "站产权",
  "接管日期",
  "物业公司",
  "物业电话",
  "区",
  "街道",
  "小区",
  "楼号",
  "单元",
  "楼层",
  "门牌",
  "用户姓名",
  "电话",
  "用热性质",
  "套内面积",
  "建筑面积",
  "面积依据",
  "循环方式",
  "用热状态",
  "阀门状态",
  "片区",
];

const areasOf = (n: number): readonly [inner: string, gross: string] => {
  if (within(n, GROUPS.series)) return ["88.37", "110.00"];
  if (within(n, GROUPS.grossOnly)) return ["", "98.19"];
  if (within(n, GROUPS.shops)) return ["", "120.00"];
  return within(n, GROUPS.small) ? ["60.00", "75.00"] : ["90.00", "112.50"];
};

const stateOf = (n: number): readonly [supply: string, valve: string] => {
  if (within(n, GROUPS.stopped)) return ["报停", "铅封"];
  if (within(n, GROUPS.neverOpened)) return ["未开通", "关"];
  return ["供热", n === SHUT ? "关" : "开"];
};

const rowOf = (n: number): string[] => {
  const place = Math.trunc((n - 1) / 300);
  const within60 = (n - 1) % 60;
  const station = Math.trunc(place / 3) + 1;
  const ours = station < 4;
  const [inner, gross] = areasOf(n);
  const [supply, valve] = stateOf(n);
  return [
    accountNo(n),
    oldNumber(n),
    n % 3 === 0 ? String(9_000_000_000 + n) : "",
    n % 9 === 0 ? `DK${n}` : "",
    "第一热源厂",
    `第${station}热力站`,
    ours ? "自管" : "物业",
    ours ? "2012-05-20" : "",
    ours ? "" : "嵩岳和谐物业服务有限公司",
    ours ? "" : "0371-61234567",
    "金水区",
    "经八路街道",
    COMMUNITIES[place] ?? "",
    `${Math.trunc(((n - 1) % 300) / 60) + 1}号楼`,
    within60 < 30 ? "1单元" : "2单元",
    String(Math.trunc((within60 % 30) / 3) + 1),
    ["东户", "中户", "西户"][within60 % 3] ?? "",
    n === RARE ? RARE_NAME : `户主${n}`,
    `1990${String(1_000_000 + n)}`,
    within(n, GROUPS.shops) ? "商业" : "居民",
    inner,
    gross,
    `房产证 2012-${n}`,
    within(n, GROUPS.series) ? "串联" : "独立",
    supply,
    valve,
    `第${Math.trunc(place / 3) + 1}片区`,
  ];
};

/** Seven 户号 that stand twice, and six rows without a building. */
export const TWICE = 14;
export const HOMELESS = 6;
const twiceNo = (n: number): string => String(372_000_000 + n);
const homelessNo = (n: number): string => String(372_000_010 + n);

const withCells = (row: string[], cells: Readonly<Record<string, string>>): string[] =>
  row.map((cell, index) => cells[HEADER[index] ?? ""] ?? cell);

const badRows = (): string[][] => {
  const none = { 旧户号: "", 卡号: "", 代扣协议号: "" };
  const twice = Array.from({ length: TWICE }, (_, index) =>
    withCells(rowOf(index + 1), { ...none, 户号: twiceNo(Math.trunc(index / 2) + 1), 门牌: `重${index}` }),
  );
  const homeless = Array.from({ length: HOMELESS }, (_, index) =>
    withCells(rowOf(index + 1), { ...none, 户号: homelessNo(index + 1), 楼号: "" }),
  );
  return [...twice, ...homeless];
};

export const ROLL_ROWS = HOMES + TWICE + HOMELESS;

const write = (file: string, rows: readonly (readonly string[])[]): void =>
  writeFileSync(file, iconv.encode(stringify(rows.map((row) => [...row])), "gb18030"));

/** The roll, the bad rows in the middle of the good ones. */
export const writeRoll = (file: string): void => {
  const good = Array.from({ length: HOMES }, (_, index) => rowOf(index + 1));
  write(file, [HEADER, ...good.slice(0, 1800), ...badRows(), ...good.slice(1800)]);
};

/** The old trial balance. 3,100.00 of the debts belong to homes that are not on the roll. */
export const OLD_BALANCE = {
  receivable: "7920.00",
  pending: "3100.00",
  prepaid: "1000.00",
  suspense: "1388.19",
} as const;

const OPENING_HEADER = [
  "类型",
  "户号",
  "采暖季",
  "金额",
  "欠费人",
  "已开票",
  "末次收据号",
  "收款台",
  "用热状态",
  "备注",
];

const money = (kind: string, number: string, amount: string, season = "", debtor = ""): string[] => [
  kind,
  number,
  season,
  amount,
  debtor,
  kind === "欠费" ? "否" : "",
  "",
  "",
  "",
  "",
];

/** Debts, prepaid, money of nobody, stops in force and the last receipt of the counter's till. */
export const writeOpening = (file: string): void => {
  const [firstSmall] = GROUPS.small;
  const range = (from: number, count: number): number[] =>
    Array.from({ length: count }, (_, index) => from + index);
  write(file, [
    OPENING_HEADER,
    // Half of them under their old numbers.
    ...range(1, 40).map((n) => {
      const home = firstSmall + n - 1;
      return money(
        "欠费",
        n % 2 === 0 ? oldNumber(home) : accountNo(home),
        `${100 + n}.00`,
        "2025",
        `户主${home}`,
      );
    }),
    money("欠费", twiceNo(1), "1550.00", "2025", "原户主"),
    money("欠费", homelessNo(1), "1550.00", "2025", "原户主"),
    ...range(firstSmall + 40, 20).map((n) => money("预收", accountNo(n), "50.00")),
    money("待核销", "", "388.19"),
    money("待核销", "", "1000.00"),
    ...STOPPED_BY_LIST.map((n) => ["停用", accountNo(n), "", "", "", "", "", "", "报停", "停热申请 2026-06"]),
    ["末号", "", "", "", "", "", "4711", "T01", "", ""],
  ]);
};
