/** Shapes that routes and commands of this room share. */
import { z } from "zod";
import { fenJson, fenOut } from "#src/platform/route.ts";
import type { Advance } from "./advance.ts";

export const advanceOut = z.object({
  day: z.string(),
  season: z.int().nullable(),
  stage: z.string().nullable(),
  runId: z.string().nullable(),
  entered: z.int(),
  enteredFen: fenOut,
  paused: z.int(),
  waitingFor: z.array(z.object({ channel: z.string(), why: z.enum(["no-certificate", "shift-open"]) })),
});

export const advanceJson = (done: Advance): z.input<typeof advanceOut> => ({
  day: done.day,
  season: done.season,
  stage: done.stage,
  runId: done.runId === null ? null : String(done.runId),
  entered: Number(done.entered),
  enteredFen: fenJson(done.enteredFen),
  paused: Number(done.paused),
  waitingFor: [...done.waitingFor],
});
