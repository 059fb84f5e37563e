/**
 * How many messages a wave may have (节奏): as many as one job begins within the time that may lie between the re-read and a call.
 * Learnt from the waves of this process, so that a fast provider gets large ones and a slow one does not call by an old word.
 */
import type { Platform } from "#src/platform/route.ts";
import type { MessageChannel } from "../outbox-queries.ts";
import type { SendingSettings } from "./settings.ts";

type Bounds = Pick<SendingSettings, "waveSize" | "firstWave" | "beginWithinMs">;

export type WaveTimes = {
  /** Calls that were begun. */
  readonly begun: number;
  /** From the beginning of the re-read to the beginning of the last call. */
  readonly lastBegunMs: number;
  /** Some were left, because their time was over. */
  readonly late: boolean;
};

const GROWS_AT_MOST = 4;

/** Pure. Grows fast while waves are begun in time, and shrinks to what would have been. */
export const nextWave = (size: number, times: WaveTimes, bounds: Bounds): number => {
  const { begun, lastBegunMs, late } = times;
  const possible = Math.max(1, Math.floor((begun * bounds.beginWithinMs) / Math.max(1, lastBegunMs)));
  if (late || lastBegunMs > bounds.beginWithinMs) return Math.min(size, possible);
  return Math.max(size, Math.min(possible, size * GROWS_AT_MOST, bounds.waveSize));
};

const learnt = new WeakMap<Platform["database"], Map<MessageChannel, number>>();

export const waveOf = (
  { database }: Pick<Platform, "database">,
  channel: MessageChannel,
  bounds: Bounds,
): number => Math.min(learnt.get(database)?.get(channel) ?? bounds.firstWave, bounds.waveSize);

export const learnWave = (
  { database }: Pick<Platform, "database">,
  channel: MessageChannel,
  times: WaveTimes,
  bounds: Bounds,
): void => {
  const channels = learnt.get(database) ?? new Map<MessageChannel, number>();
  channels.set(channel, nextWave(waveOf({ database }, channel, bounds), times, bounds));
  learnt.set(database, channels);
};

const WAVES_OF_JOB = 2;
const JOBS_AHEAD = 16;

/** What is claimed at this pace: jobs of a few seconds, and no more of them than begin before their claim is over. */
export const claimSizes = (
  wave: number,
  settings: Pick<SendingSettings, "jobSize" | "window">,
): { readonly jobSize: number; readonly window: number } => {
  const jobSize = Math.min(settings.jobSize, wave * WAVES_OF_JOB);
  return { jobSize, window: Math.min(settings.window, jobSize * JOBS_AHEAD) };
};
