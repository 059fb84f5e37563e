/** One search box (一框搜): a household by name, pinyin, initials, end of a phone, any of its numbers, or its address. */
import type { Day } from "#src/kernel/day.ts";
import { maskPhone } from "#src/kernel/phone.ts";
import type { Actor } from "#src/platform/actor.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { maskName } from "./folding.ts";
import {
  type BuildingHit,
  type CommunityHit,
  findBuildingsByNumber,
  findByDoor,
  findByPhoneTail,
  findByTerms,
  findCommunitiesByPlace,
  type FoundAccount,
  findShownAccounts,
} from "./search-queries.ts";
import { type AddressQuery, rangeOf, readSearch, type SearchQuery } from "./search-query.ts";
import type { TermKind } from "./search-terms.ts";

export type MatchedBy = TermKind | "phone" | "address";

type Reach = ReturnType<typeof scopeBindings>;
type Hit = { readonly accountId: bigint; readonly by: MatchedBy };

/** One household may be hit by several of its terms: so many more are read than are shown. */
const HITS_PER_SHOWN = 4;
/** A number that thousands share (a property firm's) is read so far and no further. */
const MOST_PHONES = 500;
const MOST_COMMUNITIES = 200;
const MOST_BUILDINGS = 400;

const termHits = async (sql: Sql, query: SearchQuery, reach: Reach, limit: number): Promise<Hit[]> => {
  if (query.prefixes.length === 0) return [];
  const ranges = query.prefixes.map(rangeOf);
  const found = await findByTerms(sql, {
    ...reach,
    froms: ranges.map(([from]) => from),
    untils: ranges.map(([, until]) => until),
    limit: limit * HITS_PER_SHOWN,
  });
  return found.flatMap(({ accountId, ordinal }) => {
    const by = query.prefixes[ordinal - 1]?.kind;
    return by === undefined ? [] : [{ accountId, by }];
  });
};

const phoneHits = async (sql: Sql, query: SearchQuery, reach: Reach, limit: number): Promise<Hit[]> => {
  const tail = query.phoneTail;
  if (tail === null) return [];
  const owners = query.phoneOwner.map(rangeOf);
  const found = await findByPhoneTail(sql, {
    ...reach,
    tail,
    tailEnd: `${tail}\u{10ffff}`,
    ownerFroms: owners.map(([from]) => from),
    ownerUntils: owners.map(([, until]) => until),
    scan: MOST_PHONES,
    limit,
  });
  return found.map(({ accountId }) => ({ accountId, by: "phone" as const }));
};

type Places = {
  readonly communities: readonly CommunityHit[];
  readonly buildings: readonly BuildingHit[];
  readonly hits: readonly Hit[];
};

/** Community first, then building, then door: each step looks only inside the one before. */
const placesOf = async (
  sql: Sql,
  address: AddressQuery | null,
  reach: Reach,
  limit: number,
): Promise<Places> => {
  const none = { communities: [], buildings: [], hits: [] };
  if (address === null) return none;
  const { place, building, unit, floor, door } = address;
  const isExact = building !== null || door !== null;
  const communities = await findCommunitiesByPlace(sql, {
    ...reach,
    place,
    limit: isExact ? MOST_COMMUNITIES : limit,
  });
  if (communities.length === 0) return none;
  const communityIds = communities.map((community) => community.id);
  if (!isExact && communities.length > 1) return { ...none, communities };
  const buildings = await findBuildingsByNumber(sql, {
    ...reach,
    communityIds,
    number: building,
    limit: MOST_BUILDINGS,
  });
  // A community alone shows its buildings; a door, or a building, shows households.
  const found = isExact
    ? await findByDoor(sql, {
        ...reach,
        buildingIds: buildings.map(({ id }) => id),
        unit,
        floor,
        door,
        limit,
      })
    : [];
  return {
    communities: isExact ? [] : communities,
    buildings: door === null ? buildings.slice(0, limit) : [],
    hits: found.map(({ accountId }) => ({ accountId, by: "address" as const })),
  };
};

const EVERYWHERE = { kind: "everything" } as const;

/**
 * The one building that an address names, whoever asks; null when it names no building, or several may be meant.
 */
export const buildingOfAddress = async (sql: Sql, day: Day, text: string): Promise<bigint | null> => {
  const { address } = readSearch(text);
  if (address === null || address.building === null) return null;
  const reach = scopeBindings(EVERYWHERE, day);
  const communities = await findCommunitiesByPlace(sql, {
    ...reach,
    place: address.place,
    limit: MOST_COMMUNITIES,
  });
  if (communities.length === 0) return null;
  const buildings = await findBuildingsByNumber(sql, {
    ...reach,
    communityIds: communities.map(({ id }) => id),
    number: address.building,
    limit: MOST_BUILDINGS,
  });
  const [only] = buildings;
  return only !== undefined && buildings.length === 1 ? only.id : null;
};

const accountItem = (account: FoundAccount, by: MatchedBy) => ({
  accountNo: account.accountNo,
  state: account.state,
  community: account.community,
  building: account.building,
  address: account.address,
  matchedBy: by,
  people: account.people.map((person) => ({
    role: person.role,
    name: person.kind === "organisation" ? person.name : maskName(person.name),
    phones: person.phones.map(maskPhone),
  })),
});

/**
 * Finds households, and the places that an address names, within the actor's scope on `day`. Each group is at most `limit`
 * long; an exact number, name or reading comes before what only begins so. Names and phones are masked.
 */
export const searchTown = async (sql: Sql, actor: Actor, day: Day, text: string, limit: number) => {
  const query = readSearch(text);
  const reach = scopeBindings(actor.scope, day);
  const [terms, phones, places] = await Promise.all([
    termHits(sql, query, reach, limit),
    phoneHits(sql, query, reach, limit),
    placesOf(sql, query.address, reach, limit),
  ]);
  const matched = new Map<bigint, MatchedBy>();
  for (const { accountId, by } of [...places.hits, ...terms, ...phones]) {
    if (matched.size < limit && !matched.has(accountId)) matched.set(accountId, by);
  }
  const shown = matched.size === 0 ? [] : await findShownAccounts(sql, [...matched.keys()], day);
  const byId = new Map(shown.map((account) => [account.accountId, account]));
  const accounts = [...matched].flatMap(([id, by]) => {
    const account = byId.get(id);
    return account === undefined ? [] : [accountItem(account, by)];
  });
  const communities = places.communities.map(({ id, ...community }) => ({ id: String(id), ...community }));
  const buildings = places.buildings.map(({ id, communityId, ...building }) => ({
    id: String(id),
    communityId: String(communityId),
    ...building,
  }));
  const groups = [
    { kind: "accounts" as const, items: accounts },
    { kind: "communities" as const, items: communities },
    { kind: "buildings" as const, items: buildings },
  ];
  return { groups: groups.filter((group) => group.items.length > 0) };
};
