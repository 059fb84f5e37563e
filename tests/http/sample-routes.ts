/** Routes of an invented room, one for each thing that the edge promises. */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { accountNoIn, defineRoute, fenIn, fenJson, fenOut, type Route } from "#src/platform/route.ts";

const setting = z.object({ key: z.string(), amountFen: fenOut });

const setRoute = defineRoute({
  method: "post",
  path: "/samples",
  permission: "payment.take",
  summary: "Keep an amount",
  tag: "samples",
  body: z.strictObject({
    key: z.string().min(1).max(40),
    amountFen: fenIn,
    rows: z.array(z.strictObject({ area: z.number() })).optional(),
    note: z.string().optional(),
  }),
  response: setting,
  status: 201,
  idempotency: "required",
  handle: async ({ platform, actor, body, idempotency, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "test.sample", actor, requestId, ...(idempotency === undefined ? {} : { idempotency }) },
      async (context) => {
        if (body.key === "closed")
          fail("state.refused", "this account is closed", { facts: { id: 7n, dueFen: 5n } });
        await context.sql.run("insert into settings (key, value) values (:key, to_jsonb(:amount::bigint))", {
          key: body.key,
          amount: body.amountFen,
        });
        context.audit({ subject: `setting:${body.key}` });
        return { key: body.key, amountFen: fenJson(body.amountFen) };
      },
    );
    return { body: result };
  },
});

const getRoute = defineRoute({
  method: "get",
  path: "/samples/{accountNo}",
  permission: "account.read",
  summary: "One",
  tag: "samples",
  params: z.strictObject({ accountNo: accountNoIn }),
  query: z.strictObject({ detail: z.enum(["short", "long"]).default("short") }),
  response: z.object({ accountNo: z.string(), detail: z.string(), requestId: z.string() }),
  handle: async ({ params, query, requestId }) => ({ body: { ...params, ...query, requestId } }),
});

const putRoute = defineRoute({
  method: "put",
  path: "/samples/{accountNo}",
  permission: "payment.take",
  summary: "Change one",
  tag: "samples",
  params: z.strictObject({ accountNo: accountNoIn }),
  body: z.strictObject({ note: z.string() }),
  response: z.object({ version: z.int() }),
  ifMatch: true,
  handle: async ({ ifMatch }) =>
    ifMatch === 7
      ? { body: { version: 8 } }
      : fail("version.stale", "somebody changed it", { remedy: "read again" }),
});

const removeRoute = defineRoute({
  method: "delete",
  path: "/samples/{accountNo}",
  permission: "payment.take",
  summary: "Remove one",
  tag: "samples",
  params: z.strictObject({ accountNo: accountNoIn }),
  response: z.undefined(),
  status: 204,
  handle: async () => ({ body: undefined }),
});

const failures: Readonly<Record<string, () => Promise<never>>> = {
  defect: async () => {
    throw new Error("the row of 13812345678 is broken");
  },
  "not-found": async () => fail("account.not-found", "no such account"),
  busy: async () => fail("database.busy", "every database connection is in use"),
  "in-flight": async () => fail("request.in-flight", "the same request is being carried out"),
  rule: async () => fail("bill-run.differs", "the bills would be other ones"),
};

const failRoute = defineRoute({
  method: "get",
  path: "/failures/{kind}",
  permission: "account.read",
  summary: "Fails as asked",
  tag: "samples",
  params: z.strictObject({ kind: z.string() }),
  response: z.object({}),
  handle: async ({ params }) => failures[params.kind]?.() ?? fail("kind.unknown", "no such failure"),
});

const wrongAnswerRoute = defineRoute({
  method: "get",
  path: "/wrong-answers/{kind}",
  permission: "account.read",
  summary: "Answers something else than declared",
  tag: "samples",
  params: z.strictObject({ kind: z.enum(["bigint", "leak", "type"]) }),
  response: z.object({ amountFen: fenOut }),
  handle: async ({ params }) => {
    const answers = {
      bigint: { amountFen: 5n },
      leak: { amountFen: 5, phone: "x" },
      type: { amountFen: "5" },
    };
    return { body: answers[params.kind] as unknown as { amountFen: number } };
  },
});

const sleepRoute = defineRoute({
  method: "get",
  path: "/sleep",
  permission: "account.read",
  summary: "Holds a connection",
  tag: "samples",
  query: z.strictObject({ seconds: z.coerce.number() }),
  response: z.object({ ok: z.boolean() }),
  handle: async ({ platform, query }) => {
    await platform.database.sql.rows("select pg_sleep(:seconds::float8)", { seconds: query.seconds });
    return { body: { ok: true } };
  },
});

const uploadRoute = defineRoute({
  method: "post",
  path: "/uploads",
  permission: "payment.take",
  summary: "Counts bytes",
  tag: "samples",
  response: z.object({ bytes: z.int() }),
  consumes: "raw",
  handle: async (_request, stream) => {
    let bytes = 0;
    for await (const chunk of stream ?? []) bytes += chunk.byteLength;
    return { body: { bytes } };
  },
});

const pageRoute = defineRoute({
  method: "get",
  path: "/prints",
  permission: "account.read",
  summary: "A page",
  tag: "samples",
  response: z.string(),
  produces: "text/html",
  handle: async () => ({ body: "<p>暖阳</p>" }),
});

const loginRoute = defineRoute({
  method: "post",
  path: "/sample-sessions",
  permission: "public",
  summary: "Log in",
  tag: "samples",
  body: z.strictObject({ login: z.string() }),
  response: z.object({ roles: z.array(z.string()) }),
  handle: async ({ actor }) => ({ body: { roles: [...actor.roles] } }),
});

const hello = defineRoute({
  method: "get",
  path: "/hello",
  permission: "account.read",
  summary: "Says hello",
  tag: "samples",
  response: z.object({ hello: z.string() }),
  handle: async () => ({ body: { hello: "暖阳" } }),
});

export const samplePublicWrites = ["POST /sample-sessions"];
export const sampleRoutes: readonly Route[] = [
  setRoute,
  getRoute,
  putRoute,
  removeRoute,
  failRoute,
  wrongAnswerRoute,
  sleepRoute,
  uploadRoute,
  pageRoute,
  loginRoute,
  hello,
];
