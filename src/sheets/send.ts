/** The page of the morning by mail (晨报发送): to named receivers, once a day each, over the outbox like any message. */
import { type Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { queueMessage } from "#src/messages/messaging/index.ts";
import { renderPdf, storeFile } from "#src/office/documents/index.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { type Report, reportOut, reportWord, type SheetName, SHEETS } from "#src/reports/index.ts";
import { morningPage } from "./print.ts";
import {
  endReceiver,
  findPaper,
  findSheets,
  insertMailing,
  insertPaper,
  insertReceiver,
  listReceivers,
  lockPapers,
} from "./queries.ts";
import { type Locale, sayFigure } from "./say.ts";

/** What a line of the mail says of each sheet: the figures that somebody reads on the way to work. */
const TOLD: Readonly<Record<SheetName, readonly string[]>> = {
  collection: ["spanFen", "receivedFen", "rateFen", "rateHomes", "rateFenBefore"],
  money: ["oursFen", "gapFen", "suspenseFen", "doubtfulFen"],
  hotline: ["calls", "answerRate", "lostNumbers", "lostReachedInTime", "newCases", "openCases", "timely"],
  referrals: ["received", "overdue", "dueToday", "bouncedTwice", "satisfiedRate"],
  supply: ["suppliedHomes", "notOpened", "notClosed", "leaks", "roomRate"],
};

const RED: Readonly<Record<Locale, string>> = { "zh-CN": "【异常】", en: "[RED] " };

export const lineOf = (sheet: SheetName, report: Report, locale: Locale): string => {
  const parts = TOLD[sheet].flatMap((code) => {
    const found = report.figures.find((figure) => figure.code === code);
    if (found === undefined) return [];
    const { kind, value, of } = found;
    return [`${reportWord(code)[locale]} ${sayFigure(kind, value, of, locale)}`];
  });
  const red = report.findings.length > 0 ? RED[locale] : "";
  return `${red}${parts.join(locale === "en" ? "; " : "；")}`;
};

const linesOf = (sheets: ReadonlyMap<SheetName, Report>, locale: Locale): Record<SheetName, string> =>
  Object.fromEntries(
    SHEETS.map((name) => {
      const report = sheets.get(name);
      return [name, report === undefined ? "–" : lineOf(name, report, locale)];
    }),
  ) as Record<SheetName, string>;

const FILE_NAMES: Readonly<Record<Locale, string>> = { "zh-CN": "晨报", en: "morning-sheets" };

/** The page of a day as it hangs on the mails: made of the frozen sheets when it is first sent, then the same bytes for everybody. */
const paperOf = async (context: CommandContext, day: Day, locale: Locale): Promise<bigint> => {
  const { sql, now } = context;
  const known = await findPaper(sql, { day, locale });
  if (known !== null) return known.fileId;
  const bytes = await renderPdf(await morningPage(sql, day, now, locale), locale);
  const fileId = await storeFile(context, { bytes, fileName: `${FILE_NAMES[locale]}-${day}.pdf` });
  await insertPaper(sql, { day, locale, fileId });
  return fileId;
};

/** Repeating is safe: whoever has the page of the day does not get it again; who was added since does. */
export const sendSheets = async (
  platform: Platform,
  actor: Actor,
  day: Day,
): Promise<{ readonly day: Day; readonly queued: number }> => {
  const { result } = await platform.commands.run({ name: "sheets.send", actor }, async (context) => {
    const { sql, now } = context;
    const frozen = await findSheets(sql, day);
    if (frozen.length === 0)
      fail("sheet.not-frozen", "the sheets of this day are not frozen", { field: "day" });
    await lockPapers(sql);
    const sheets = new Map(frozen.map(({ sheet, body }) => [sheet, reportOut.parse(body)]));
    let queued = 0;
    for (const receiver of await listReceivers(sql)) {
      const message = await queueMessage(context, {
        purpose: "staff-report",
        channel: "email",
        to: { email: receiver.mail },
        regarding: `sheets:${day}`,
        template: "morning-sheets",
        locale: receiver.locale,
        variables: { day, ...linesOf(sheets, receiver.locale) },
        uniqueKey: `sheets:${day}`,
        attachments: [await paperOf(context, day, receiver.locale)],
      });
      await insertMailing(sql, { day, receiverId: receiver.id, messageId: message.messageId, now });
      if (message.queued) queued += 1;
    }
    if (queued > 0) context.audit({ subject: `sheets:${day}`, details: { queued } });
    return { day, queued };
  });
  return result;
};

/** @throws DomainError `sheet.receiver-known` */
export const addReceiver = async (
  context: CommandContext,
  wanted: { readonly name: string; readonly mail: string; readonly locale: Locale },
): Promise<bigint> => {
  const added = await insertReceiver(context.sql, {
    ...wanted,
    mail: wanted.mail.toLowerCase(),
    now: context.now,
    by: staffIdOf(context.actor),
  });
  if (added === null) fail("sheet.receiver-known", "this address gets the sheets already", { field: "mail" });
  context.audit({ subject: `sheet-receiver:${added.id}`, details: { added: true, locale: wanted.locale } });
  return added.id;
};

/** @throws DomainError `sheet.receiver-not-found` */
export const removeReceiver = async (context: CommandContext, id: bigint): Promise<void> => {
  const ended = await endReceiver(context.sql, { id, now: context.now, by: staffIdOf(context.actor) });
  if (ended === 0) fail("sheet.receiver-not-found", "there is no such receiver");
  context.audit({ subject: `sheet-receiver:${id}`, details: { ended: true } });
};
