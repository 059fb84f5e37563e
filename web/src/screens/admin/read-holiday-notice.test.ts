import { expect, test } from "vitest";
import { daysThrough, readNotice, titleOf, weekdayOf } from "./read-holiday-notice.ts";

const NOTICE = `国务院办公厅关于2026年部分节假日安排的通知
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节等放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。`;

test("the notice of 2026 gives 33 days off and 7 days worked instead", () => {
  const days = readNotice(NOTICE, 2026);
  expect(days.filter(({ working }) => !working)).toHaveLength(33);
  expect(days.filter(({ working }) => working).map(({ day, name }) => `${day} ${name}`)).toEqual([
    "2026-01-04 元旦",
    "2026-02-14 春节",
    "2026-02-28 春节",
    "2026-05-09 劳动节",
    "2026-09-20 国庆节",
    "2026-10-10 国庆节",
  ]);
  expect(days.filter(({ name, working }) => name === "春节" && !working).map(({ day }) => day)).toEqual(
    daysThrough("2026-02-15", "2026-02-23"),
  );
  expect(titleOf(NOTICE)).toEqual({ title: "国务院办公厅关于2026年部分节假日安排的通知", year: 2026 });
});

test("a range may cross the year or a month, one day may stand alone, and nonsense gives nothing", () => {
  const read = (text: string) =>
    readNotice(text, 2025).map(({ day, working }) => `${day}${working ? "+" : ""}`);
  expect(read("一、元旦：2024年12月30日至2025年1月1日放假。12月29日上班。")).toEqual([
    "2024-12-30",
    "2024-12-31",
    "2025-01-01",
    "2025-12-29+",
  ]);
  expect(read("一、劳动节：5月1日放假。")).toEqual(["2025-05-01"]);
  expect(read("一、国庆节：9月30日至10月2日放假")).toEqual(["2025-09-30", "2025-10-01", "2025-10-02"]);
  expect(read("二月三十日放假，2月30日放假")).toEqual([]);
  expect(read("一、春节：2月30日放假。")).toEqual([]);
  expect([weekdayOf("2026-01-01"), weekdayOf("2026-01-04")]).toEqual([4, 7]);
});
