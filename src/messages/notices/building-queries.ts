/** SQL of notices that went to a whole building. */
import type { Sql } from "#src/platform/sql.ts";
import type { Notice } from "./schema.ts";

export type NoticeOfBuilding = Pick<
  Notice,
  "id" | "kind" | "title" | "purpose" | "channels" | "template" | "locale" | "variables" | "wordsPins"
> & { readonly startedAt: Date };

/** Only places make up its audience: with any narrowing it would say something of single homes. */
const ofBuilding = `
  select notice.id, notice.kind, notice.title, notice.purpose, notice.channels, notice.template, notice.locale,
    notice.variables, notice.words_pins as "wordsPins", notice.started_at as "startedAt"
  from notices notice
  where notice.started_at > :since and notice.state in ('running', 'paused', 'finished')
    and notice.purpose in ('service-notice', 'incident-update')
    and notice.audience - array['everybody', 'heatSourceIds', 'stationIds', 'loopIds', 'communityIds', 'buildingIds',
      'areaIds'] = '{}'::jsonb
    and exists (
      select 1 from premises home
      join heat_accounts account on account.premises_id = home.id
      join notice_recipients told on told.account_id = account.id and told.notice_id = notice.id
      where home.building_id = :buildingId)
  order by notice.started_at desc, notice.id desc limit 20`;
export const findNoticesOfBuilding = (sql: Sql, query: { buildingId: bigint; since: Date }) =>
  sql.rows<NoticeOfBuilding>(ofBuilding, query);
