/**
 * The property firm (物业) of a building: told by text message where its number is a mobile. Where the message did not arrive, or the
 * number is a landline, somebody rings: a task of the area manager.
 */
import { maskPhone, type ParsedPhone, parsePhone } from "#src/kernel/phone.ts";
import { queueMessage } from "#src/messages/messaging/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { openAreaTask } from "#src/town/grid/index.ts";
import { findFailedFirmWords, findFirms, type FirmRow } from "./firm-queries.ts";
import { findTest } from "./queries.ts";
import { formatTestNo, type Test } from "./schema.ts";
import type { TestStage } from "./states.ts";

export const FIRM_TEMPLATE = "test-property-firm";
export const TASK_FIRM = "pressure-firm-call";

/** Of the message and of the call: a test, a window and a stage. */
const stepOf = (testId: bigint, windowNo: number | string, stage: string): string =>
  `pressure-test:${testId}:${windowNo}:${stage}`;

const askToRing = async (
  context: CommandContext,
  about: {
    readonly testId: bigint;
    readonly buildingId: bigint;
    readonly step: string;
    readonly why: string;
  },
): Promise<void> => {
  await openAreaTask(context, about.buildingId, {
    kind: TASK_FIRM,
    source: about.step,
    title: `试压 ${formatTestNo(about.testId)} 请电话告知物业 Ring the property firm: no text message reached it (${about.why})`,
    details: { testId: String(about.testId), step: about.step, why: about.why },
    dueAt: context.now,
  });
};

/** A number as somebody typed it at a station may be none. */
const readNumber = (text: string): ParsedPhone | null => {
  try {
    return parsePhone(text);
  } catch {
    return null;
  }
};

/** As a screen shows it; `****` for what is no number. */
export const maskFirmNumber = (text: string): string => {
  const read = readNumber(text);
  return read === null ? "****" : maskPhone(read.number);
};

export type FirmNews = {
  readonly what: string;
  readonly news: string;
  readonly stage: TestStage;
  readonly windowNo: number;
  readonly window: string;
  readonly notBefore?: Date | undefined;
};

const tellFirm = async (
  context: CommandContext,
  firm: FirmRow,
  first: Test,
  telling: FirmNews,
): Promise<void> => {
  const step = stepOf(first.id, telling.windowNo, telling.stage);
  const read = readNumber(firm.number);
  if (read?.kind !== "mobile") {
    const why = read === null ? "number-unreadable" : "no-mobile";
    await askToRing(context, { testId: first.id, buildingId: first.buildingId, step, why });
    return;
  }
  await queueMessage(context, {
    purpose: "service-notice",
    channel: "sms",
    to: { number: read.number },
    regarding: `pressure-test:${first.id}`,
    template: FIRM_TEMPLATE,
    variables: {
      place: firm.place,
      buildings: firm.buildings,
      what: telling.what,
      news: telling.news,
      window: telling.window === "" ? "时间另行通知" : telling.window,
    },
    uniqueKey: step,
    ...(telling.notBefore !== undefined && { notBefore: telling.notBefore }),
  });
};

/** Each firm of these buildings hears once. Repeating is safe. */
export const tellFirms = async (
  context: CommandContext,
  tests: readonly Test[],
  telling: FirmNews,
): Promise<void> => {
  const [first] = tests;
  if (first === undefined) return;
  const firms = await findFirms(
    context.sql,
    tests.map((test) => test.buildingId),
  );
  for (const firm of firms) await tellFirm(context, firm, first, telling);
};

/** A message to a firm that did not arrive becomes a call. */
export const pressureFirmSubscriber: Subscriber = {
  name: "pressure-firms",
  handlers: {
    "messages.failed": async (context, { payload }) => {
      const words = await findFailedFirmWords(context.sql, {
        messageIds: payload.messageIds,
        template: FIRM_TEMPLATE,
      });
      for (const { testId, step, state } of words) {
        const test = await findTest(context.sql, testId);
        if (test === null) continue;
        await askToRing(context, { testId, buildingId: test.buildingId, step, why: state });
      }
    },
  },
};
