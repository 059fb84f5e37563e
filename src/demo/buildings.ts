/** Buildings, stairwells and doors: low blocks with 东户 and 西户, lift buildings with 1302, shops as 附1号. */
import { must } from "#src/kernel/errors.ts";
import type { PlannedCommunity } from "./communities.ts";
import { type Random, randomStream } from "./random.ts";
import type { TownScale } from "./scale.ts";

export type PlannedBuilding = {
  readonly id: number;
  readonly community: PlannedCommunity;
  readonly name: string;
  readonly stationId: number;
  readonly loopId: number;
  /** Heated in one loop through all flats (串联): a flat cannot be stopped alone. */
  readonly series: boolean;
  readonly units: readonly { readonly id: number; readonly name: string }[];
  readonly doors: readonly PlannedDoor[];
};

export type PlannedDoor = {
  readonly unitId: number;
  readonly floor: string;
  readonly door: string;
  readonly address: string;
  readonly shop: boolean;
};

type Shape = {
  readonly floors: number;
  readonly unitNames: readonly string[];
  /** Doors of a floor by their direction, or how many are numbered. */
  readonly doors: readonly string[] | number;
};

const LOW_DOORS = [
  ["东户", "西户"],
  ["东户", "中户", "西户"],
] as const;

const unitNames = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${index + 1}单元`);

const shapeOf = (random: Random, community: PlannedCommunity): Shape => {
  const low = community.shape === "compound" || (community.openedYear < 2012 && random.chance(6000));
  if (low) {
    const doors = must(LOW_DOORS[random.below(2)], "a kind of doors");
    return { floors: random.between(6, 7), unitNames: unitNames(random.between(2, 4)), doors };
  }
  const floors = random.pick([11, 18, 18, 26, 33]);
  // A lift building with one stairwell has no unit in its address.
  return { floors, unitNames: random.chance(6000) ? [""] : unitNames(2), doors: random.between(2, 4) };
};

/** Some buildings carry the number that the police gave them later beside the one that everybody uses. */
const buildingName = (random: Random, ordinal: number): string =>
  random.chance(300) ? `${ordinal}号楼（公安${ordinal + random.between(1, 9)}号）` : `${ordinal}号楼`;

const SHOPS_PER_TEN_THOUSAND = 300;
const SERIES_PER_TEN_THOUSAND = 800;
/** From this floor on a building hangs on the high-pressure loop of its station. */
const HIGH_ZONE_FROM = 12;

class Planner {
  readonly buildings: PlannedBuilding[] = [];
  readonly #random: Random;
  readonly #scale: TownScale;
  #homes = 0;
  #seriesHomes = 0;
  #shopsOwed = 0;
  #units = 0;

  constructor(seed: number, scale: TownScale) {
    this.#random = randomStream(seed, "buildings");
    this.#scale = scale;
  }

  add(community: PlannedCommunity): void {
    let left = community.households;
    for (let ordinal = 1; left > 0; ordinal += 1) left -= this.#addBuilding(community, ordinal, left);
  }

  #addBuilding(community: PlannedCommunity, ordinal: number, most: number): number {
    const shape = shapeOf(this.#random, community);
    const name = buildingName(this.#random, ordinal);
    const units = shape.unitNames.map((unitName) => {
      this.#units += 1;
      return { id: this.#units, name: unitName };
    });
    const place = `${community.district}${community.street}${community.name}${name}`;
    const doors = this.#doorsOf(shape, units, place, most);
    const stationId = 1 + Math.trunc((this.#homes * this.#scale.stations) / this.#scale.households);
    const series =
      shape.floors <= 7 &&
      this.#seriesHomes * 10_000 < (this.#homes + doors.length) * SERIES_PER_TEN_THOUSAND;
    this.#homes += doors.length;
    if (series) this.#seriesHomes += doors.length;
    this.buildings.push({
      id: this.buildings.length + 1,
      community,
      name,
      stationId,
      loopId: stationId * 2 - (shape.floors >= HIGH_ZONE_FROM ? 0 : 1),
      series,
      units,
      doors,
    });
    return doors.length;
  }

  /** Shops first, on the ground: three of a hundred doors, carried over from building to building. */
  #doorsOf(shape: Shape, units: PlannedBuilding["units"], place: string, most: number): PlannedDoor[] {
    const perFloor = typeof shape.doors === "number" ? shape.doors : shape.doors.length;
    const homes = Math.min(most, shape.floors * units.length * perFloor);
    this.#shopsOwed += homes * SHOPS_PER_TEN_THOUSAND;
    const shops = Math.min(Math.trunc(this.#shopsOwed / 10_000), homes);
    this.#shopsOwed -= shops * 10_000;
    const doors: PlannedDoor[] = [];
    const first = must(units[0], "a stairwell");
    for (let shop = 1; shop <= shops; shop += 1) {
      const door = `附${shop}号`;
      doors.push({ unitId: first.id, floor: "1", door, address: place + door, shop: true });
    }
    for (let floor = 1; floor <= shape.floors; floor += 1) {
      for (const unit of units) {
        for (let nth = 1; nth <= perFloor && doors.length < homes; nth += 1) {
          const numbered = typeof shape.doors === "number";
          const door = numbered ? `${floor}0${nth}` : must(shape.doors[nth - 1], "a door");
          const address = `${place}${unit.name}${numbered ? "" : `${floor}层`}${door}`;
          doors.push({ unitId: unit.id, floor: String(floor), door, address, shop: false });
        }
      }
    }
    return doors;
  }
}

/** All buildings in the order of their communities; the doors together are the households exactly. */
export const planBuildings = (
  seed: number,
  scale: TownScale,
  communities: readonly PlannedCommunity[],
): PlannedBuilding[] => {
  const planner = new Planner(seed, scale);
  for (const community of communities) planner.add(community);
  return planner.buildings;
};
