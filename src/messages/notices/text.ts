/** The words of a notice: its template in each of its channels, what one message costs, and what it looks like. */
import { fail } from "#src/kernel/errors.ts";
import { fen, formatYuan } from "#src/kernel/money.ts";
import { type LoadedTemplate, loadTemplate, segmentsOf } from "#src/messages/messaging/index.ts";
import { canonicalJson, hashRequest } from "#src/platform/command.ts";
import type { SampleRow } from "./audience-queries.ts";
import type { Notice, NoticeChannel, Variables } from "./schema.ts";

/** Values that each message brings by itself: its homes, how many, and what is open on them. */
const AUTOMATIC: ReadonlySet<string> = new Set(["homes", "homeCount", "amount"]);

type Worded = Pick<Notice, "purpose" | "channels" | "template" | "locale" | "variables">;

const requireText = (notice: Worded, channel: NoticeChannel): LoadedTemplate => {
  const text = loadTemplate(notice.template, channel, notice.locale);
  const { declaration } = text;
  if (declaration.purpose !== notice.purpose) {
    fail("notice.other-purpose", `the template ${notice.template} is for ${declaration.purpose}`, {
      field: "template",
      remedy: `choose a template for ${notice.purpose}, or make it a notice for ${declaration.purpose}`,
      facts: { channel, purpose: declaration.purpose },
    });
  }
  for (const [name, { optional }] of Object.entries(text.variables)) {
    if (optional || AUTOMATIC.has(name) || String(notice.variables[name] ?? "") !== "") continue;
    fail("notice.variable-missing", `the template ${notice.template} needs a value for ${name}`, {
      field: `variables.${name}`,
      facts: { channel, needed: Object.keys(text.variables) },
    });
  }
  return text;
};

/**
 * The texts of a notice, in the order of its channels.
 * @throws DomainError `template.not-found`, `template.undeclared`, `notice.other-purpose`, `notice.variable-missing`
 */
export const requireTexts = (notice: Worded): readonly LoadedTemplate[] =>
  notice.channels.map((channel) => requireText(notice, channel));

/** Whether its messages say what is open on their homes. */
export const namesAmount = (notice: Worded): boolean =>
  requireTexts(notice).some((text) => Object.hasOwn(text.variables, "amount"));

/** Hex digest of everything that an approval is about: the content, and the words of the templates as they are now. */
export const contentDigest = (notice: Worded & Pick<Notice, "title" | "audience">): string =>
  Buffer.from(
    hashRequest(
      canonicalJson({
        title: notice.title,
        purpose: notice.purpose,
        channels: notice.channels,
        template: notice.template,
        locale: notice.locale,
        variables: notice.variables,
        audience: notice.audience,
        words: requireTexts(notice).map((text) => text.digest),
      }),
    ),
  ).toString("hex");

export type Sample = {
  readonly channel: NoticeChannel;
  readonly accountNo: string;
  readonly homeCount: number;
  readonly text: string;
  /** As it is charged; null where it is not charged by segments. */
  readonly segments: number | null;
};

export const valuesOf = (
  variables: Variables,
  row: Pick<SampleRow, "homes" | "homeCount" | "amountFen">,
) => ({
  ...variables,
  homes: row.homes,
  homeCount: row.homeCount,
  amount: formatYuan(fen(row.amountFen)),
});

/** One message as it would be. */
export const renderSample = (notice: Worded, row: SampleRow, signature: string): Sample => {
  const { subject, text } = loadTemplate(notice.template, row.channel, notice.locale).render(
    valuesOf(notice.variables, row),
  );
  return {
    channel: row.channel,
    accountNo: row.accountNo,
    homeCount: row.homeCount,
    text: subject === "" ? text : `${subject}\n\n${text}`,
    segments: row.channel === "sms" ? segmentsOf(text, signature).segments : null,
  };
};
