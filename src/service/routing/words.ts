/** What stands on a case's timeline about routing, as people read it. */
import type { CaseFacts } from "./facts-queries.ts";
import type { Cause, Level, Rule } from "./vocabulary.ts";

const LEVEL_WORDS: Readonly<Record<Level, string>> = { area: "片区", branch: "分公司", company: "公司" };

const RULE_WORDS: Readonly<Record<Rule, string>> = {
  responsibility: "按责任表",
  precedent: "按裁定先例",
  hole: "责任表未覆盖，转总部",
  "no-live-table": "无生效责任表，转总部",
  "return-reason": "按退回原因改派",
  "level-up": "升级",
  "second-return": "第二次退回，转裁定席",
  ruling: "按裁定",
  kept: "沿用原岗位",
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
};

/** Null unless the station is the property firm's. */
export const explainBoundary = (facts: CaseFacts): Explanation | null => {
  if (facts.boundary !== "property-firm" || facts.stationName === null) return null;
  const firm = facts.firmName ?? "物业单位";
  const phone = facts.firmPhone === null ? "" : `，电话 ${facts.firmPhone}`;
  const takeOver = facts.takenOverOn === null ? "尚未接管" : `${facts.takenOverOn} 起接管`;
  return {
    code: "station-not-taken-over",
    station: facts.stationName,
    firm: facts.firmName,
    firmPhone: facts.firmPhone,
    takenOverOn: facts.takenOverOn,
    words: `${facts.stationName}由${firm}管理${phone}；我公司${takeOver}`,
  };
};

/** The line on the timeline: role, level, rule, and what is to be explained. */
export const lineOf = (line: {
  readonly roleName: string;
  readonly level: Level;
  readonly rule: Rule;
  readonly personName: string | null;
  readonly explanation: Explanation | null;
  readonly reason: string | null;
}): string => {
  const person = line.personName ?? "岗位待领";
  const parts = [`${RULE_WORDS[line.rule]}：${line.roleName}（${LEVEL_WORDS[line.level]}）${person}`];
  if (line.explanation !== null) parts.push(line.explanation.words);
  if (line.reason !== null) parts.push(`原因：${line.reason}`);
  return parts.join("；");
};

/** The usual way needs no line of its own: the timeline has who got the case, and the chain stands with the assignment. */
export const isWorthALine = (cause: Cause, rule: Rule, explanation: Explanation | null): boolean =>
  cause !== "opened" || rule !== "responsibility" || explanation !== null;
