/** Which adapter calls out: an exchange on site when there is one, else Twilio, else the one that records. */
import type { Platform } from "#src/platform/route.ts";
import { signingSecret } from "#src/platform/webhook-signature.ts";
import { pbxTelephony } from "./pbx.ts";
import type { Telephony } from "./port.ts";
import { recordingTelephony } from "./recording.ts";
import { twilioTelephony } from "./twilio.ts";

export const chooseTelephony = (platform: Platform): Telephony => {
  const { outside, webhookSecrets } = platform;
  const secret = signingSecret(webhookSecrets?.cti);
  if (outside?.pbxUrl !== undefined && secret !== undefined) {
    return pbxTelephony(platform.clock, { url: outside.pbxUrl, secret });
  }
  const twilio = outside?.twilio;
  if (twilio?.voiceNumber !== undefined) {
    const apiOrigin = platform.messages?.twilioApiUrl;
    return twilioTelephony(
      platform,
      { ...twilio, voiceNumber: twilio.voiceNumber },
      apiOrigin === undefined ? {} : { apiOrigin },
    );
  }
  return recordingTelephony(platform);
};
