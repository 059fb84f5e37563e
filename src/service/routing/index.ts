/**
 * Routing (派单): whose case it is, and why nobody else's.
 *
 * - boundary (资产边界): who runs the station: ours (自管), the property firm (物业, 未接管), unknown
 * - level (三级客服): area (片区、班组), branch (分公司), company (公司)
 * - responsibility table (责任表): category x boundary x level > role; draft (草稿), live (生效), dated
 * - chain (派单链): everybody who was looked at and why not: manager 经理 > deputy 副手 > chief 负责人 > station 站 > head office 总部
 * - return (退回), ruling desk (裁定席), ruling (裁定), precedent (先例)
 * - ladder (升级阶梯): steps behind a clock, each fires once, to named people, with a read receipt (已读回执)
 */
export { type PlannedRoute, routeCases, type WantedRoute } from "./route-cases.ts";
export { BOUNDARIES, type Boundary, type Level, LEVELS } from "./vocabulary.ts";
