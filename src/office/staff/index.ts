/**
 * Staff (员工): who works here, what they may do (角色) and where they may look (片区).
 *
 * - login (登录名): a person's name to the system; never reused, disabled (停用) instead of removed
 * - role (角色): agent 客服, area-manager 片区经理, cashier 收费员, finance 财务, finance-approver 财务复核,
 *   supervisor 主管, auditor 审计, admin 系统管理员
 * - session (会话): a person at work; ends by logout, idling, its age, or a change of rights
 * - bound phone (绑定设备): an area manager's, opens his sessions until the season ends
 * - absence (请假、离岗): days on which a person is not there; work goes to others
 * - second factor (双因素): a code of an authenticator app; needed for finance, finance-approver and admin
 * - saved filter (常用筛选): what a person asks a table again and again, kept under a name
 * - machine token (接口令牌): what a bank's or agent's system shows; bound to role, channel and accounts
 */
import type { Route } from "#src/platform/route.ts";
import { absenceRoutes } from "./absence-routes.ts";
import { deviceRoutes } from "./device-routes.ts";
import { filterRoutes } from "./filter-routes.ts";
import { roleRoutes } from "./role-routes.ts";
import { sessionRoutes } from "./session-routes.ts";
import { adminRoutes } from "./staff-routes.ts";

export { ABSENCE_KINDS, type AbsenceKind } from "./absence-queries.ts";
export { endAbsence, enterAbsence, type NewAbsence } from "./absences.ts";
export { forgetEndedSessions } from "./forget-sessions.ts";
export { authenticateToken, createToken, revokeMachineToken, TOKEN_PREFIX } from "./machine-tokens.ts";
export {
  areaIdsByCode,
  changeStaff,
  createStaff,
  type CreatedStaff,
  endStaffSessions,
  type NewStaff,
} from "./members.ts";
export { bindDevice, type BoundDevice, logInByDevice, releaseDevice } from "./devices.ts";
export { type Proof, type ProvenPerson, proveIdentity } from "./prove-identity.ts";
export type { StaffRole } from "#src/platform/actor.ts";
export { type NewToken, newTokenBody, TOKEN_ROLES } from "./schema.ts";
export { sessionCookieName } from "./session-cookie.ts";
export { authenticateSession, logIn, logOut, type SessionView } from "./sessions.ts";
export { findDisplayNames } from "./queries.ts";
export { watchCredentials } from "./watch-credentials.ts";

export const staffRoutes: Route[] = [
  ...sessionRoutes,
  ...deviceRoutes,
  ...absenceRoutes,
  ...adminRoutes,
  ...roleRoutes,
  ...filterRoutes,
];
