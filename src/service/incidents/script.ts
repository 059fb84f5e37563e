/** What agents read out and the menu speaks: one text with the hours of this moment in it. Pure. */
import Handlebars from "handlebars";
import { dayOfInstant, wallTimeOfInstant } from "#src/kernel/day.ts";

export type Locale = "zh-CN" | "en";

const englishDay = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Shanghai",
  day: "numeric",
  month: "long",
});

/** `19:30`, and with the day when it is not the day of `now`: `1月20日19:30`, `19:30 on 20 January`. */
export const hourText = (instant: Date, now: Date, locale: Locale): string => {
  const clock = wallTimeOfInstant(instant).slice(11, 16);
  const on = dayOfInstant(instant);
  if (on === dayOfInstant(now)) return clock;
  if (locale === "en") return `${clock} on ${englishDay.format(instant)}`;
  return `${Number(on.slice(5, 7))}月${Number(on.slice(8, 10))}日${clock}`;
};

const compiled = new Map<string, (view: object) => string>();

const templateOf = (text: string) => {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  // Spoken and shown as text, never as HTML. Nothing but the three words can be reached from it.
  const template = Handlebars.compile(text, { noEscape: true, strict: false, knownHelpersOnly: true });
  const bound = (view: object) => template(view, { allowProtoPropertiesByDefault: false });
  if (compiled.size > 500) compiled.clear();
  compiled.set(text, bound);
  return bound;
};

/** Fills {{place}}, {{since}} and {{back}}; `back` is empty while nobody knows the hour. */
export const renderScript = (
  text: string,
  facts: {
    readonly place: string;
    readonly startsAt: Date;
    readonly expectedBackAt: Date | null;
    readonly now: Date;
  },
  locale: Locale,
): string =>
  templateOf(text)({
    place: facts.place,
    since: hourText(facts.startsAt, facts.now, locale),
    // An hour that has passed is no promise any more.
    back:
      facts.expectedBackAt === null || facts.expectedBackAt <= facts.now
        ? ""
        : hourText(facts.expectedBackAt, facts.now, locale),
  });

/** Whether a text can be filled: a mistake in it is found when it is written, not when somebody calls. */
export const isScript = (text: string): boolean => {
  const example = { place: "", startsAt: new Date(0), expectedBackAt: null, now: new Date(0) };
  try {
    renderScript(text, example, "zh-CN");
    return true;
  } catch {
    // Handlebars throws on unclosed braces and unknown helpers alike: either way it is no script.
    return false;
  }
};
