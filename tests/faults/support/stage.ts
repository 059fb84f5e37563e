/**
 * Where the faults happen: one PostgreSQL server as in production (fsync on), towns planted into templates, and a fresh
 * clone of one for each case or run.
 */
import { chmodSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "#src/platform/database.ts";
import { startServer } from "#tests/support/server.ts";
import { plantBills, plantSeasons, plantTown } from "#tests/support/town.ts";
import { ask } from "./outside.ts";
import { nuan, type Place } from "./processes.ts";

export const CHANNEL = "faults-bank";
/** 90.00 m2 x 0.19 yuan x 120 days: the bill of every planted home. */
export const BILL_FEN = 205_200n;

/**
 * `billed`: the season's bills stand on offer, all valves shut. `unbilled`: large enough for several chunks of a bill run.
 * `whole`: a whole city, for the full form alone. `demo`: the town of the demo, with its people on duty.
 */
export const HOUSEHOLDS = { billed: 3000, unbilled: 12_000, whole: 260_000, demo: 2600 } as const;
/** Cases run side by side, and each has the processes of an installation of its own. */
const MOST_CONNECTIONS = "400";
export type TownName = keyof typeof HOUSEHOLDS;

export type Clone = Place & {
  /** A bank channel's token for `POST /payments`; empty in the demo's town. */
  readonly token: string;
  drop(): Promise<void>;
};

export type Stage = {
  /** Empty folder for files of the run. */
  readonly folder: string;
  clone(town: TownName): Promise<Clone>;
  /** PostgreSQL's immediate shutdown: no checkpoint, every session cut, recovery at the next start. */
  crashServer(): Promise<void>;
  /** Starts the crashed server again, on the same port and data. */
  startServerAgain(): Promise<void>;
  close(): Promise<void>;
};

type Template = Place & { readonly name: string; readonly token: string };

const plant = async (url: string, place: Place, town: TownName): Promise<string> => {
  if (town === "demo") {
    await nuan(place, ["demo", "seed", "--households", String(HOUSEHOLDS.demo), "--seed", "7", "--yes-demo"]);
    return "";
  }
  await nuan(place, ["db", "migrate"]);
  const owner = connect(url, { poolSize: 2, bulkPoolSize: 1, applicationName: "faults" });
  try {
    await plantSeasons(owner, 2025, 2026);
    await plantTown(owner, HOUSEHOLDS[town]);
    await owner.sql.run(
      `insert into channels (id, code, name, kind, real_time, profile)
       values (1, '${CHANNEL}', 'Faults', 'bank', false, 'zz-bank-gb18030')`,
    );
    if (town === "billed") {
      await plantBills(owner, 2026, "offered");
      await owner.sql.run("update valve_states set state = 'closed'");
    }
    await owner.withBulkClient(async (client) => client.query("vacuum analyze"));
  } finally {
    await owner.close();
  }
  const { token } = await nuan(
    place,
    `token create --role bank-channel --channel ${CHANNEL} --name faults`.split(" "),
  );
  if (typeof token !== "string") throw new Error("nuan token create gave no token");
  return token;
};

/** Starts the server. Templates are planted when they are first asked for. */
export const raiseStage = async (): Promise<Stage> => {
  const folder = mkdtempSync(path.join(tmpdir(), "nuanyang-faults-"));
  chmodSync(folder, 0o711);
  const server = await startServer({ settings: { max_connections: MOST_CONNECTIONS } });
  const urlOf = (database: string): string => {
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    return url.href;
  };
  const onServer = async (sql: string): Promise<void> => void (await ask(server.url, sql));
  const placeOf = (name: string): Place => ({
    url: urlOf(name),
    dataDir: mkdtempSync(path.join(folder, `${name}-`)),
  });
  const templates = new Map<TownName, Promise<Template>>();
  const makeTemplate = async (town: TownName): Promise<Template> => {
    const name = `template_${town}`;
    await onServer(`create database ${name} encoding 'UTF8' template template0`);
    const place = placeOf(name);
    return { ...place, name, token: await plant(place.url, place, town) };
  };
  let clones = 0;
  return {
    folder,
    clone: async (town) => {
      const planted = templates.get(town) ?? makeTemplate(town);
      templates.set(town, planted);
      const template = await planted;
      clones += 1;
      const name = `faults_${clones}`;
      await onServer(`create database ${name} template ${template.name} strategy file_copy`);
      const place = placeOf(name);
      // What was sealed in the template is proved by the template's anchors.
      cpSync(template.dataDir, place.dataDir, { recursive: true });
      return {
        ...place,
        token: template.token,
        drop: async () => {
          await onServer(`drop database ${name} with (force)`);
          rmSync(place.dataDir, { recursive: true, force: true });
        },
      };
    },
    crashServer: async () => void process.kill(server.pid, "SIGQUIT"),
    startServerAgain: () => server.restart(),
    close: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
