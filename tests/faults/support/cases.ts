/** Cases that wait for routing: a town with people on duty and a live table, and what became of every case. */
import { day } from "#src/kernel/day.ts";
import { createStaff, type StaffRole } from "#src/office/staff/index.ts";
import { cliActor } from "#src/platform/actor.ts";
import { systemClock } from "#src/platform/clock.ts";
import { type CommandContext, createCommands } from "#src/platform/command.ts";
import { connect } from "#src/platform/database.ts";
import { draftTable, joinDesk, makeTableLive, STANDARD_TABLE } from "#src/service/routing/index.ts";
import { openTicket } from "#src/service/tickets/index.ts";
import { assignBuildings, assignDuty, createArea } from "#src/town/grid/index.ts";
import { writeExports } from "#tests/support/exports.ts";
import { ask, askOne, type Count } from "./outside.ts";
import type { Running } from "./processes.ts";
import type { Clone } from "./stage.ts";
import { until } from "./until.ts";

const SINCE = day("2020-01-01");
/** Known to the case that logs in; a clone that is marked demo takes it. */
export const PASSWORD = "faults-password-1";

/** Commands on a clone, as `nuan` would give them. */
export const onClone = async <T>(
  clone: Clone,
  work: (run: <R>(command: (context: CommandContext) => Promise<R>) => Promise<R>) => Promise<T>,
): Promise<T> => {
  const database = connect(clone.url, { poolSize: 2, bulkPoolSize: 1, applicationName: "faults" });
  try {
    const commands = createCommands(database, systemClock);
    return await work(
      async (command) => (await commands.run({ name: "faults", actor: cliActor("faults") }, command)).result,
    );
  } finally {
    await database.close();
  }
};

/** Writes the exports that were asked for, as a worker would. */
export const writeExportsOn = async (clone: Clone): Promise<void> => {
  const database = connect(clone.url, { poolSize: 2, bulkPoolSize: 1, applicationName: "faults" });
  try {
    await writeExports({ database, commands: createCommands(database, systemClock), clock: systemClock });
  } finally {
    await database.close();
  }
};

const DESKS = [
  ["service-desk", "service"],
  ["property-desk", "property"],
  ["ruling-desk", "judge"],
  ["head-office", "judge"],
] as const;

const hire = async (
  context: CommandContext,
  login: string,
  role: StaffRole,
  areaIds?: readonly bigint[],
): Promise<bigint> => {
  const wanted = { login, displayName: login, roles: [role], password: PASSWORD };
  return (await createStaff(context, areaIds === undefined ? wanted : { ...wanted, areaIds })).id;
};

/** One branch and area for all buildings, everybody on duty, the standard table live. Answers the area. */
export const manRouting = async (
  clone: Clone,
): Promise<{ readonly areaId: bigint; readonly managerId: bigint }> => {
  await ask(clone.url, "update database_facts set demo = true");
  const buildings = await ask<{ id: string }>(clone.url, "select id from buildings order by id");
  return onClone(clone, (run) =>
    run(async (context) => {
      const company = await createArea(context, { code: "NY", name: "NY", level: "company", parentId: null });
      const branch = await createArea(context, { code: "W", name: "W", level: "branch", parentId: company });
      const areaId = await createArea(context, { code: "W1", name: "W1", level: "area", parentId: branch });
      const buildingIds = buildings.map((row) => BigInt(row.id));
      await assignBuildings(context, { areaId, buildingIds, from: SINCE });
      const managerId = await hire(context, "manager", "area-manager", [areaId]);
      const deputyId = await hire(context, "deputy", "area-manager", [areaId]);
      const chiefId = await hire(context, "chief", "area-manager", [branch]);
      await assignDuty(context, { areaId, staffId: managerId, duty: "manager", from: SINCE });
      await assignDuty(context, { areaId, staffId: deputyId, duty: "deputy", from: SINCE });
      await assignDuty(context, { areaId: branch, staffId: chiefId, duty: "manager", from: SINCE });
      await assignDuty(context, { areaId: branch, staffId: chiefId, duty: "chief", from: SINCE });
      for (const [login, role] of [
        ["service", "agent"],
        ["property", "agent"],
        ["judge", "supervisor"],
        ["finance", "finance"],
        ["cashier", "cashier"],
      ] as const) {
        await hire(context, login, role);
      }
      for (const [role, login] of DESKS) await joinDesk(context, { role, login, from: SINCE });
      const { tableId } = await draftTable(context, { name: "standard", rows: STANDARD_TABLE });
      await makeTableLive(context, { tableId, from: null });
      return { areaId, managerId };
    }),
  );
};

const PER_COMMAND = 50;

/** Opens cases at the homes in turn, by the command that every door uses. */
export const openCases = (clone: Clone, count: number): Promise<void> =>
  onClone(clone, async (run) => {
    const accounts = await ask<{ id: string }>(
      clone.url,
      "select id from heat_accounts order by id limit 500",
    );
    for (let from = 0; from < count; from += PER_COMMAND) {
      await run(async (context) => {
        for (let n = from; n < Math.min(count, from + PER_COMMAND); n += 1) {
          const accountId = BigInt(accounts[n % accounts.length]?.id ?? "0");
          await openTicket(context, {
            category: "heat.not-hot",
            channel: "phone",
            accountId,
            summary: `case ${n}`,
          });
        }
      });
    }
  });

export const routedCount = async (url: string): Promise<number> =>
  (
    await askOne<{ count: number }>(
      url,
      "select count(distinct ticket_id)::int as count from ticket_assignments",
    )
  ).count;

/** Waits until every case has an owner and no event waits for the routing. Throws when the worker ends. */
export const untilRouted = async (url: string, worker: Running, limitMs: number): Promise<void> => {
  await until(
    "every case has its owner",
    limitMs,
    async () => {
      if (!worker.isRunning()) throw new Error(`the worker ended: ${worker.tail()}`);
      const { waiting } = await askOne<{ waiting: number }>(
        url,
        `select ((select count(*) from tickets where state = 'new')
           + (select count(*) from outbox_events where type = 'ticket.opened' and settled_at is null))::int as waiting`,
      );
      return waiting === 0 ? true : null;
    },
    100,
  );
};

/**
 * Lost: a case without owner, without its assignment, or with an assignment without chain. Doubled: a case that was given
 * to somebody twice, or of which the assignment and the owner differ.
 */
export const countRoutes = (url: string, cases: number): Promise<Count> =>
  askOne<Count>(
    url,
    `
    with given as (
      select t.id, t.owner_id, t.owner_role, count(a.id) as times, min(a.staff_id) as staff_id,
        min(jsonb_array_length(a.chain)) as links, count(distinct e.id) filter (where e.kind = 'route') as lines
      from tickets t left join ticket_assignments a on a.ticket_id = t.id
      left join ticket_entries e on e.ticket_id = t.id and e.details ->> 'command' = 'assign'
      group by t.id
    )
    select (greatest($1::int - count(*), 0) + count(*) filter (where times = 0 or owner_role is null or coalesce(links, 0) = 0
        or lines = 0))::int as lost,
      (greatest(count(*) - $1::int, 0) + count(*) filter (where times > 1 or lines > 1
        or owner_id is distinct from staff_id))::int as doubled
    from given`,
    [cases],
  );
