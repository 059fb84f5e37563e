/** Rate, errors and duration per route. */
import { Histogram, type Registry } from "#src/platform/metrics.ts";

export type RequestFigures = {
  note(method: string, route: string, status: number, durationMs: number): void;
};

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Routes are declared paths, so the number of series is bounded whatever is asked for. */
export const requestFigures = (registry: Registry): RequestFigures => {
  const histogram = new Histogram({
    name: "nuan_http_request_seconds",
    help: "Duration of requests by method, declared route and status",
    labelNames: ["method", "route", "status"],
    buckets: SECONDS,
    registers: [registry],
  });
  // Resolving the labels costs more than counting; each series is resolved once.
  const series = new Map<string, ReturnType<typeof histogram.labels>>();
  return {
    note: (method, route, status, durationMs) => {
      const key = `${method} ${route} ${status}`;
      let one = series.get(key);
      if (one === undefined) {
        one = histogram.labels(METHODS.has(method) ? method : "other", route, String(status));
        series.set(key, one);
      }
      one.observe(durationMs / 1000);
    },
  };
};
