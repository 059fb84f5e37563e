/** What came of asking, by one key, and the route that writes it down. */
import { call } from "#web/api/client.ts";
import type { Body } from "#web/api/types.ts";

export const MISSED = [
  "no-answer",
  "busy",
  "wrong-number",
  "refused",
] as const satisfies readonly NonNullable<
  Body<"post", "/tickets/{ticketNo}/return-visit/missed">
>["result"][];
export type Missed = (typeof MISSED)[number];
export const SATISFACTION = [5, 4, 3, 2, 1] as const;
type Satisfaction = (typeof SATISFACTION)[number];

/** `5` … `1`: solved, and how satisfied; `0`: not solved; else why nobody was asked. */
export type Outcome = `${Satisfaction}` | "0" | Missed;

export const KEYS: Readonly<Record<Outcome, string>> = {
  "5": "5",
  "4": "4",
  "3": "3",
  "2": "2",
  "1": "1",
  "0": "0",
  "no-answer": "n",
  busy: "b",
  "wrong-number": "w",
  refused: "x",
};
export const OUTCOMES = [...SATISFACTION.map(String), "0", ...MISSED] as readonly Outcome[];

export const isMissed = (outcome: Outcome): outcome is Missed =>
  (MISSED as readonly string[]).includes(outcome);

/** What became of the case: open again, asked again, or done with. */
export type Written = "saved" | "reopened" | "again" | "over";

export const writeOutcome = async (
  ticketNo: string,
  outcome: Outcome,
  remark: string,
  key: string,
): Promise<Written> => {
  const path = { ticketNo };
  if (isMissed(outcome)) {
    const { data } = await call.POST("/tickets/{ticketNo}/return-visit/missed", {
      params: { path, header: { "Idempotency-Key": key } },
      body: { result: outcome },
    });
    return data?.state === "open" ? "again" : "over";
  }
  const said = remark.trim();
  const { data } = await call.POST("/tickets/{ticketNo}/rating", {
    params: { path },
    body: {
      solved: outcome !== "0",
      ...(outcome === "0" ? {} : { satisfaction: Number(outcome) }),
      ...(said === "" ? {} : { remark: said }),
    },
  });
  return data?.reopened === true ? "reopened" : "saved";
};
