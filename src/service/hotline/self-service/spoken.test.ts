import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { fen, parseYuan } from "#src/kernel/money.ts";
import { spokenDay, spokenDigits, spokenMoney } from "./spoken.ts";

/** amount | Chinese | English: each row is a way in which somebody once misheard an amount. */
const AMOUNTS = `
0.00          | 零元                         | zero yuan
0.01          | 一分                         | one fen
0.02          | 两分                         | two fen
0.05          | 五分                         | five fen
0.10          | 一角                         | ten fen
0.20          | 两角                         | twenty fen
0.11          | 一角一分                     | eleven fen
0.99          | 九角九分                     | ninety-nine fen
1.00          | 一元                         | one yuan
2.00          | 两元                         | two yuan
2.22          | 两元两角两分                 | two yuan and twenty-two fen
3.05          | 三元零五分                   | three yuan and five fen
8.55          | 八元五角五分                 | eight yuan and fifty-five fen
10.00         | 十元                         | ten yuan
10.50         | 十元五角                     | ten yuan and fifty fen
10.05         | 十元零五分                   | ten yuan and five fen
12.00         | 十二元                       | twelve yuan
17.10         | 十七元一角                   | seventeen yuan and ten fen
20.00         | 二十元                       | twenty yuan
21.00         | 二十一元                     | twenty-one yuan
99.99         | 九十九元九角九分             | ninety-nine yuan and ninety-nine fen
100.00        | 一百元                       | one hundred yuan
101.00        | 一百零一元                   | one hundred one yuan
102.00        | 一百零二元                   | one hundred two yuan
110.00        | 一百一十元                   | one hundred ten yuan
112.00        | 一百一十二元                 | one hundred twelve yuan
200.00        | 二百元                       | two hundred yuan
222.00        | 二百二十二元                 | two hundred twenty-two yuan
1000.00       | 一千元                       | one thousand yuan
1001.00       | 一千零一元                   | one thousand one yuan
1010.00       | 一千零一十元                 | one thousand ten yuan
1100.00       | 一千一百元                   | one thousand one hundred yuan
1234.50       | 一千二百三十四元五角         | one thousand two hundred thirty-four yuan and fifty fen
2000.00       | 两千元                       | two thousand yuan
2002.00       | 两千零二元                   | two thousand two yuan
2052.00       | 两千零五十二元               | two thousand fifty-two yuan
2052.02       | 两千零五十二元零两分         | two thousand fifty-two yuan and two fen
2052.20       | 两千零五十二元两角           | two thousand fifty-two yuan and twenty fen
2220.00       | 两千二百二十元               | two thousand two hundred twenty yuan
3003.03       | 三千零三元零三分             | three thousand three yuan and three fen
10000.00      | 一万元                       | ten thousand yuan
10005.00      | 一万零五元                   | ten thousand five yuan
10010.00      | 一万零一十元                 | ten thousand ten yuan
10100.00      | 一万零一百元                 | ten thousand one hundred yuan
11000.00      | 一万一千元                   | eleven thousand yuan
12002.00      | 一万两千零二元               | twelve thousand two yuan
20000.00      | 两万元                       | twenty thousand yuan
22000.00      | 两万两千元                   | twenty-two thousand yuan
31464.00      | 三万一千四百六十四元         | thirty-one thousand four hundred sixty-four yuan
100000.00     | 十万元                       | one hundred thousand yuan
100010.00     | 十万零一十元                 | one hundred thousand ten yuan
100500.00     | 十万零五百元                 | one hundred thousand five hundred yuan
105000.00     | 十万五千元                   | one hundred five thousand yuan
110000.00     | 十一万元                     | one hundred ten thousand yuan
200000.00     | 二十万元                     | two hundred thousand yuan
1000000.00    | 一百万元                     | one million yuan
1010101.01    | 一百零一万零一百零一元零一分 | one million ten thousand one hundred one yuan and one fen
1204417.35    | 一百二十万四千四百一十七元三角五分 | one million two hundred four thousand four hundred seventeen yuan and thirty-five fen
20000000.00   | 两千万元                     | twenty million yuan
100000000.00  | 一亿元                       | one hundred million yuan
100000001.00  | 一亿零一元                   | one hundred million one yuan
100001000.00  | 一亿零一千元                 | one hundred million one thousand yuan
200020000.00  | 两亿零两万元                 | two hundred million twenty thousand yuan
534000000.00  | 五亿三千四百万元             | five hundred thirty-four million yuan
-8.55         | 负八元五角五分               | minus eight yuan and fifty-five fen
`
  .trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()) as [string, string, string]);

describe("an amount read aloud", () => {
  test.each(AMOUNTS)("%s is %s", (written, chinese, english) => {
    expect(spokenMoney(parseYuan(written), "zh-CN")).toBe(chinese);
    expect(spokenMoney(parseYuan(written), "en")).toBe(english);
  });

  test("says another amount in other words, and never two 零 in a row", () => {
    const amount = fc.bigInt(0n, 99_999_999_999n);
    fc.assert(
      fc.property(amount, amount, (one, other) => {
        for (const language of ["zh-CN", "en"] as const) {
          const [first, second] = [one, other].map((value) => spokenMoney(fen(value), language));
          expect(first === second).toBe(one === other);
        }
        expect(spokenMoney(fen(one), "zh-CN")).not.toMatch(/零零|零$|两十|两百|零元./);
      }),
    );
  });

  const VALUES: Readonly<Record<string, bigint>> = {
    零: 0n,
    一: 1n,
    二: 2n,
    两: 2n,
    三: 3n,
    四: 4n,
    五: 5n,
    六: 6n,
    七: 7n,
    八: 8n,
    九: 9n,
  };
  const UNITS: Readonly<Record<string, bigint>> = { 十: 10n, 百: 100n, 千: 1000n };
  /** What somebody who writes down what he hears would write: fen. */
  const heard = (words: string): bigint => {
    let fenHeard = 0n;
    let total = 0n;
    let section = 0n;
    let digit = 0n;
    for (const character of words) {
      const unit = UNITS[character];
      if (unit !== undefined) {
        section += (digit === 0n ? 1n : digit) * unit;
        digit = 0n;
      } else if (character === "万" || character === "亿") {
        total = (total + section + digit) * (character === "万" ? 10_000n : 100_000_000n);
        // 亿 and 万 stand in falling order: what was multiplied before is above
        [section, digit] = [0n, 0n];
        fenHeard += total * 100n;
        total = 0n;
      } else if (character === "元") {
        fenHeard += (total + section + digit) * 100n;
        [total, section, digit] = [0n, 0n, 0n];
      } else if (character === "角" || character === "分") {
        fenHeard += digit * (character === "角" ? 10n : 1n);
        digit = 0n;
      } else {
        digit = VALUES[character] ?? 0n;
      }
    }
    return fenHeard;
  };

  test("is written down again as the same fen", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 99_999_999_999n), (amount) => {
        expect(heard(spokenMoney(fen(amount), "zh-CN"))).toBe(amount);
      }),
    );
  });
});

describe("a number read digit by digit", () => {
  test.each([
    ["10023", "zh-CN", "幺 零 零 二，三"],
    ["0001", "zh-CN", "零 零 零 幺"],
    ["17", "zh-CN", "幺 七"],
    ["a-1", "zh-CN", "A 杠 幺"],
    ["10023", "en", "one zero zero two, three"],
    ["b-7", "en", "B dash seven"],
  ] as const)("%s in %s", (text, language, words) => {
    expect(spokenDigits(text, language)).toBe(words);
  });
});

describe("a day", () => {
  const today = day("2026-11-15");
  test.each([
    ["2026-11-15", "今天", "today"],
    ["2026-11-16", "明天", "tomorrow"],
    ["2026-11-14", "十一月十四日", "November 14"],
    ["2026-12-01", "十二月一日", "December 1"],
    ["2027-03-15", "二零二七年三月十五日", "March 15, 2027"],
  ])("%s", (value, chinese, english) => {
    expect(spokenDay(day(value), today, "zh-CN")).toBe(chinese);
    expect(spokenDay(day(value), today, "en")).toBe(english);
  });
});
