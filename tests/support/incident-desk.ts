/** A desk where incidents are worked on in tests: open, hang cases under them, close, look behind. */
import type { Actor } from "#src/platform/actor.ts";
import {
  closeIncident,
  type Closing,
  countIncident,
  findIncident,
  findIncidentOfTicket,
  type NewIncident,
  openIncident,
  releaseBuildings,
} from "#src/service/incidents/index.ts";
import type { TestDatabase } from "./database.ts";
import { buildingIdOf } from "./heat-town.ts";
import { as, openCase } from "./tickets.ts";

export const inArea = (areaId: bigint): Actor => ({
  kind: "machine",
  id: 77n,
  name: "area",
  roles: ["area-manager"],
  scope: { kind: "areas", areaIds: [areaId] },
});
/** `at` answers the database of the test that runs. */
export const incidentDesk = (at: () => TestDatabase) => {
  const open = (input: Partial<NewIncident> = {}, actor: Actor = at().actor) =>
    as(at(), actor, (context) =>
      openIncident(context, {
        kind: "heat-outage",
        affected: { stationId: 1n },
        startsAt: context.now,
        ...input,
      }),
    );
  const cold = (station: number, building: number, more: object = {}) =>
    openCase(at(), { buildingId: buildingIdOf(station, building), ...more });
  const incidentOf = async (ticketId: bigint) =>
    (await findIncidentOfTicket(at().database.sql, ticketId))?.incidentId ?? null;
  const version = async (id: bigint) => (await findIncident(at().database.sql, id))?.version ?? 0;
  const entriesOf = (ticketId: bigint) =>
    at().database.sql.rows<{ text: string; evidence: string | null; ref: string | null }>(
      `select text, evidence, ref from ticket_entries where ticket_id = :ticketId and kind = 'incident' order by id`,
      { ticketId },
    );
  const messages = () =>
    at().database.sql.rows<{ template: string; recipient: string; notBefore: Date }>(
      `select template, recipient, not_before as "notBefore" from messages order by id`,
    );
  const count = (id: bigint) =>
    countIncident(at().database.sql, { incidentId: id, at: at().clock.now(), day: "2027-01-20" });
  const release = (id: bigint) =>
    as(at(), at().actor, async (context) =>
      releaseBuildings(context, id, await version(id), { buildingIds: null, text: "" }),
    );
  const close = (id: bigint, more: Partial<Closing> = {}, actor: Actor = at().actor) =>
    as(at(), actor, async (context) =>
      closeIncident(context, id, await version(id), {
        evidence: "更换循环泵，二次侧恢复",
        evidenceKind: "order",
        evidenceRef: null,
        ...more,
      }),
    );
  return { open, cold, incidentOf, version, entriesOf, messages, count, release, close };
};
