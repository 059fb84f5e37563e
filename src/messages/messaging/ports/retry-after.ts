/** How long a provider asks us to wait (Retry-After): seconds or an HTTP date. Pure. */

const LEAST_MS = 1000;
const MOST_MS = 3_600_000;
const USUAL_MS = 10_000;

/** Between a second and an hour; what cannot be read is ten seconds. */
export const retryAfterMs = (header: string | null | undefined, now: Date): number => {
  const text = header?.trim() ?? "";
  const asked = /^\d{1,7}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now.getTime();
  return Number.isNaN(asked) ? USUAL_MS : Math.min(MOST_MS, Math.max(LEAST_MS, asked));
};
