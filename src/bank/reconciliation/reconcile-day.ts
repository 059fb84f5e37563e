import type { Actor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
export const reconcileTouchedDays = async (
  _platform: Platform,
  _actor: Actor,
  _channel: string,
  _fileId: bigint,
): Promise<void> => undefined;
