/**
 * A town in two areas, every role in each of them and without bounds, and the whole API over HTTP: to ask what each may
 * do. Home 1 lies in the north and has a bill, payments, a receipt and a task; home 60 lies in the south.
 */
import { routes } from "#src/http/routes.ts";
import { authenticateSession, authenticateToken, createToken, logIn } from "#src/office/staff/index.ts";
import { TOKEN_ROLES } from "#src/office/staff/index.ts";
import { openTask } from "#src/office/tasks/index.ts";
import { addPhoto, openWorkOrder } from "#src/service/field/index.ts";
import { attachFile, openTicket } from "#src/service/tickets/index.ts";
import { type Role, STAFF_ROLES, type StaffRole } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { createPayingTown } from "#tests/support/collection.ts";
import { person } from "#tests/support/people.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import type { TestDatabase } from "#tests/support/database.ts";
import { type Answer, ask, type Edge, startEdge } from "./edge.ts";

export const NORTH_NO = plantedAccountNo(1);
export const SOUTH_NO = plantedAccountNo(60);
/** Stands in no answer to the south and in no log. */
export const NORTH_OWNER = "慕容北辰";
export const NORTH_PHONE = "13812345671";

export type Place = "everywhere" | "north" | "south";
export type RightsCaller = {
  readonly name: string;
  readonly role: Role;
  readonly place: Place;
  readonly kind: "person" | "machine";
  readonly headers: Readonly<Record<string, string>>;
};

export type RightsTown = {
  readonly db: TestDatabase;
  readonly edge: Edge;
  readonly callers: readonly RightsCaller[];
  /** What home 1 has, by the word that its routes begin with. */
  readonly northIds: Readonly<
    Record<"payments" | "receipts" | "bills" | "tasks" | "tickets" | "work-orders", string>
  >;
  readonly bankSerial: string;
  caller(role: Role, place: Place, kind?: RightsCaller["kind"]): RightsCaller;
  send(
    caller: RightsCaller | null,
    method: string,
    path: string,
    more?: {
      readonly json?: unknown;
      readonly ifMatch?: number;
      readonly raw?: string | Uint8Array<ArrayBuffer>;
    },
  ): Promise<Answer>;
  stop(): Promise<void>;
};

/** Two areas, a building each. */
const plantAreas = (db: TestDatabase) =>
  db.owner.sql.one<{ north: bigint; south: bigint }>(
    `with areas as (
       insert into service_areas (code, name, level) values ('N', '北片区', 'area'), ('S', '南片区', 'area')
       returning id, code
     ), served as (
       insert into service_area_buildings (area_id, building_id, valid)
       select id, case code when 'N' then 0 else 1 end, daterange('2015-01-01', null) from areas
     )
     select (select id from areas where code = 'N') as north, (select id from areas where code = 'S') as south`,
  );

const isTokenRole = (role: Role): role is (typeof TOKEN_ROLES)[number] =>
  TOKEN_ROLES.some((one) => one === role);

type Wanted = { readonly role: Role; readonly place: Place };
type Town = Awaited<ReturnType<typeof createPayingTown>>;

const enterPerson = async (
  { db, platform }: Town,
  { place }: Wanted,
  role: StaffRole,
  areas: Readonly<Record<"north" | "south", bigint>>,
): Promise<RightsCaller> => {
  const login = `${role}.${place}`;
  await person(db, login, [role], place === "everywhere" ? {} : { areaIds: [areas[place]] });
  const { reference } = await logIn(platform, { login, password: `${login}-password` });
  const headers = { cookie: `nuan=${reference}`, "x-nuan": "1", "sec-fetch-site": "same-origin" };
  return { name: login, role, place, kind: "person", headers };
};

const enterMachine = async (
  { db }: Town,
  { role, place }: Wanted,
  channel = "bank-a",
): Promise<RightsCaller> => {
  if (!isTokenRole(role)) throw new Error(`no machine has the role ${role}`);
  const name = `machine.${role}.${place}.${channel}`;
  const accountNos = { everywhere: [], north: [NORTH_NO], south: [SOUTH_NO] }[place];
  const { result } = await db.commands.run({ name: "token.create", actor: db.actor }, (context) =>
    createToken(context, { name, role, accountNos, ...(role === "bank-channel" && { channel }) }),
  );
  return { name, role, place, kind: "machine", headers: { authorization: `Bearer ${result.token}` } };
};

const enterAll = async (town: Town): Promise<RightsCaller[]> => {
  const areas = await plantAreas(town.db);
  const callers: RightsCaller[] = [];
  for (const place of ["everywhere", "north", "south"] as const) {
    for (const role of STAFF_ROLES) {
      // An area manager without an area sees nothing at all.
      if (role === "area-manager" && place === "everywhere") continue;
      callers.push(await enterPerson(town, { role, place }, role, areas));
    }
    for (const role of TOKEN_ROLES) callers.push(await enterMachine(town, { role, place }));
  }
  return callers;
};

type Send = RightsTown["send"];
type Find = RightsTown["caller"];

const idIn = (answer: Answer, field: string): string => {
  const id = answer.body[field];
  if (answer.status > 299 || typeof id !== "string")
    throw new Error(`no ${field}: ${answer.status} ${answer.text}`);
  return id;
};

/** An order with a photo. */
const takeOrder = async (context: CommandContext) => {
  const opened = await openWorkOrder(context, {
    kind: "temperature",
    sourceKey: "test:1",
    accountId: 1n,
    contactName: NORTH_OWNER,
    contactNumber: NORTH_PHONE,
  });
  const bytes = Buffer.from("16.8 in the room");
  await addPhoto(context, { id: opened.workOrderId, bytes, fileName: "b.txt", caption: "" });
  return opened;
};

/** Home 1 gets an owner with a phone, a task, a payment by a bank, and a receipt for money at the counter. */
const furnish = async (db: TestDatabase, send: Send, find: Find, bankSerial: string) => {
  const owner = await send(find("agent", "north"), "post", `/accounts/${NORTH_NO}/people`, {
    json: {
      role: "owner",
      name: NORTH_OWNER,
      phones: [{ number: NORTH_PHONE }],
      from: "2026-11-01",
      source: "counter",
    },
    ifMatch: 1,
  });
  idIn(owner, "personId");
  const { result: task } = await db.commands.run({ name: "test.task", actor: db.actor }, (context) =>
    openTask(context, {
      kind: "look",
      source: "look:1",
      title: "Look",
      accountId: 1n,
      ownerRole: "area-manager",
    }),
  );
  const { result: ticket } = await db.commands.run(
    { name: "test.ticket", actor: db.actor },
    async (context) => {
      const opened = await openTicket(context, {
        category: "heat.not-hot",
        channel: "phone",
        accountId: 1n,
        callerNumber: `+86${NORTH_PHONE}`,
        callerName: NORTH_OWNER,
        summary: "not hot",
      });
      await attachFile(context, opened.ticketId, {
        bytes: Buffer.from("cold since Monday"),
        fileName: "a.txt",
      });
      return opened;
    },
  );
  const { result: order } = await db.commands.run({ name: "test.order", actor: db.actor }, (context) =>
    takeOrder(context),
  );
  const paid = await send(find("bank-channel", "north", "machine"), "post", "/payments", {
    json: {
      accountNo: NORTH_NO,
      amountFen: 100,
      channel: "bank-a",
      serial: bankSerial,
      paidAt: "2026-11-10T08:30:00+08:00",
    },
  });
  const cashier = find("cashier", "north", "person");
  const shiftId = idIn(
    await send(cashier, "post", "/shifts", { json: { till: "T1", openingCashFen: 0 } }),
    "id",
  );
  const counter = await send(cashier, "post", "/counter-payments", {
    json: { shiftId, tender: "cash", items: [{ accountNo: NORTH_NO, amountFen: 200 }] },
  });
  const bills = await send(find("finance", "north", "person"), "get", `/accounts/${NORTH_NO}/bills`);
  const [bill] = bills.body["items"] as { id: string }[];
  return {
    payments: idIn(paid, "paymentId"),
    receipts: idIn(counter, "receiptId"),
    bills: bill?.id ?? "",
    tasks: String(task.id),
    tickets: ticket.ticketNo,
    "work-orders": String(order.workOrderId),
  };
};

export const startRightsTown = async (): Promise<RightsTown> => {
  const town = await createPayingTown(60);
  const { db, platform } = town;
  const callers = await enterAll(town);
  const edge = await startEdge(platform, routes, {
    authenticate: async (credential) =>
      credential.kind === "token"
        ? authenticateToken(platform, credential.token)
        : authenticateSession(platform, credential.reference),
  });
  let key = 0;
  const send: Send = (caller, method, path, { json, ifMatch, raw } = {}) =>
    ask(edge, `/api/v1${path}`, {
      method: method.toUpperCase(),
      ...(json === undefined ? {} : { json }),
      ...(raw === undefined ? {} : { raw }),
      headers: {
        ...(caller === null ? {} : caller.headers),
        ...(method === "get" ? {} : { "idempotency-key": `rights-${(key += 1)}` }),
        ...(ifMatch === undefined ? {} : { "if-match": `"${ifMatch}"` }),
      },
    });
  const find: Find = (role, place, kind = role === "bank-channel" ? "machine" : "person") => {
    const found = callers.find((one) => one.role === role && one.place === place && one.kind === kind);
    if (found === undefined) throw new Error(`nobody is a ${kind} ${role} in ${place}`);
    return found;
  };
  const bankSerial = "RIGHTS-1";
  const northIds = await furnish(db, send, find, bankSerial);
  const otherBank = await enterMachine(town, { role: "bank-channel", place: "everywhere" }, "bank-b");
  return {
    db,
    edge,
    callers: [...callers, otherBank],
    northIds,
    bankSerial,
    caller: find,
    send,
    stop: async () => {
      await edge.stop();
      await db.drop();
    },
  };
};
