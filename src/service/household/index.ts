/**
 * The household's own page (我家供暖): what people read and do about their homes without calling us.
 *
 * - public news (公开信息)  outages, pressure tests and notices of a building, without a login and without names
 * - code (验证码)           to the telephone on file for an account; asked for and answered alike whether there is one or not
 * - paper (卡号、收据号)     the card's number or that of the last receipt, where the telephone is wrong: one home, nothing decided
 * - source (来源)         where a try comes from: a network address, or a browser (认识的浏览器) that proved the home by a code before
 * - wait, lock (等待、锁定)  what a home lets a source do in a day is used up, until a named hour; the hotline may lift it (解除)
 * - member (绑定手机)       a telephone that was proved by a code; binds (绑定) several homes
 * - session (会话)          of a browser; never a person's who works here: a cookie, an actor and permissions of its own
 * - look-up (代缴查询)      somebody else's home to pay for: 张*, the amount, the end of the address
 */
import type { Route } from "#src/platform/route.ts";
import { householdHomeRoutes } from "./home-routes.ts";
import { householdLockRoutes } from "./lock-routes.ts";
import { householdNewsRoutes } from "./news-routes.ts";
import { householdPhotoRoute } from "./photo-route.ts";
import { householdPayRoutes } from "./pay-routes.ts";
import { householdSessionRoutes } from "./session-routes.ts";
import { householdWechatRoutes } from "./wechat-routes.ts";

export { householdCookieName } from "./cookie.ts";
export { forgetHouseholds, HOUSEHOLD_RETENTION_DAYS } from "./forget.ts";
export { householdCodeSubscriber } from "./send-code.ts";
export { authenticateHousehold } from "./sessions.ts";

export const householdPageRoutes: readonly Route[] = [
  ...householdSessionRoutes,
  ...householdHomeRoutes,
  householdPhotoRoute,
  ...householdPayRoutes,
  ...householdWechatRoutes,
  ...householdNewsRoutes,
  ...householdLockRoutes,
];
