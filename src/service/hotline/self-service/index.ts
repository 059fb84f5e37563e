/** Self-service (自助服务): the spoken menu, the same by text message and mail, and the knowledge behind both. */
import type { Route } from "#src/platform/route.ts";
import { knowledgeRoutes } from "./knowledge-routes.ts";
import { menuRoutes } from "./menu-routes.ts";
import { pbxMenuRoute } from "./pbx-menu-route.ts";
import { twilioMenuRoutes } from "./twilio-routes.ts";

export { answerKeyword, type KeywordAnswer, type KeywordQuestion } from "./answer-keyword.ts";
export { forgetMenu, MENU_RETENTION_DAYS } from "./forget.ts";
export { articleAbout, type ArticleDraft, decideArticle, draftArticle } from "./knowledge.ts";
export { changeWords } from "./menu-routes.ts";

export const selfServiceRoutes: Route[] = [
  ...twilioMenuRoutes,
  pbxMenuRoute,
  ...menuRoutes,
  ...knowledgeRoutes,
];
