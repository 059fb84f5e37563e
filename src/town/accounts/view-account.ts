/** One account as a person sees it: where it is, who heats it, who answers for it, what it is billed on. */
import { areaMilliM2, formatAreaM2 } from "#src/kernel/area.ts";
import type { Day } from "#src/kernel/day.ts";
import { maskPhone } from "#src/kernel/phone.ts";
import type { Sql } from "#src/platform/sql.ts";
import { areaOfBuilding } from "#src/town/grid/index.ts";
import { findStationOfPremises } from "#src/town/network/index.ts";
import type { Account } from "./access-account.ts";
import { maskName } from "./folding.ts";
import { findHolds, findPeople } from "./people-queries.ts";
import { findAliases, findPlace, findPointViews, type PointView } from "./view-queries.ts";

const m2 = (milli: string | null): string | null =>
  milli === null ? null : formatAreaM2(areaMilliM2(BigInt(milli)));

const viewTerms = (terms: NonNullable<PointView["terms"]>) => ({
  heatClass: terms.heatClass,
  loopType: terms.loopType,
  billingAreaM2: formatAreaM2(areaMilliM2(BigInt(terms.billingAreaMilliM2))),
  innerAreaM2: m2(terms.innerAreaMilliM2),
  grossAreaM2: m2(terms.grossAreaMilliM2),
  areaRule: terms.areaRule,
  areaRounding: terms.areaRounding,
  shareBasisPoints: terms.shareBasisPoints,
  document: terms.document,
  from: terms.from,
  until: terms.until,
});

const viewPeople = async (sql: Sql, accountId: bigint, day: Day) =>
  (await findPeople(sql, accountId, day)).map((person) => ({
    personId: String(person.personId),
    role: person.role,
    kind: person.kind,
    // A company's name is no personal data and is needed whole on a bill.
    name: person.kind === "organisation" ? person.name : maskName(person.name),
    from: person.from,
    until: person.until,
    phones: person.phones.map((phone) => ({ ...phone, number: maskPhone(phone.number) })),
  }));

const viewStation = async (sql: Sql, premisesId: bigint) => {
  const station = await findStationOfPremises(sql, premisesId);
  return station === null
    ? null
    : {
        id: String(station.id),
        code: station.code,
        name: station.name,
        owner: station.owner,
        takenOverOn: station.takenOverOn,
        propertyFirmName: station.propertyFirmName,
        propertyFirmPhone: station.propertyFirmPhone,
      };
};

const viewArea = async (sql: Sql, buildingId: bigint, day: Day) => {
  const area = await areaOfBuilding(sql, buildingId, day);
  return area === null
    ? null
    : { id: String(area.areaId), code: area.code, name: area.name, manager: area.managerName };
};

/** What a bank debits by is told by its end, as the console masks bank numbers; the household's own numbers stand as they are. */
export const maskAlias = <Alias extends { readonly kind: string; readonly value: string }>(
  alias: Alias,
): Alias =>
  alias.kind === "bank-agreement"
    ? { ...alias, value: `***${alias.value.length < 8 ? "" : alias.value.slice(-4)}` }
    : alias;

/**
 * Everything that this floor of the house knows of an account on a day. Names and numbers of people and banks are masked.
 * Balances and bills are not here: they belong to the rooms of money.
 */
export const viewAccount = async (sql: Sql, account: Account, day: Day) => {
  const place = await findPlace(sql, account.premisesId);
  const points = await findPointViews(sql, account.id, day);
  const holds = await findHolds(sql, account.id, day);
  return {
    accountNo: account.accountNo,
    state: account.state,
    openedOn: account.openedOn,
    closedOn: account.closedOn,
    version: account.version,
    aliases: (await findAliases(sql, account.id)).map(maskAlias),
    premises: { address: place.address, unit: place.unit, floor: place.floor, door: place.door },
    building: { id: String(place.buildingId), name: place.building },
    community: {
      id: String(place.communityId),
      name: place.community,
      phase: place.phase,
      district: place.district,
      street: place.street,
    },
    station: await viewStation(sql, account.premisesId),
    area: await viewArea(sql, account.buildingId, day),
    chargePoints: points.map((point) => ({
      chargePoint: point.ordinal,
      name: point.name,
      terms: point.terms === null ? null : viewTerms(point.terms),
      supply: point.supply,
      valve: point.valve,
    })),
    people: await viewPeople(sql, account.id, day),
    holds: holds.map((hold) => ({ ...hold, id: String(hold.id) })),
  };
};
