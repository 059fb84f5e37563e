/** The nightly clean-up: each room forgets what it needed for a while. The counts stay with the run, and `nuan doctor` shows them. */
import {
  BANK_RETENTION_DAYS,
  forgetAbandonedLines,
  forgetRefusedFiles,
} from "#src/bank/reconciliation/index.ts";
import { forgetWalletEvents, WALLET_RETENTION_DAYS } from "#src/money/collection/index.ts";
import { forgetHouseholds, HOUSEHOLD_RETENTION_DAYS } from "#src/service/household/index.ts";
import { forgetMessageBytes, MESSAGE_RETENTION_DAYS } from "#src/messages/messaging/index.ts";
import {
  cancelNeverBegun,
  forgetNoticeContacts,
  NOTICE_RETENTION_DAYS,
} from "#src/messages/notices/index.ts";
import { EXPORT_RETENTION_DAYS, forgetExports } from "#src/office/exports/index.ts";
import { forgetEndedSessions } from "#src/office/staff/index.ts";
import { forgetPlatformRows, RETENTION_DAYS } from "#src/platform/retention.ts";
import { forgetTelephony, TELEPHONY_RETENTION_DAYS } from "#src/platform/telephony/index.ts";
import {
  forgetCallers,
  forgetMenu,
  HOTLINE_RETENTION_DAYS,
  MENU_RETENTION_DAYS,
} from "#src/service/hotline/index.ts";
import type { Services } from "./services.ts";

/** Repeating is safe: what is gone is not counted again. */
export const cleanUp = async ({
  platform: { database, clock, commands },
}: Pick<Services, "platform">): Promise<Readonly<Record<string, unknown>>> => {
  const now = clock.now();
  return {
    ...(await cancelNeverBegun({ commands })),
    forgotten: {
      ...(await forgetPlatformRows(database, now)),
      endedSessions: await forgetEndedSessions(database, now),
      abandonedLines: await forgetAbandonedLines(database),
      refusedBankFiles: await forgetRefusedFiles(database, now),
      ...(await forgetExports(database, now)),
      ...(await forgetMessageBytes(database, now)),
      ...(await forgetNoticeContacts(database, now)),
      ...(await forgetTelephony(database, now)),
      ...(await forgetMenu(database, now)),
      ...(await forgetCallers(database, now)),
      ...(await forgetHouseholds(database, now)),
      ...(await forgetWalletEvents(database, now)),
    },
    retentionDays: {
      ...RETENTION_DAYS,
      ...BANK_RETENTION_DAYS,
      ...EXPORT_RETENTION_DAYS,
      ...MESSAGE_RETENTION_DAYS,
      ...NOTICE_RETENTION_DAYS,
      ...TELEPHONY_RETENTION_DAYS,
      ...MENU_RETENTION_DAYS,
      ...HOTLINE_RETENTION_DAYS,
      ...HOUSEHOLD_RETENTION_DAYS,
      ...WALLET_RETENTION_DAYS,
    },
  };
};
