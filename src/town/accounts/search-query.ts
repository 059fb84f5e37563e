/** What somebody typed into the one search box, taken apart. Pure. */
import { toHalfWidth } from "#src/kernel/half-width.ts";
import { foldName } from "./folding.ts";
import { TERM_KINDS, type TermKind } from "./search-terms.ts";

/** A place as people say it: community, then building, stairwell, floor and door, as far as they are said. */
export type AddressQuery = {
  /** `书香苑`, also with district and phase. */
  readonly place: string;
  /** `3` of 3号楼, `b3` of B3栋. */
  readonly building: string | null;
  readonly unit: string | null;
  readonly floor: string | null;
  readonly door: string | null;
};

export type SearchQuery = {
  /** Prefixes of terms to look for, the likeliest first. */
  readonly prefixes: readonly { readonly kind: TermKind; readonly prefix: string }[];
  /** The last digits of a phone, turned round; null when too few were typed. */
  readonly phoneTail: string | null;
  /** Whoever has that phone is named or read so: `张伟 8000`. Empty: anybody. */
  readonly phoneOwner: SearchQuery["prefixes"];
  readonly address: AddressQuery | null;
};

const HAN = /\p{Script=Han}/u;
const FEWEST_DIGITS = 4;
const FEWEST_LETTERS = 2;
const CHINESE_DIGITS = "零一二三四五六七八九";

/** 2期 and 二期 are one phase; towns write it in Chinese. */
const foldPhase = (text: string): string =>
  text.replaceAll(/([1-9])期/g, (_match, digit: string) => `${CHINESE_DIGITS[Number(digit)] ?? digit}期`);

const BUILDING = /^([a-z]?\d{1,4}[a-z]?)(?:号楼|号院|号|栋|幢|座|楼|#楼?)$/;
const UNIT = /^(\d{1,2})(?:单元|门|梯)$/;
const FLOOR = /^(\d{1,2})层$/;
const DOOR = /^(\d{1,5}[a-z]?|[东西南北中]{1,2}户|附\d{1,3}号?)(?:室|户)?$/;
const WITH_HYPHENS = /^([a-z]?\d{1,4})-(?:(\d{1,2})-)?(\d{1,5})$/;

/** `3号楼1单元1302` in its parts, also without blanks. */
const partsOf = (text: string): string[] =>
  text
    .split(/\s+/)
    .flatMap((token) =>
      WITH_HYPHENS.test(token)
        ? [token]
        : (token.match(
            /附\d+号?|[a-z]?\d+[a-z]?(?:号楼|号院|号|栋|幢|座|楼|#楼?|单元|门|梯|室|户|层)?|[^\d]+/g,
          ) ?? []),
    )
    .filter((part) => part !== "");

type Parts = Omit<AddressQuery, "place">;

/** What one part of an address adds to those before it. */
const withPart = (known: Parts, part: string): Parts => {
  const hyphens = WITH_HYPHENS.exec(part);
  if (hyphens !== null) {
    return { ...known, building: hyphens[1] ?? null, unit: hyphens[2] ?? null, door: hyphens[3] ?? null };
  }
  const named = BUILDING.exec(part);
  if (named !== null && known.building === null) return { ...known, building: named[1] ?? null };
  const stairs = UNIT.exec(part);
  if (stairs !== null) return { ...known, unit: stairs[1] ?? null };
  const storey = FLOOR.exec(part);
  if (storey !== null) return { ...known, floor: storey[1] ?? null };
  // 书香苑 3 1302: a short number where no building was said is the building.
  if (known.building === null && /^\d{1,2}$/.test(part)) return { ...known, building: part };
  const flat = DOOR.exec(part);
  return flat === null ? known : { ...known, door: flat[1] ?? null };
};

const addressOf = (text: string): AddressQuery | null => {
  const folded = foldPhase(text);
  // The place goes as far as the first digit that names a building, a stairwell or a door.
  const start = folded.search(/(?:(?<=\p{Script=Han}|\s)[a-z])?\d/u);
  const place = (start < 0 ? folded : folded.slice(0, start)).replaceAll(/\s+/g, "");
  if (!HAN.test(place) || Array.from(place).length < 2) return null;
  const parts = start < 0 ? [] : partsOf(folded.slice(start));
  return { place, ...parts.reduce<Parts>(withPart, { building: null, unit: null, floor: null, door: null }) };
};

/** As long as a whole number with its area code: what is shorter is the end of one, and a zero there is a digit like any other. */
const WHOLE_NUMBER = 10;

const tailOf = (digits: string): string => {
  // 0371-6… is kept as +86371 6…, and a mobile may be typed with its country code.
  const kept = digits.length < WHOLE_NUMBER ? digits : digits.replace(/^(?:0086|86(?=1\d{10}$)|0)/, "");
  return [...kept].toReversed().join("");
};

const NAME_AND_PHONE = /^([^\d\s]+)\s+(\d{4,11})$/;

/**
 * Takes a text apart: digits are an account number, another number or the end of a phone; letters are pinyin, initials or
 * a number; characters are a name or a place. What is too short to mean anything finds nothing.
 */
export const readSearch = (text: string): SearchQuery => {
  const trimmed = toHalfWidth(text.normalize("NFC")).trim().toLowerCase();
  const nothing: SearchQuery = { prefixes: [], phoneTail: null, phoneOwner: [], address: null };
  const both = NAME_AND_PHONE.exec(trimmed);
  if (both !== null) {
    const phoneOwner = readSearch(both[1] ?? "").prefixes.filter(
      ({ kind }) => kind !== "account" && kind !== "other",
    );
    const address = HAN.test(trimmed) ? addressOf(trimmed) : null;
    return {
      ...nothing,
      phoneTail: phoneOwner.length > 0 ? tailOf(both[2] ?? "") : null,
      phoneOwner,
      address,
    };
  }
  if (HAN.test(trimmed)) {
    const name = foldName(trimmed).replaceAll("·", "");
    const isName = !/\d/.test(name);
    return {
      ...nothing,
      prefixes: isName ? [{ kind: "name", prefix: name.slice(0, 24) }] : [],
      address: addressOf(trimmed),
    };
  }
  const number = trimmed.replaceAll(/\s+/g, "");
  if (/^\+?[\d-]+$/.test(number)) {
    const digits = number.replaceAll(/\D/g, "");
    if (digits.length < FEWEST_DIGITS) return nothing;
    return {
      ...nothing,
      prefixes: [
        { kind: "account", prefix: number },
        { kind: "other", prefix: number },
      ],
      phoneTail: tailOf(digits),
    };
  }
  const letters = trimmed.replaceAll(/[\s'’-]+/g, "").replaceAll("ü", "v");
  if (!/^[a-z0-9]+$/.test(letters) || letters.length < FEWEST_LETTERS) return nothing;
  return {
    ...nothing,
    prefixes: [
      { kind: "pinyin", prefix: letters },
      { kind: "initials", prefix: letters },
      { kind: "account", prefix: number },
      { kind: "other", prefix: number },
    ],
  };
};

/** The range of the tree in which a prefix lies: from it, up to what follows everything that begins with it. */
export const rangeOf = ({ kind, prefix }: SearchQuery["prefixes"][number]): readonly [string, string] => {
  const from = TERM_KINDS[kind] + prefix;
  return [from, `${from}\u{10ffff}`];
};
