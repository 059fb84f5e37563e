/**
 * What is shown in clear (查看明文): names and numbers of people are masked everywhere, and revealed one by one.
 *
 * - reveal (查看): one person saw one field of one thing, for a reason; counted by the day
 * - limits (上限): from the first the supervisor is told, beyond the second nothing more is shown that day
 */
export { noteReveal, type RevealedField, reasonIn } from "./note-reveal.ts";
export { revealRoutes } from "./routes.ts";
