/** A roll of households as a company writes it: every column, with cells that fit unless a test says otherwise. */
export const HEADER =
  "户号,旧户号,卡号,代扣协议号,热源,热力站,站产权,接管日期,物业公司,物业电话,环路,区,街道,小区,楼号,单元,楼层,门牌,用户姓名,电话,用热性质,套内面积,建筑面积,面积依据,循环方式,用热状态,阀门状态,片区";
export type Cells = Record<string, string>;
export const base: Cells = {
  热源: "东区热电厂",
  热力站: "书香站",
  站产权: "自管",
  接管日期: "2010-05-01",
  区: "金水区",
  街道: "文化路",
  小区: "书香名邸一期",
  楼号: "1号楼",
  单元: "1单元",
  用户姓名: "王小明",
  电话: "13812348001",
  用热性质: "居民",
  套内面积: "88.37",
  建筑面积: "98.19",
  面积依据: "房产证",
  循环方式: "独立",
  用热状态: "供热",
  阀门状态: "开",
  片区: "文化路片区",
};
const line = (cells: Cells): string =>
  HEADER.split(",")
    .map((name) => ({ ...base, ...cells })[name] ?? "")
    .map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(",");
export const csv = (rows: readonly Cells[]): string => [HEADER, ...rows.map(line)].join("\r\n");
