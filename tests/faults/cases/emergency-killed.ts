/**
 * `kill -9` of the worker inside and right behind a step of an emergency's chain of calls: each person is asked for once, nobody is
 * skipped, and the chain comes to its end.
 */
import { systemClock } from "#src/platform/clock.ts";
import { cliActor } from "#src/platform/actor.ts";
import { createCommands } from "#src/platform/command.ts";
import { connect } from "#src/platform/database.ts";
import { ANSWER_WITHIN_MS, openWorkOrder, setDutyPhone } from "#src/service/field/index.ts";
import { day } from "#src/kernel/day.ts";
import { createTally, type FaultCase } from "../support/fault-case.ts";
import { incoherences } from "../support/coherent.ts";
import { ask, askOne, type Count } from "../support/outside.ts";
import { startWorker } from "../support/processes.ts";
import { until } from "../support/until.ts";

const STEP_LIMIT_MS = 60_000;

/** Duty phones and one emergency; the first of the list is called by its opening. */
const raise = async (url: string, people: number): Promise<void> => {
  const database = connect(url, { poolSize: 2, bulkPoolSize: 1, applicationName: "faults" });
  try {
    await database.sql.run("update database_facts set demo = true");
    await createCommands(database, systemClock).run(
      { name: "faults.emergency", actor: cliActor("faults") },
      async (context) => {
        for (let rank = 1; rank <= people; rank += 1) {
          await setDutyPhone(context, {
            areaId: null,
            rank,
            name: `值班${rank}`,
            number: `1380000${String(1000 + rank)}`,
            from: day("2020-01-01"),
          });
        }
        await openWorkOrder(context, { kind: "emergency", sourceKey: "faults", accountId: 1n });
      },
    );
  } finally {
    await database.close();
  }
};

/** Lost: a person who was called without a call. Doubled: a second call for a step, and more people at once than one. */
const count = (url: string): Promise<Count> =>
  askOne<Count>(
    url,
    `with asked as (select about, unique_key from outgoing_calls where purpose = 'emergency-duty')
     select
       (select count(*) from emergency_calls where state <> 'waiting' and not exists (select from outgoing_calls o
          where o.id = outgoing_call_id))::int as lost,
       ((select count(*) from asked) - (select count(*) from emergency_calls where state <> 'waiting')
         + greatest((select count(*) from emergency_calls where state = 'calling') - 1, 0))::int as doubled`,
  );

const called = async (url: string): Promise<number> =>
  (
    await askOne<{ n: number }>(
      url,
      "select count(*)::int as n from outgoing_calls where purpose = 'emergency-duty'",
    )
  ).n;

export const emergencyKilled: FaultCase = {
  name: "emergency-killed",
  patient: true,
  run: async ({ stage, full, say }) => {
    const tally = createTally();
    const clone = await stage.clone("billed");
    const places = [
      "emergency-asked",
      "emergency-stepped",
      ...(full ? ["emergency-asked", "emergency-stepped"] : []),
    ];
    // One person more than deaths: the last step is the healer's.
    await raise(clone.url, places.length + 1);
    for (const [run, failpoint] of places.entries()) {
      const before = await called(clone.url);
      await ask(
        clone.url,
        "update database_facts set business_clock_offset_seconds = business_clock_offset_seconds + $1",
        [ANSWER_WITHIN_MS / 1000],
      );
      const dying = startWorker(clone, { failpoint });
      const { signal } = await dying.ended;
      tally.ran(signal === "SIGKILL");
      const seen = await called(clone.url);
      say(`killed at ${failpoint}: ${seen - before} new call(s) in the database`);
      const healer = startWorker(clone);
      await until("the step is taken", STEP_LIMIT_MS, async () =>
        (await called(clone.url)) === before + 1 ? true : null,
      );
      await healer.stop();
      if ((await called(clone.url)) !== run + 2) tally.problem(`${failpoint}: a step has more than one call`);
    }
    tally.counted(await count(clone.url));
    for (const wrong of await incoherences(clone)) tally.problem(wrong);
    await clone.drop();
    return tally.result(100);
  },
};
