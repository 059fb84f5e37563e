/** The words by which the yearly notice of holidays is read: dates, headings, what is off and what is worked. */

/** "2026年1月1日", "1月1日", "3日". */
export const DATE = /(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日/g;
/** "二、春节：" */
export const CLAUSE = /[一二三四五六七八九十]+、\s*([^：:。\s]{2,12})[：:]/g;
export const SENTENCE_END = /[。；;\n]/;
export const OFF = /放假/;
export const WORKED = /上班/;
export const THROUGH = /至/;
/** What stands in brackets says weekdays and dates of the moon. */
export const BRACKETS = /[（(][^（）()]*[）)]/g;
export const TITLE = /国务院办公厅关于\s*(\d{4})\s*年部分节假日安排的通知/;
