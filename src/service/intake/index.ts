/**
 * Intake (受理): what people write becomes a case, an answer, or a word of consent.
 *
 * - thread (归并)        to the case that a message answers, names, or that its sender has open
 * - keyword (关键词)     a message that is nothing but the word: 退订, 订阅, 帮助, 进度
 * - several homes (多处房屋)  of one number: none is guessed, and the answer asks which
 * - automatic (自动来信)  a machine's mail: kept, shown, opens nothing, gets no answer
 */
export { ANSWERS_A_DAY } from "./answers.ts";
export { type IntakeKeyword, readKeyword } from "./keywords.ts";
export { intakeSubscriber, receiveMessage } from "./receive.ts";
export { intakeRoutes } from "./routes.ts";
