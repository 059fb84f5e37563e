/** The logins of the demo, weak on purpose and made in a demo database only, the service areas with everybody on duty, and the routing. */
import { type Day, day } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { changeStaff, createStaff, type StaffRole } from "#src/office/staff/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { draftTable, joinDesk, makeTableLive, STANDARD_TABLE } from "#src/service/routing/index.ts";
import { assignDuty, createArea } from "#src/town/grid/index.ts";
import type { PlantedTown } from "./plant-town.ts";

export type DemoLogin = { readonly login: string; readonly password: string; readonly role: string };

export const DEMO_PASSWORD = "nuanyang-demo";

type Person = {
  readonly login: string;
  readonly name: string;
  readonly role: StaffRole;
  /** Invented: the sample of a notice, and a code for whoever approves one, go there. */
  readonly mobile?: string;
};

/** Nobody of these exists; the names say what they do. */
const PEOPLE: readonly Person[] = [
  { login: "agent", name: "客服小暖", role: "agent" },
  { login: "cashier1", name: "收费员甲", role: "cashier" },
  { login: "cashier2", name: "收费员乙", role: "cashier" },
  { login: "finance", name: "财务张明", role: "finance", mobile: "19900000001" },
  { login: "approver", name: "财务复核李静", role: "finance-approver", mobile: "19900000002" },
  { login: "supervisor", name: "主管王成", role: "supervisor", mobile: "19900000003" },
  { login: "auditor", name: "审计赵宁", role: "auditor" },
  { login: "admin", name: "系统管理员", role: "admin", mobile: "19900000004" },
];
/** Three area managers see their own area only. */
const MANAGERS: readonly Person[] = [
  { login: "area1", name: "片区经理陈佳", role: "area-manager" },
  { login: "area2", name: "片区经理刘洋", role: "area-manager" },
  { login: "area3", name: "片区经理孙悦", role: "area-manager" },
];

/** Manages the branches, and is the chief of their areas. */
const BRANCH_MANAGER: Person = { login: "branch1", name: "分公司经理周强", role: "area-manager" };

export const DEMO_LOGINS: readonly DemoLogin[] = [...PEOPLE, ...MANAGERS, BRANCH_MANAGER].map(
  ({ login, role }) => ({
    login,
    password: DEMO_PASSWORD,
    role,
  }),
);

export type DemoStaff = {
  readonly finance: bigint;
  /** Of the two tills. */
  readonly cashiers: readonly [bigint, bigint];
};

/** Of a login that was made this moment. */
const FIRST_VERSION = 1;

const BRANCHES = ["东区供热分公司", "西区供热分公司", "南区供热分公司", "北区供热分公司"];
const DUTY_FROM: Day = day("2024-06-01");

/** Logins of everybody but the area managers, who need their areas first. In a demo database only. */
export const plantPeople = async (context: CommandContext): Promise<DemoStaff> => {
  const ids = new Map<string, bigint>();
  for (const person of PEOPLE) {
    const made = await createStaff(context, {
      login: person.login,
      displayName: person.name,
      roles: [person.role],
      password: DEMO_PASSWORD,
    });
    if (person.mobile !== undefined)
      await changeStaff(context, made.id, FIRST_VERSION, { mobile: person.mobile });
    ids.set(person.login, made.id);
  }
  const of = (login: string): bigint => must(ids.get(login), login);
  return { finance: of("finance"), cashiers: [of("cashier1"), of("cashier2")] };
};

type PlantedAreas = { readonly branches: readonly bigint[]; readonly areas: readonly bigint[] };

const createAreas = async (context: CommandContext, count: number): Promise<PlantedAreas> => {
  const company = await createArea(context, {
    code: "NY",
    name: "暖阳热力（演示）",
    level: "company",
    parentId: null,
  });
  const branches: bigint[] = [];
  for (const [index, name] of BRANCHES.entries()) {
    branches.push(
      await createArea(context, { code: `NY${index + 1}`, name, level: "branch", parentId: company }),
    );
  }
  const areas: bigint[] = [];
  for (let index = 0; index < count; index += 1) {
    const branch = index % branches.length;
    const code = `NY${branch + 1}-${String(Math.trunc(index / branches.length) + 1).padStart(2, "0")}`;
    const name = `第${index + 1}片区`;
    areas.push(
      await createArea(context, { code, name, level: "area", parentId: must(branches[branch], "a branch") }),
    );
  }
  return { branches, areas };
};

const serveBuildings = `
  insert into service_area_buildings (area_id, building_id, valid)
  select pair.area, pair.building, daterange('2019-01-01', null)
  from jsonb_to_recordset(:pairs::jsonb) as pair (area bigint, building bigint)`;

/** Communities in a row belong to one area; a community is never split. */
const shareBuildings = async (
  context: CommandContext,
  town: PlantedTown,
  areas: readonly bigint[],
): Promise<void> => {
  const pairs = town.buildings.map((building) => {
    const place = Math.trunc(((building.community.id - 1) * areas.length) / town.scale.communities);
    return { area: String(must(areas[place], "an area")), building: building.id };
  });
  await context.sql.run(serveBuildings, { pairs: JSON.stringify(pairs) });
};

const makeManager = async (
  context: CommandContext,
  person: Person,
  areaIds: readonly bigint[],
): Promise<bigint> => {
  const { login, name, role } = person;
  const wanted = { login, displayName: name, roles: [role], areaIds, password: DEMO_PASSWORD };
  return (await createStaff(context, wanted)).id;
};

/** Who sits at which desk of routing. */
const DESKS = [
  { role: "service-desk", login: "agent" },
  { role: "property-desk", login: "agent" },
  { role: "ruling-desk", login: "supervisor" },
  { role: "head-office", login: "supervisor" },
] as const;

/** Desks are manned, and the standard responsibility table is live, checked like any other. */
const startRouting = async (context: CommandContext): Promise<void> => {
  for (const { role, login } of DESKS) await joinDesk(context, { role, login, from: DUTY_FROM });
  const { tableId } = await draftTable(context, { name: "标准责任表（演示）", rows: STANDARD_TABLE });
  await makeTableLive(context, { tableId, from: null });
};

/** Makes the service areas with everybody on duty and a working routing; expects the town and a database flagged demo. */
export const plantAreas = async (context: CommandContext, town: PlantedTown): Promise<void> => {
  const { branches, areas } = await createAreas(context, town.scale.areas);
  await shareBuildings(context, town, areas);
  const managers: bigint[] = [];
  for (const [index, person] of MANAGERS.entries()) {
    managers.push(await makeManager(context, person, [must(areas[index], "an area")]));
  }
  const head = await makeManager(context, BRANCH_MANAGER, branches);
  for (const areaId of branches) {
    await assignDuty(context, { areaId, staffId: head, duty: "manager", from: DUTY_FROM });
    await assignDuty(context, { areaId, staffId: head, duty: "chief", from: DUTY_FROM });
  }
  for (const [index, areaId] of areas.entries()) {
    const manager = must(managers[index % managers.length], "a manager");
    const deputy = must(managers[(index + 1) % managers.length], "a deputy");
    await assignDuty(context, { areaId, staffId: manager, duty: "manager", from: DUTY_FROM });
    await assignDuty(context, { areaId, staffId: deputy, duty: "deputy", from: DUTY_FROM });
  }
  await startRouting(context);
};
