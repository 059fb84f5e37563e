/** What stands on a case's timeline about routing, as people read it. */
import { both, type Words } from "#src/kernel/words.ts";
import type { CaseFacts } from "./facts-queries.ts";
import type { Cause, Level, Rule } from "./vocabulary.ts";

const LEVEL_WORDS: Readonly<Record<Level, Words>> = {
  area: both("片区", "area"),
  branch: both("分公司", "branch"),
  company: both("公司", "company"),
};

const RULE_WORDS: Readonly<Record<Rule, Words>> = {
  responsibility: both("按责任表", "by the responsibility table"),
  precedent: both("按裁定先例", "by a precedent"),
  hole: both("责任表未覆盖，转总部", "a hole in the table, to head office"),
  "no-live-table": both("无生效责任表，转总部", "no table in force, to head office"),
  "return-reason": both("按退回原因改派", "by the reason of the return"),
  "level-up": both("升级", "a level up"),
  "second-return": both("第二次退回，转裁定席", "returned twice, to the ruling desk"),
  ruling: both("按裁定", "by the ruling"),
  kept: both("沿用原岗位", "the same role"),
};

/** What a caller or an authority is told of a station that is not ours. */
export type Explanation = {
  readonly code: "station-not-taken-over";
  readonly station: string;
  readonly firm: string | null;
  readonly firmPhone: string | null;
  /** The day from which it will be ours, when that is settled. */
  readonly takenOverOn: string | null;
  readonly words: string;
  readonly wordsEn: string;
};

/** Null unless the station is the property firm's. */
export const explainBoundary = (facts: CaseFacts): Explanation | null => {
  if (facts.boundary !== "property-firm" || facts.stationName === null) return null;
  const firm = facts.firmName ?? "物业单位";
  const phone = facts.firmPhone === null ? "" : `，电话 ${facts.firmPhone}`;
  const phoneEn = facts.firmPhone === null ? "" : `, phone ${facts.firmPhone}`;
  const takeOverEn =
    facts.takenOverOn === null ? "we have not taken it over" : `we take it over on ${facts.takenOverOn}`;
  const takeOver = facts.takenOverOn === null ? "尚未接管" : `${facts.takenOverOn} 起接管`;
  return {
    code: "station-not-taken-over",
    station: facts.stationName,
    firm: facts.firmName,
    firmPhone: facts.firmPhone,
    takenOverOn: facts.takenOverOn,
    words: `${facts.stationName}由${firm}管理${phone}；我公司${takeOver}`,
    wordsEn: `${facts.stationName} is run by ${facts.firmName ?? "the property firm"}${phoneEn}; ${takeOverEn}`,
  };
};

/** The line on the timeline: role, level, rule, and what is to be explained. */
export const lineOf = (line: {
  readonly roleName: string;
  readonly roleNameEn: string;
  readonly level: Level;
  readonly rule: Rule;
  readonly personName: string | null;
  readonly explanation: Explanation | null;
  readonly reason: string | null;
  readonly reasonEn: string | null;
}): Words => {
  const rule = RULE_WORDS[line.rule];
  const level = LEVEL_WORDS[line.level];
  const zh = [`${rule["zh-CN"]}：${line.roleName}（${level["zh-CN"]}）${line.personName ?? "岗位待领"}`];
  const en = [`${rule.en}: ${line.roleNameEn} (${level.en}), ${line.personName ?? "nobody in person yet"}`];
  if (line.explanation !== null) {
    zh.push(line.explanation.words);
    en.push(line.explanation.wordsEn);
  }
  if (line.reason !== null) {
    zh.push(`原因：${line.reason}`);
    en.push(`reason: ${line.reasonEn ?? line.reason}`);
  }
  return both(zh.join("；"), en.join("; "));
};

/** The usual way needs no line of its own: the timeline has who got the case, and the chain stands with the assignment. */
export const isWorthALine = (cause: Cause, rule: Rule, explanation: Explanation | null): boolean =>
  cause !== "opened" || rule !== "responsibility" || explanation !== null;
