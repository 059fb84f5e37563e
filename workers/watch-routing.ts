/** Twice a second: cases before whose event the line is long. Every minute: cases that nobody has, steps of ladders whose time has come, and cases that lie with somebody who is away. */
import type { Action } from "#src/platform/actions.ts";
import { fireLadders, routeWaiting, sweepUnrouted, tellOfAbsent } from "#src/service/routing/index.ts";
import { systemActor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { type Loop, startLoop } from "#src/platform/outbox.ts";
import { isSendingHeld } from "#src/platform/sending.ts";
import { doEach } from "./do-each.ts";
import type { Services } from "./services.ts";

/** A stop of days leaves more than one look can do; the rest is done in the next minute. */
const MOST_ROUNDS = 50;

/** Repeating is safe. A failure is logged and holds up nothing else; the next minute tries again. */
export const watchRouting = async ({ platform, log }: Pick<Services, "platform" | "log">): Promise<void> => {
  const actor = systemActor("routing");
  const until0 = async (
    name: Action,
    work: (context: CommandContext) => Promise<number>,
  ): Promise<number> => {
    let all = 0;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const { result } = await platform.commands.run({ name, actor }, work);
      if (result === 0) break;
      all += result;
    }
    return all;
  };
  await doEach(
    { log },
    {
      "unrouted cases": async () => {
        const swept = await until0("routing.sweep", sweepUnrouted);
        if (swept > 0) log.warn({ swept }, "cases that nobody had got an owner");
      },
      ladders: async () => {
        const fired = await until0("routing.fire-ladders", fireLadders);
        if (fired > 0) log.info({ fired }, "steps of ladders fired");
      },
      "absent people": () =>
        platform.commands.run({ name: "routing.tell-of-absent", actor }, (context) =>
          tellOfAbsent(context, null),
        ),
    },
  );
};

const LOOK_EVERY_MS = 500;

/** As many may run as there are processes. A restored database gives out nothing until a person releases it. */
export const startRouting = ({ platform, log }: Services): Loop =>
  startLoop("routing", log, async () => {
    if (await isSendingHeld(platform.database.sql)) return LOOK_EVERY_MS;
    const { result: given } = await platform.commands.run(
      { name: "routing.route-waiting", actor: systemActor("routing") },
      routeWaiting,
    );
    return given > 0 ? 0 : LOOK_EVERY_MS;
  });
