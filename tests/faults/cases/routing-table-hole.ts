/** A responsibility table with a hole, and then none at all: every case goes to head office with the reason, none to nobody. */
import { createTally, type FaultCase } from "../support/fault-case.ts";
import { countRoutes, manRouting, openCases, untilRouted } from "../support/cases.ts";
import { ask } from "../support/outside.ts";
import { startWorker } from "../support/processes.ts";

const CASES = 40;
const LIMIT_MS = 120_000;

export const routingTableHole: FaultCase = {
  name: "routing-table-hole",
  patient: true,
  run: async ({ stage, say }) => {
    const tally = createTally();
    const clone = await stage.clone("billed");
    await manRouting(clone);
    // Behind the back of the check: as an owner of the database may tear a hole, and no command can.
    await ask(
      clone.url,
      `do $$ begin
         alter table responsibilities disable trigger responsibilities_of_drafts;
         delete from responsibilities where category = '*';
         alter table responsibilities enable trigger responsibilities_of_drafts;
       end $$`,
    );
    const worker = startWorker(clone);
    for (const [round, rule] of ["hole", "no-live-table"].entries()) {
      await openCases(clone, CASES);
      await untilRouted(clone.url, worker, LIMIT_MS);
      const rows = await ask<{ rule: string; login: string | null; cases: number }>(
        clone.url,
        `select a.rule, m.login, count(*)::int as cases from ticket_assignments a
         left join staff_members m on m.id = a.staff_id where a.role_code = 'head-office' and a.rule = $1
         group by 1, 2`,
        [rule],
      );
      tally.ran(rows.length === 1 && rows[0]?.login === "judge" && rows[0].cases === CASES);
      tally.counted(await countRoutes(clone.url, CASES * (round + 1)));
      await ask(clone.url, "update responsibility_tables set state = 'withdrawn', valid = null");
    }
    say(`${2 * CASES} cases without a row for them: all on head office's list`);
    await worker.stop();
    await clone.drop();
    return tally.result(100);
  },
};
