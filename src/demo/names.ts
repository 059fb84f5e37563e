/**
 * Invented names: of people, firms and communities. Real shapes, no real bearer: every name is put together from lists.
 * Rare characters come at the rates of domain facts: 1-2% outside GB2312 but in GBK, 0.1% outside GBK.
 */
import type { Random } from "./random.ts";

const SURNAMES = Array.from(
  "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文",
);
const COMPOUND_SURNAMES = ["欧阳", "上官", "司马", "诸葛", "夏侯", "皇甫"];
const GIVEN = Array.from(
  "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文斌鹏飞雪晨曦宇浩轩子涵梓怡嘉欣佳宁思远俊博雅琪晓东海波新民春生福德胜利家和立成永康安然若诗云舒清妍君悦景行知远",
);
const GBK_ONLY = Array.from("喆堃祎玥婳彧龑");
const BEYOND_GBK = Array.from("䶮㛃𬴂𠮷");
const SYLLABLES = ["阿依", "古丽", "买买提", "努尔", "艾山", "帕提", "玛依拉", "赛买", "吐尔逊", "热依汗"];

/** A person's name. */
export const personName = (random: Random): string => {
  if (random.chance(30)) {
    const part = (): string => random.pick(SYLLABLES) + random.pick(SYLLABLES);
    return `${part()}·${part()}`;
  }
  const surname = random.chance(60) ? random.pick(COMPOUND_SURNAMES) : random.pick(SURNAMES);
  const last = random.chance(10)
    ? random.pick(BEYOND_GBK)
    : random.chance(150)
      ? random.pick(GBK_ONLY)
      : random.pick(GIVEN);
  return surname + (random.chance(8500) ? random.pick(GIVEN) : "") + last;
};

const FIRM_PLACES = ["中原", "嵩岳", "金水河", "豫澜", "商都", "绿城东", "黄淮", "启明"];
const FIRM_WORDS = ["恒信", "博远", "嘉汇", "盛泽", "瑞阳", "天禾", "润达", "同创", "鼎丰", "和谐"];
const FIRM_TRADES = [
  "餐饮管理",
  "商贸",
  "口腔门诊部",
  "幼儿园",
  "图书文化",
  "汽车服务",
  "物业服务",
  "教育科技",
];
const FIRM_FORMS = ["有限公司", "有限责任公司", "股份有限公司"];

/** A firm's name; one in thirty has a branch and a department behind it and comes near sixty characters. */
export const firmName = (random: Random): string => {
  const name = `河南${random.pick(FIRM_PLACES)}${random.pick(FIRM_WORDS)}${random.pick(FIRM_TRADES)}${random.pick(FIRM_FORMS)}`;
  if (!random.chance(330)) return name;
  const district = random.pick(DISTRICTS).name;
  return `${name}郑州市${district}第${random.pick(["一", "二", "三"])}分公司${random.pick(FIRM_WORDS)}广场连锁经营与后勤综合服务管理中心`;
};

export const propertyFirmName = (random: Random): string =>
  `${random.pick(FIRM_PLACES)}${random.pick(FIRM_WORDS)}物业服务有限公司`;

export const DISTRICTS = [
  { name: "中原区", streets: ["桐柏路街道", "棉纺路街道", "秦岭路街道"] },
  { name: "二七区", streets: ["大学路街道", "嵩山路街道", "福华街街道"] },
  { name: "金水区", streets: ["经八路街道", "花园路街道", "文化路街道", "南阳路街道"] },
  { name: "管城回族区", streets: ["东大街街道", "城东路街道"] },
  { name: "惠济区", streets: ["刘寨街道", "长兴路街道"] },
  { name: "郑东新区", streets: ["商都路街道", "如意湖街道", "博学路街道"] },
  { name: "高新区", streets: ["枫杨街道", "梧桐街道"] },
  { name: "经开区", streets: ["潮河街道", "明湖街道"] },
] as const;

const ESTATE_HEADS = [
  "和润",
  "嘉禾",
  "瑞和",
  "豫澜",
  "启明",
  "天禾",
  "盛泽",
  "锦泰",
  "同创",
  "鼎丰",
  "恒远",
  "安晟",
];
const ESTATE_HEARTS = [
  "书香",
  "听澜",
  "枫林",
  "望湖",
  "兰溪",
  "梧桐",
  "云麓",
  "松韵",
  "荷风",
  "麦浪",
  "星河",
  "棠棣",
];
const ESTATE_TAILS = ["花园", "小区", "名邸", "公馆", "家园", "新城", "苑", "国际", "雅居", "华庭"];
const OLD_FIRMS = [
  "仪表厂",
  "棉纺厂",
  "机械厂",
  "电缆厂",
  "化工厂",
  "砂轮厂",
  "设计院",
  "地质队",
  "油脂厂",
  "印染厂",
];
const OLD_KINDS = ["家属院", "大院", "生活区"];
const VILLAGES = ["柳湾", "石桥", "杏庄", "沙口", "榆林", "白沟", "小双桥", "南岗"];

export type CommunityShape = "estate" | "compound" | "resettled";

/** A community's name without its phase. */
export const communityBaseName = (random: Random, shape: CommunityShape): string => {
  if (shape === "compound") {
    return `第${random.pick(["一", "二", "三", "四", "五", "六", "七", "八", "九"])}${random.pick(OLD_FIRMS)}${random.pick(OLD_KINDS)}`;
  }
  if (shape === "resettled") return `${random.pick(VILLAGES)}${random.pick(["社区", "安置小区", "新村"])}`;
  return `${random.pick(ESTATE_HEADS)}${random.pick(ESTATE_HEARTS)}${random.pick(ESTATE_TAILS)}`;
};
