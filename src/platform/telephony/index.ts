/**
 * The telephone (电话): one port, three adapters. `twilio` is a provider in the cloud, `pbx` an exchange on site (自有交换机), and
 * `recording` writes down what it would have done. docs/telephony.md tells both sides of the wire.
 *
 * - reply (应答): what a caller hears and which keys are taken
 * - outgoing call (外呼): asked for in a command, placed outside of it, acknowledged by a key (按键确认)
 */
export { chooseTelephony } from "./choose-telephony.ts";
export { forgetTelephony, TELEPHONY_RETENTION_DAYS } from "./forget.ts";
export {
  type AcknowledgedCall,
  applyCallResult,
  CALL_RESULTS,
  type CallResult,
  placeAcknowledgedCall,
  settleCall,
} from "./outgoing-calls.ts";
export { telephonyRoutes } from "./outgoing-routes.ts";
export { placeCallsOnce } from "./place-calls.ts";
export {
  type CallOrder,
  CallRefused,
  type PlacedCall,
  type Telephony,
  type VoiceLanguage,
  type VoiceReply,
} from "./port.ts";
export {
  type CallOutcome,
  countWaitingCalls,
  findOutgoingCall,
  type OutgoingCall,
  OUTCOMES,
  storeCallback,
} from "./queries.ts";
export { parseSigned } from "./signed-json.ts";
export { callSidOf, receiveTwilio, twilioAddress, type TwilioForm } from "./twilio-webhook.ts";
export { AGENT_QUEUE, speakable, twimlOf, VOICE_TEMPLATES } from "./twiml.ts";
