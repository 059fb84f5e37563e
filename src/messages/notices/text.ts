/** The words of a notice: its template in each of its channels, what one message costs, and what it looks like. */
import { fail } from "#src/kernel/errors.ts";
import { fen, formatYuan } from "#src/kernel/money.ts";
import {
  isSpokenTime,
  lintValue,
  type LoadedTemplate,
  segmentsOf,
  type TemplateTexts,
} from "#src/messages/messaging/index.ts";
import { canonicalJson, hashRequest } from "#src/platform/command.ts";
import type { SampleRow } from "./audience-queries.ts";
import type { Notice, NoticeChannel, Variables } from "./schema.ts";

/** Values that each message brings by itself: its homes, how many, and what is open on them. */
const AUTOMATIC: ReadonlySet<string> = new Set(["homes", "homeCount", "amount"]);

type Worded = Pick<Notice, "purpose" | "channels" | "template" | "locale" | "variables">;

const requireText = (texts: TemplateTexts, notice: Worded, channel: NoticeChannel): LoadedTemplate => {
  const text = texts.load(notice.template, channel, notice.locale);
  const { declaration } = text;
  if (declaration.purpose !== notice.purpose) {
    fail("notice.other-purpose", `the template ${notice.template} is for ${declaration.purpose}`, {
      field: "template",
      remedy: `choose a template for ${notice.purpose}, or make it a notice for ${declaration.purpose}`,
      facts: { channel, purpose: declaration.purpose },
    });
  }
  for (const [name, { optional, form }] of Object.entries(text.variables)) {
    const given = String(notice.variables[name] ?? "");
    if (form === "time" && given !== "" && !isSpokenTime(given)) {
      fail("notice.variable-unfit", `${name} is an hour, and nothing else`, {
        field: `variables.${name}`,
        remedy: "write 19:30, 1月20日19:30 or 19:30 on 20 January",
      });
    }
    if (optional || AUTOMATIC.has(name) || given !== "") continue;
    fail("notice.variable-missing", `the template ${notice.template} needs a value for ${name}`, {
      field: `variables.${name}`,
      facts: { channel, needed: Object.keys(text.variables) },
    });
  }
  return text;
};

/**
 * The texts of a notice, in the order of its channels. `texts` are the words of an instant: of now while it is written, of its approval
 * from then on.
 * @throws DomainError `template.not-found`, `template.undeclared`, `notice.other-purpose`, `notice.variable-missing`,
 * `notice.variable-unfit`
 */
export const requireTexts = (texts: TemplateTexts, notice: Worded): readonly LoadedTemplate[] =>
  notice.channels.map((channel) => requireText(texts, notice, channel));

/**
 * The texts of a notice with what a person wrote into them: held to what the text itself is held to, and refused with the word that
 * is in the way.
 * @throws DomainError those of `requireTexts`, `notice.words-refused`
 */
export const requireFitValues = (texts: TemplateTexts, notice: Worded): void => {
  for (const text of requireTexts(texts, notice)) {
    for (const name of Object.keys(text.variables)) {
      const [finding] = AUTOMATIC.has(name) ? [] : lintValue(text, String(notice.variables[name] ?? ""));
      if (finding === undefined) continue;
      fail("notice.words-refused", `what is written for ${name} may not go out: ${finding.text}`, {
        field: `variables.${name}`,
        remedy: "write it in other words; a number or a link belongs into the template",
        facts: { channel: text.channel, rule: finding.rule, about: finding.about, why: finding.text },
      });
    }
  }
};

/**
 * What a person writes into a text stands in it: a name that none of the texts takes is a slip (`bak` for `back`, and the hour would be
 * missing), and homes and amounts are filled in by each message. Rooms give one set of values to several texts, and are not asked.
 * @throws DomainError those of `requireTexts`, `notice.variable-unknown`
 */
export const requireTakenValues = (texts: TemplateTexts, notice: Worded): void => {
  const taken = new Set(
    requireTexts(texts, notice)
      .flatMap((text) => Object.keys(text.variables))
      .filter((name) => !AUTOMATIC.has(name)),
  );
  const stray = Object.keys(notice.variables).find((name) => !taken.has(name));
  if (stray === undefined) return;
  fail(
    "notice.variable-unknown",
    `the template ${notice.template} does not take ${stray} from whoever writes`,
    {
      field: `variables.${stray}`,
      facts: { taken: [...taken] },
    },
  );
};

/** A home that does not exist, for samples and for whoever reads what is to be approved. */
export const INVENTED = { homes: "示例小区1号楼1单元101", homeCount: 1, amountFen: 123_456n } as const;

/** What a home will read, channel by channel, with an invented home. */
export const filledWords = (texts: TemplateTexts, notice: Worded): readonly string[] =>
  requireTexts(texts, notice).map(({ channel, render }) => {
    const { subject, text } = render(valuesOf(notice.variables, INVENTED));
    return `${channel}: ${subject === "" ? text : `${subject}\n\n${text}`}`;
  });

const EMERGENCY_PURPOSES: readonly string[] = ["incident-update", "service-notice"];

/**
 * What one person may send alone: word of an incident or of an emergency of the service, in texts that are made for it. Such a text has
 * hours and homes to fill in and no words of its own (the lint sees to that).
 * @throws DomainError `notice.no-emergency`
 */
export const requireEmergency = (texts: TemplateTexts, notice: Worded): void => {
  const isMeant = requireTexts(texts, notice).every(({ declaration }) => declaration.emergency);
  if (isMeant && EMERGENCY_PURPOSES.includes(notice.purpose)) return;
  fail("notice.no-emergency", `${notice.template} is no text for an emergency`, {
    field: "template",
    remedy: "choose a text that is declared for emergencies, or leave it to two people",
    facts: { purpose: notice.purpose },
  });
};

/** Whether its messages say what is open on their homes. */
export const namesAmount = (texts: TemplateTexts, notice: Worded): boolean =>
  requireTexts(texts, notice).some((text) => Object.hasOwn(text.variables, "amount"));

/** Hex digest of everything that an approval is about: the content, and the words of the templates as they are now. */
export const contentDigest = (
  texts: TemplateTexts,
  notice: Worded & Pick<Notice, "title" | "audience">,
): string =>
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
        words: requireTexts(texts, notice).map((text) => text.digest),
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
export const renderSample = (
  texts: TemplateTexts,
  notice: Worded,
  row: SampleRow,
  signature: string,
): Sample => {
  const { subject, text } = texts
    .load(notice.template, row.channel, notice.locale)
    .render(valuesOf(notice.variables, row));
  return {
    channel: row.channel,
    accountNo: row.accountNo,
    homeCount: row.homeCount,
    text: subject === "" ? text : `${subject}\n\n${text}`,
    segments: row.channel === "sms" ? segmentsOf(text, signature).segments : null,
  };
};
