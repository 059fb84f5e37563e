import type { Answer } from "#web/api/types.ts";

export type Account = Answer<"get", "/accounts/{accountNo}">;
export type Person = Account["people"][number];
export type Overview = Answer<"get", "/accounts/{accountNo}/overview">;
export type Bill = Answer<"get", "/accounts/{accountNo}/bills">["items"][number];
