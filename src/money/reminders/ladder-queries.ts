/** SQL on ladders and their stages. */
import type { Sql } from "#src/platform/sql.ts";
import type { Ladder, Stage } from "./ladder.ts";

const STAGES = `
  (select jsonb_agg(jsonb_build_object('rank', stage.rank, 'code', stage.code, 'nameZh', stage.name_zh,
      'nameEn', stage.name_en, 'anchor', stage.anchor, 'offsetDays', stage.offset_days, 'audience', stage.audience,
      'afterCertificates', stage.after_certificates, 'template', stage.template) order by stage.rank)
    from dunning_stages stage where stage.ladder_id = ladder.id) as stages`;
const COLUMNS = `ladder.id, ladder.from_season as "fromSeason", ladder.document, ladder.set_at as "setAt", ${STAGES}`;

const ladderOfSeason = `
  select ${COLUMNS} from dunning_ladders ladder where ladder.from_season <= :season
  order by ladder.from_season desc, ladder.id desc limit 1`;

/** The version that counts for a season: the standard when nobody set one. */
export const findLadder = (sql: Sql, season: number): Promise<Ladder> =>
  sql.one<Ladder>(ladderOfSeason, { season });

const ladderById = `select ${COLUMNS} from dunning_ladders ladder where ladder.id = :id`;
export const findLadderById = (sql: Sql, id: bigint): Promise<Ladder> => sql.one<Ladder>(ladderById, { id });

const allLadders = `select ${COLUMNS} from dunning_ladders ladder order by ladder.id desc limit :limit::integer`;

/** The latest versions first. */
export const findLadders = (sql: Sql, limit: number): Promise<Ladder[]> =>
  sql.rows<Ladder>(allLadders, { limit });

const knownRanks = `select distinct code, rank from dunning_stages order by rank`;
export const findKnownRanks = (sql: Sql) => sql.rows<{ code: string; rank: number }>(knownRanks);

// Two people who set a ladder at once take turns: which one counts is never left to chance.
const lockLadders = `select pg_advisory_xact_lock(hashtext('dunning_ladders'))`;
const addLadder = `
  insert into dunning_ladders (from_season, document, approval_id, set_at)
  values (:fromSeason, :document, :approvalId, :now) returning id`;
const addStages = `
  insert into dunning_stages (ladder_id, rank, code, name_zh, name_en, anchor, offset_days, audience, after_certificates,
    template)
  select :ladderId, s.rank, s.code, s."nameZh", s."nameEn", s.anchor, s."offsetDays", s.audience, s."afterCertificates",
    s.template
  from jsonb_to_recordset(:stages::jsonb) s (rank smallint, code text, "nameZh" text, "nameEn" text, anchor text,
    "offsetDays" smallint, audience text, "afterCertificates" boolean, template text)`;

export const insertLadder = async (
  sql: Sql,
  row: {
    readonly fromSeason: number;
    readonly document: string;
    readonly approvalId: bigint | null;
    readonly stages: readonly Stage[];
    readonly now: Date;
  },
): Promise<bigint> => {
  const { stages, ...ladder } = row;
  const { id } = await sql.one<{ id: bigint }>(addLadder, ladder);
  await sql.run(addStages, { ladderId: id, stages: JSON.stringify(stages) });
  return id;
};

export const lockAllLadders = (sql: Sql): Promise<unknown> => sql.rows(lockLadders);
