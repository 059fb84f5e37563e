/** A paying town whose homes have telephones, with an edge that Twilio and an exchange reach. */
import { createApp } from "#src/http/app.ts";
import { routes } from "#src/http/routes.ts";
import { type RunningServer, serve } from "#src/http/server.ts";
import { createLogger } from "#src/platform/log.ts";
import type { Platform } from "#src/platform/route.ts";
import { createPayingTown, type PayingTown } from "./collection.ts";
import { plantedAccountNo } from "./town.ts";
import { type Line, TWILIO } from "./twilio-caller.ts";

export const CTI_SECRET = "a-secret-of-the-exchange-for-tests-only";
const PUBLIC_URL = "https://heat.example.com";

export type VoiceTown = PayingTown & {
  readonly line: Line;
  readonly platform: Platform;
  readonly logText: () => string;
  stop(): Promise<void>;
};

/** The telephone of the owner of home `n`: its last four digits are `n` from 1001 on. */
export const ownerPhone = (home: number): string => `+8613800${String(100_000 + 1000 + home).slice(-6)}`;
export const tailOf = (home: number): string => ownerPhone(home).slice(-4);
export const accountNo = plantedAccountNo;

export const createVoiceTown = async (
  homes = 20,
  options: { readonly pbxUrl?: string } = {},
): Promise<VoiceTown> => {
  const town = await createPayingTown(homes);
  await town.db.owner.sql.run(
    `insert into person_phones (person_id, number, kind, as_written, confirmed)
     select n, '+8613800' || right((101000 + n)::text, 6), 'mobile', '', true from generate_series(1, :homes::int) n`,
    { homes },
  );
  const platform: Platform = {
    ...town.platform,
    publicUrl: PUBLIC_URL,
    webhookSecrets: { cti: CTI_SECRET },
    outside: { twilio: TWILIO, pbxUrl: options.pbxUrl },
  };
  const lines: string[] = [];
  const log = createLogger({
    process: "test",
    level: "debug",
    stream: { write: (line: string) => void lines.push(line) },
  });
  const app = createApp(platform, routes, {
    authenticate: async () => null,
    log,
    version: "test",
    checkResponses: true,
    metrics: "open",
  });
  const server: RunningServer = await serve(app.handler, "127.0.0.1", 0);
  return {
    ...town,
    platform,
    line: { url: server.url, publicUrl: PUBLIC_URL },
    logText: () => lines.join(""),
    stop: async () => {
      await server.stop(1000);
      await app.close();
      await town.db.drop();
    },
  };
};

/** Somebody sits at a telephone, so that "agent" means one. */
export const seatAgent = async (town: PayingTown): Promise<void> => {
  await town.db.owner.sql.run(
    `insert into agent_sessions (staff_id, extension, state, state_since, signed_in_at)
     select id, '801', 'available', :now, :now from staff_members order by id limit 1`,
    { now: town.db.clock.now() },
  );
};
export const unseatAgents = async (town: PayingTown): Promise<void> => {
  await town.db.owner.sql.run("delete from agent_sessions");
};
