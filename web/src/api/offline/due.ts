/** Which of what waits may go now. By this machine's clock, which somebody may set at any time. */
type Waiting = {
  readonly seq: number;
  readonly about: string;
  readonly notBefore: number;
  readonly refusal?: object;
  readonly file?: Blob;
};

/** The server failed at it: tried again after a while, longer each time. */
const PAUSES_MS = [15_000, 60_000, 240_000, 900_000] as const;
const LONGEST_PAUSE_MS = 900_000;
export const pauseAfter = (tries: number): number =>
  PAUSES_MS[Math.min(tries, PAUSES_MS.length) - 1] ?? PAUSES_MS[0];

/** Nobody waits longer than the longest pause: what seems to was written down before the clock was set back. */
export const dueIn = ({ notBefore }: Pick<Waiting, "notBefore">, now: number): number => {
  const left = notBefore - now;
  return left <= 0 || left > LONGEST_PAUSE_MS ? 0 : left;
};

/**
 * The first that may go now: what is about the same thing goes in its order, the rest does not wait for it, and words go before
 * photos, which take their time on a thin line. `left` are those that could not even be set aside.
 */
export const nextOf = <One extends Waiting>(
  waiting: readonly One[],
  now: number,
  left: ReadonlySet<number> = new Set(),
): One | undefined => {
  const held = new Set<string>();
  let photo: One | undefined;
  for (const one of waiting) {
    if (one.refusal !== undefined) continue;
    const mayGo = dueIn(one, now) === 0 && !left.has(one.seq) && !held.has(one.about);
    if (mayGo && one.file === undefined) return one;
    if (mayGo) photo ??= one;
    held.add(one.about);
  }
  return photo;
};
