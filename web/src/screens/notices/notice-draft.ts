/** What somebody writes of a notice, as it is typed; and what the API takes of it. */
import type { Answer, Body } from "#web/api/types.ts";
import { fenOfText, yuan } from "#web/furniture/format.ts";
import { idsByKey, type Place, PLACE_KEYS } from "#web/furniture/place-keys.ts";
import { instantOfWallTime, wallTimeOf } from "#web/furniture/wall-time.ts";
import type { Channel } from "./filters.ts";

export const PURPOSES = [
  "service-notice",
  "incident-update",
  "payment-notice",
  "greeting",
  "survey",
] as const;
export type Purpose = (typeof PURPOSES)[number];
export type Audience = Body<"post", "/notice-previews">["audience"];
export type Notice = Answer<"get", "/notices/{id}">;
export type Template = Answer<"get", "/message-templates">["items"][number];
type Owes = NonNullable<Audience["owes"]>;

export type NoticeDraft = {
  title: string;
  purpose: Purpose;
  channels: Channel[];
  locale: "zh-CN" | "en";
  template: string;
  values: Record<string, string>;
  startsAt: string;
  expiresAt: string;
  emergency: boolean;
  atNight: boolean;
  everybody: boolean;
  places: readonly Place[];
  accountNos: string;
  /** Set by where it came from, and by nobody here: whom these notices told, or missed; a pass of the ladder. */
  kept: Pick<Audience, "toldBy" | "missedBy" | "reminderRunId">;
  floors: string[];
  heatClass: "" | NonNullable<Audience["heatClass"]>;
  supply: NonNullable<Audience["supply"]>;
  owes: boolean;
  owesAtLeast: string;
  owesSeason: string;
  owesOffers: boolean;
  onHold: NonNullable<Audience["onHold"]>;
  notOnHold: NonNullable<Audience["notOnHold"]>;
};

export const EMPTY_DRAFT: NoticeDraft = {
  title: "",
  purpose: "service-notice",
  channels: ["sms"],
  locale: "zh-CN",
  template: "",
  values: {},
  startsAt: "",
  expiresAt: "",
  emergency: false,
  atNight: false,
  everybody: false,
  places: [],
  accountNos: "",
  kept: {},
  floors: [],
  heatClass: "",
  supply: [],
  owes: false,
  owesAtLeast: "0.01",
  owesSeason: "",
  owesOffers: false,
  onHold: [],
  notOnHold: [],
};

/** Values that each message fills in itself. */
const AUTOMATIC: ReadonlySet<string> = new Set(["homes", "homeCount", "amount"]);

type Variable = Template["variables"][number];

/** What the texts of all channels ask of whoever writes, each once. */
export const variablesOf = (texts: readonly Template[]): Variable[] => {
  const byName = new Map<string, Variable>();
  for (const { variables } of texts) {
    for (const one of variables) {
      const known = byName.get(one.name);
      if (AUTOMATIC.has(one.name)) continue;
      byName.set(one.name, known === undefined || one.longest < known.longest ? one : known);
    }
  }
  return [...byName.values()];
};

/** The texts of a template in the language and in each channel of the draft; empty unless every channel has one. */
export const textsOf = (
  all: readonly Template[],
  draft: Pick<NoticeDraft, "template" | "locale" | "channels" | "purpose">,
): Template[] => {
  const texts = draft.channels.flatMap((channel) =>
    all.filter(
      (one) =>
        one.name === draft.template &&
        one.channel === channel &&
        one.locale === draft.locale &&
        one.purpose === draft.purpose,
    ),
  );
  return texts.length === draft.channels.length ? texts : [];
};

/** Names of templates that every channel of the draft has in its language and for its purpose, with what they are for. */
export const fitting = (
  all: readonly Template[],
  draft: Pick<NoticeDraft, "locale" | "channels" | "purpose">,
): { name: string; about: string }[] => {
  const seen = new Map<string, string>();
  for (const { name, about } of all) {
    if (!seen.has(name) && textsOf(all, { ...draft, template: name }).length > 0) seen.set(name, about);
  }
  return [...seen].map(([name, about]) => ({ name, about }));
};

const listed = (text: string): string[] => [
  ...new Set(
    text
      .normalize("NFKC")
      .split(/[\s,、;]+/)
      .filter((one) => one !== ""),
  ),
];

const some = <Value>(values: readonly Value[]): Value[] | undefined =>
  values.length === 0 ? undefined : [...values];

const seasonIn = (typed: string): string => typed.normalize("NFKC").trim();

/** What of a debt cannot be read: it is said at its field, and nothing is counted or stored until it is right. */
export const debtFaults = (
  draft: Pick<NoticeDraft, "owes" | "owesAtLeast" | "owesSeason">,
): readonly ("owesAtLeast" | "owesSeason")[] => {
  if (!draft.owes) return [];
  const fen = fenOfText(draft.owesAtLeast);
  const season = seasonIn(draft.owesSeason);
  return [
    ...(fen === null || fen < 1 ? (["owesAtLeast"] as const) : []),
    ...(season === "" || /^20\d\d$/.test(season) ? [] : (["owesSeason"] as const)),
  ];
};

/** Of a debt without faults. */
const owesOf = (draft: NoticeDraft): Owes | undefined => {
  const atLeastFen = fenOfText(draft.owesAtLeast);
  if (!draft.owes || atLeastFen === null) return undefined;
  const season = seasonIn(draft.owesSeason);
  return { atLeastFen, offers: draft.owesOffers, ...(season === "" ? {} : { season: Number(season) }) };
};

const isGiven = ([, value]: readonly [string, unknown]): boolean => value !== undefined;

/** What was typed as account numbers and can be none. */
export const strangeAccountNos = (draft: Pick<NoticeDraft, "accountNos">): readonly string[] =>
  listed(draft.accountNos).filter((one) => !/^[0-9A-Za-z-]{4,32}$/.test(one));

/** What was typed and cannot be read: said at its field. */
export const isUnreadable = (draft: NoticeDraft): boolean =>
  debtFaults(draft).length > 0 || strangeAccountNos(draft).length > 0;

/** Null while no place is named (a notice to everybody is said, never left open), or something of it cannot be read. */
export const audienceOf = (draft: NoticeDraft): Audience | null => {
  if (isUnreadable(draft)) return null;
  const where = {
    // The whole town and a part of it beside contradict each other: the server says so, and nothing is dropped here.
    everybody: draft.everybody ? (true as const) : undefined,
    ...idsByKey(draft.places),
    accountNos: some(listed(draft.accountNos)),
    ...draft.kept,
  };
  if (!Object.entries(where).some(isGiven)) return null;
  const audience = {
    ...where,
    floors: some(draft.floors),
    heatClass: draft.heatClass === "" ? undefined : draft.heatClass,
    supply: some(draft.supply),
    owes: owesOf(draft),
    onHold: some(draft.onHold),
    notOnHold: some(draft.notOnHold),
  };
  return Object.fromEntries(Object.entries(audience).filter(isGiven)) as Audience;
};

/** Values that its texts take; what belonged to a template chosen before is left out. */
export const valuesOf = (draft: NoticeDraft, texts: readonly Template[]): Record<string, string> => {
  const names = variablesOf(texts).map(({ name }) => name);
  return Object.fromEntries(
    names.map((name) => [name, (draft.values[name] ?? "").trim()]).filter(([, value]) => value !== ""),
  );
};

/** Whether everything that its texts need is written. */
export const isWorded = (draft: NoticeDraft, texts: readonly Template[]): boolean =>
  texts.length > 0 &&
  variablesOf(texts).every(({ name, optional }) => optional || (draft.values[name] ?? "").trim() !== "");

/** What a change may hold; a new notice has its purpose besides. */
export const contentOf = (draft: NoticeDraft, texts: readonly Template[], audience: Audience) => ({
  title: draft.title.trim(),
  channels: draft.channels,
  template: draft.template,
  locale: draft.locale,
  variables: valuesOf(draft, texts),
  audience,
  passesQuietHours: draft.atNight,
});

export const timesOf = (draft: NoticeDraft) => ({
  startsAt: instantOfWallTime(draft.startsAt) ?? null,
  expiresAt: instantOfWallTime(draft.expiresAt) ?? null,
});

/** A list of the audience that was too long to be shown is a count instead: it cannot be changed here. */
export const isTooLongToEdit = (notice: Notice): boolean =>
  Object.values(notice.audience).some(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value) && "count" in value,
  );

/** A stored notice as a draft. */
export const draftOf = (notice: Notice): NoticeDraft => {
  const audience = notice.audience as Audience;
  const named = new Map(notice.places.map((place) => [`${place.key} ${place.id}`, place.name]));
  return {
    ...EMPTY_DRAFT,
    title: notice.title,
    purpose: notice.purpose,
    channels: notice.channels,
    locale: notice.locale,
    template: notice.template,
    values: Object.fromEntries(
      Object.entries(notice.variables).map(([name, value]) => [name, String(value)]),
    ),
    startsAt: wallTimeOf(notice.startsAt),
    expiresAt: wallTimeOf(notice.expiresAt),
    emergency: notice.emergency,
    atNight: notice.passesQuietHours,
    everybody: audience.everybody ?? false,
    places: PLACE_KEYS.flatMap((key) =>
      (audience[key] ?? []).map((id) => ({ key, id, name: named.get(`${key} ${id}`) ?? id })),
    ),
    accountNos: (audience.accountNos ?? []).join("\n"),
    kept: Object.fromEntries(
      Object.entries({
        toldBy: audience.toldBy,
        missedBy: audience.missedBy,
        reminderRunId: audience.reminderRunId,
      }).filter(isGiven),
    ),
    floors: audience.floors ?? [],
    heatClass: audience.heatClass ?? "",
    supply: audience.supply ?? [],
    owes: audience.owes !== undefined,
    owesAtLeast: yuan(audience.owes?.atLeastFen ?? 1),
    owesSeason: audience.owes?.season === undefined ? "" : String(audience.owes.season),
    owesOffers: audience.owes?.offers ?? false,
    onHold: audience.onHold ?? [],
    notOnHold: audience.notOnHold ?? [],
  };
};
