/**
 * How often one caller may ask. Counted in this process's memory: a limit against haste and guessing, not an account of
 * use; several processes allow so many times more.
 */
import { ipKeyGenerator, rateLimit, type RateLimitRequestHandler } from "express-rate-limit";
import type { Request, Response } from "express";
import { DomainError } from "#src/kernel/errors.ts";
import { contextOf } from "./request-context.ts";
import type { Limit, Limits } from "./route-handler.ts";

export type LimitOptions = {
  /** Requests a minute from one address to the routes that change something without a login (login itself). */
  readonly publicWritesPerMinute: number;
  /** Requests a minute from one address to what may be read without a login: many people stand behind one address of a carrier. */
  readonly publicReadsPerMinute: number;
  /**
   * Requests a minute from one address to signed webhooks: a gateway that reports one message a request tells of a whole
   * town's notice at 1,000 a second, for minutes. Nobody guesses a signature: this only ends a sender that loops.
   */
  readonly webhooksPerMinute: number;
  /** Requests a minute of one logged-in person; 0 = no limit. */
  readonly staffPerMinute: number;
  /** Requests a minute of one session of the household's page. */
  readonly householdPerMinute: number;
  /** Requests a minute of one machine token; 0 = no limit: a bank's channel has bursts and is trusted to stop. */
  readonly machinePerMinute: number;
};

export const DEFAULT_LIMITS: LimitOptions = {
  publicWritesPerMinute: 60,
  publicReadsPerMinute: 600,
  webhooksPerMinute: 120_000,
  staffPerMinute: 1200,
  householdPerMinute: 240,
  machinePerMinute: 0,
};

const tooMany = (): DomainError =>
  new DomainError("request.too-many", "too many requests", { remedy: "wait as long as Retry-After says" });

const limiter = (perMinute: number, keyOf: (request: Request, response: Response) => string) =>
  rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    keyGenerator: keyOf,
    handler: (_request, _response, next) => next(tooMany()),
  });

const asLimit =
  (limit: RateLimitRequestHandler): Limit =>
  async (request, response) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    await limit(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error);
    });
    await promise;
  };

const unlimited: Limit = async () => undefined;

const callerKey = (_request: Request, response: Response): string => {
  const { actor } = contextOf(response);
  return `${actor?.kind ?? "nobody"}:${actor?.id ?? actor?.name ?? ""}`;
};

/** A whole IPv6 network of a household counts as one address. */
const addressKey = (request: Request): string => ipKeyGenerator(request.ip ?? "unknown");

export const createLimits = (options: LimitOptions): Limits => {
  const staff = options.staffPerMinute > 0 ? asLimit(limiter(options.staffPerMinute, callerKey)) : unlimited;
  const machine =
    options.machinePerMinute > 0 ? asLimit(limiter(options.machinePerMinute, callerKey)) : unlimited;
  const household = asLimit(limiter(options.householdPerMinute, callerKey));
  return {
    publicReads: asLimit(limiter(options.publicReadsPerMinute, addressKey)),
    publicWrites: asLimit(limiter(options.publicWritesPerMinute, addressKey)),
    webhooks: asLimit(limiter(options.webhooksPerMinute, addressKey)),
    perCaller: async (request, response) => {
      const kind = contextOf(response).actor?.kind;
      if (kind === "machine") await machine(request, response);
      else if (kind === "household") await household(request, response);
      else await staff(request, response);
    },
  };
};
