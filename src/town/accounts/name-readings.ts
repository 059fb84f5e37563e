/**
 * How a name is read (拼音): full and by initials, with the readings that a character has only as a surname (单 Shan,
 * 解 Xie, 查 Zha). The common reading is kept beside it, because whoever types it may not know better.
 */
import { pinyin } from "pinyin-pro";

/** Readings as a surname that dictionaries miss or disagree on, the right one first. */
const SURNAME_READINGS: Readonly<Record<string, readonly string[]>> = {
  单: ["shan", "dan"],
  解: ["xie", "jie"],
  查: ["zha", "cha"],
  仇: ["qiu", "chou"],
  区: ["ou", "qu"],
  曾: ["zeng", "ceng"],
  盖: ["ge", "gai"],
  朴: ["piao", "pu"],
  任: ["ren"],
  华: ["hua"],
  翟: ["zhai", "di"],
  缪: ["miao", "miu"],
  折: ["she", "zhe"],
  乐: ["yue", "le"],
  员: ["yun", "yuan"],
  召: ["shao", "zhao"],
  覃: ["qin", "tan"],
  洗: ["xian", "xi"],
  冼: ["xian"],
  种: ["chong", "zhong"],
  秘: ["bi", "mi"],
  黑: ["he", "hei"],
  繁: ["po", "fan"],
  郗: ["xi", "chi"],
  牟: ["mou", "mu"],
  宓: ["mi", "fu"],
  逄: ["pang"],
  隗: ["kui", "wei"],
  训: ["xun"],
  车: ["che", "ju"],
  句: ["gou", "ju"],
  祭: ["zhai", "ji"],
  适: ["kuo", "shi"],
  瞿: ["qu", "ju"],
  臧: ["zang"],
  佴: ["nai", "er"],
  尉: ["wei", "yu"],
  谌: ["chen", "shen"],
  纪: ["ji"],
  那: ["na"],
  哈: ["ha"],
  褚: ["chu", "zhu"],
  燕: ["yan"],
  葛: ["ge"],
  过: ["guo"],
  宿: ["su", "xiu"],
  长: ["zhang", "chang"],
};

const HAN = /\p{Script=Han}/u;
/** Longer ones are firms' names, read as words and not as surname and given name. */
const LONGEST_PERSON = 4;
/** So long a prefix finds anybody; the rest of a firm's name only fills the tree. */
const LONGEST_PINYIN = 24;
const LONGEST_INITIALS = 10;
const MOST_READINGS = 3;

const withoutMarks = (syllable: string): string => syllable.replaceAll("ü", "v").replaceAll(/[^a-z0-9]/g, "");

const kept = new Map<string, string>();
const KEPT_CHARACTERS = 30_000;

/** One character as it is read by itself. Kept, because a town writes its names with a few thousand. */
const plainReading = (character: string): string => {
  const known = kept.get(character);
  if (known !== undefined) return known;
  const [read = ""] = pinyin(character, { toneType: "none", type: "array", v: true });
  const reading = withoutMarks(read.toLowerCase());
  if (kept.size < KEPT_CHARACTERS) kept.set(character, reading);
  return reading;
};

const COMPOUND = new Set(
  "欧阳 上官 司马 诸葛 夏侯 皇甫 尉迟 万俟 公孙 长孙 慕容 令狐 司徒 司空 东方 独孤 南宫 西门 呼延 端木 宇文 轩辕 澹台 濮阳 淳于 单于 太史 申屠 钟离 鲜于 闾丘 第五 拓跋 赫连 纳兰".split(
    " ",
  ),
);
const COMPOUND_READINGS: Readonly<Record<string, readonly string[]>> = {
  尉迟: ["yu", "chi"],
  万俟: ["mo", "qi"],
  长孙: ["zhang", "sun"],
  单于: ["chan", "yu"],
  澹台: ["tan", "tai"],
};

/** Every way in which these characters may be read, syllable by syllable. */
const waysToRead = (characters: readonly string[]): string[][] => {
  if (characters.length > LONGEST_PERSON) {
    // Words decide how their characters are read: 银行 yinhang.
    const read = pinyin(characters.join(""), { toneType: "none", type: "array", v: true });
    return [read.map((syllable) => withoutMarks(syllable.toLowerCase()))];
  }
  const plain = characters.map(plainReading);
  const compound = COMPOUND_READINGS[characters.slice(0, 2).join("")];
  if (compound !== undefined) return [[...compound, ...plain.slice(2)], plain];
  if (COMPOUND.has(characters.slice(0, 2).join(""))) return [plain];
  const surname = SURNAME_READINGS[characters[0] ?? ""];
  if (surname === undefined) return [plain];
  return surname.slice(0, MOST_READINGS).map((reading) => [reading, ...plain.slice(1)]);
};

export type NameReadings = { readonly pinyin: readonly string[]; readonly initials: readonly string[] };

/**
 * Full pinyin without blanks and initials of a folded name; letters and digits in it stand for themselves. Characters that
 * no dictionary knows are left out.
 */
export const readingsOfName = (foldedName: string): NameReadings => {
  const characters = Array.from(foldedName).filter(
    (character) => HAN.test(character) || /[a-z0-9]/.test(character),
  );
  const full = new Set<string>();
  const initials = new Set<string>();
  for (const syllables of waysToRead(characters)) {
    const read = syllables.filter((syllable) => syllable !== "");
    if (read.length === 0) continue;
    full.add(read.join("").slice(0, LONGEST_PINYIN));
    initials.add(
      read
        .map((syllable) => syllable.charAt(0))
        .join("")
        .slice(0, LONGEST_INITIALS),
    );
  }
  return { pinyin: [...full], initials: [...initials] };
};
