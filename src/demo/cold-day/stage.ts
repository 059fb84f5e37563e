/** What the cold day needs before the first call: agents with logins, lines, a roster for the morning, another company. */
import { addDays, dayOfInstant } from "#src/kernel/day.ts";
import { DomainError, fail } from "#src/kernel/errors.ts";
import { createStaff } from "#src/office/staff/index.ts";
import type { Action } from "#src/platform/actions.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Commands } from "#src/platform/command.ts";
import { addRoster, setLine } from "#src/service/hotline/index.ts";
import { findOtherCompany, setOtherCompany } from "#src/service/tickets/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findStaff, isDemo } from "./queries.ts";

export type ColdDayStage = {
  readonly logins: readonly {
    readonly login: string;
    readonly password: string;
    readonly extension: string;
  }[];
  readonly lines: readonly string[];
  readonly otherCompanyId: bigint;
};

const COMPANY = "模拟他司热力";
const COMMUNITY = "模拟他司小区";
const LINES = 30;

type Wanted = { readonly commands: Commands; readonly actor: Actor; readonly sql: Sql };

/** Refuses a thing that is there already with a code of its own: then it is as it should be. */
const unlessThere = async (code: string, work: () => Promise<unknown>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== code) throw error;
  }
};

const two = (n: number): string => String(n).padStart(2, "0");

/**
 * Sets the stage; repeating is safe. Agents get the passwords of a demo.
 * @throws DomainError `demo.real-database`
 */
export const setColdDayStage = async (
  { commands, actor, sql }: Wanted,
  options: { readonly agents: number; readonly morningAfter: Date },
): Promise<ColdDayStage> => {
  if (!(await isDemo(sql))) fail("demo.real-database", "a day is simulated in a demo database only");
  const run = <T>(name: Action, work: Parameters<typeof commands.run<T>>[1]) =>
    commands.run<T>({ name, actor }, work);
  const logins = Array.from({ length: options.agents }, (_, n) => ({
    login: `sim.agent.${two(n + 1)}`,
    password: `sim.agent.${two(n + 1)}-password`,
    extension: `sim-${two(n + 1)}`,
  }));
  for (const [n, { login, password }] of logins.entries()) {
    await unlessThere("staff.login-taken", () =>
      run("staff.create", (context) =>
        createStaff(context, { login, displayName: `模拟坐席${two(n + 1)}`, roles: ["agent"], password }),
      ),
    );
  }
  const lines = Array.from({ length: LINES }, (_, n) => `L${two(n + 1)}`);
  for (const code of lines) {
    await run("line.set", (context) => setLine(context, { code, name: `${code} 中继`, inService: true }));
  }
  const morning = addDays(dayOfInstant(options.morningAfter), 1);
  const from = new Date(`${morning}T07:30:00+08:00`);
  const until = new Date(`${morning}T16:00:00+08:00`);
  const agents = await findStaff(
    sql,
    logins.map(({ login }) => login),
  );
  for (const { id } of agents) {
    await unlessThere("roster.overlaps", () =>
      run("roster.add", (context) => addRoster(context, { staffId: id, from, until })),
    );
  }
  const known = await findOtherCompany(sql, COMMUNITY);
  if (known !== null) return { logins, lines, otherCompanyId: known.companyId };
  const { result: otherCompanyId } = await run("other-company.set", (context) =>
    setOtherCompany(context, { name: COMPANY, phone: "0371-60000000", communities: [COMMUNITY] }),
  );
  return { logins, lines, otherCompanyId };
};
