/** What a queue's server hears and holds, word for word: MONITOR on Redis, and every row of BullMQ's tables on PostgreSQL. */
import { Redis } from "ioredis";
import type { Backend } from "./backends.ts";
import { ask } from "./outside.ts";

export type Ear = { heard(): Promise<string>; stop(): void };

const onRedis = async (url: string): Promise<Ear> => {
  const client = new Redis(url, { retryStrategy: () => null });
  client.on("error", () => undefined);
  const words: string[] = [];
  const monitor = await client.monitor();
  monitor.on("error", () => undefined);
  monitor.on("monitor", (_time: string, args: readonly string[]) => void words.push(args.join(" ")));
  return {
    heard: async () => words.join("\n"),
    stop: () => {
      monitor.disconnect();
      client.disconnect();
    },
  };
};

/** Rows that are gone as soon as a job is done are written down when they come and when they change. */
const LISTEN = `
  create table faults_heard (text text);
  create function faults_hear() returns trigger language plpgsql security definer as $$
    begin insert into public.faults_heard (text) values (to_jsonb(new)::text); return null; end $$;
  ${["job", "event", "job_log", "scheduler", "dedup_next"]
    .map(
      (table) => `create trigger faults_ear after insert or update on bullmq.${table}
    for each row execute function faults_hear();`,
    )
    .join("\n  ")}`;

const onPostgres = async (url: string): Promise<Ear> => {
  await ask(url, LISTEN);
  return {
    heard: async () =>
      (await ask<{ text: string }>(url, "select text from faults_heard")).map((row) => row.text).join("\n"),
    stop: () => undefined,
  };
};

export const listenTo = ({ redisUrl }: Backend, databaseUrl: string): Promise<Ear> =>
  redisUrl === undefined ? onPostgres(databaseUrl) : onRedis(redisUrl);
