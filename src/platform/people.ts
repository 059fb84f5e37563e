/**
 * People in answers: a row says a login (`owner`), and people read names. A room declares which of its fields are logins with
 * `withNames`; the edge then looks the names of the whole answer up at once and writes each beside its login (`ownerName`). So no
 * room joins a table of another for it, and an answer of a thousand rows costs one look by index.
 */
import { z } from "zod";

const NAME = "Name";
type Plain = Readonly<Record<string, unknown>>;

/** Display name beside a login; null where it is nobody's: a machine, the system, the command line. Never left out by the edge. */
const nameOut = z
  .string()
  .nullable()
  .optional()
  .describe("Display name of the person whose login stands beside it");

/** `ownerName` beside `owner`; what is called a name already (`actorName`, a login) has `actorDisplayName`. */
type NameField<Field extends string> = Field extends `${infer Who}Name`
  ? `${Who}DisplayName`
  : `${Field}Name`;
const nameField = (field: string): string => field.replace(/Name$/, "Display") + NAME;

type Named<Shape extends z.ZodRawShape, Field extends string> = z.ZodObject<
  Shape & { [Key in NameField<Field>]: typeof nameOut }
>;

/** The object with the name beside each of these logins. */
export const withNames = <Shape extends z.ZodRawShape, Field extends string & keyof Shape>(
  schema: z.ZodObject<Shape>,
  ...fields: readonly Field[]
): Named<Shape, Field> =>
  schema.extend(Object.fromEntries(fields.map((field) => [nameField(field), nameOut]))) as unknown as Named<
    Shape,
    Field
  >;

const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** What lies below a schema, by its kind; scalars have nothing below. */
const innerOf = (schema: z.ZodType): z.ZodType | undefined => {
  if (
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodReadonly
  ) {
    return schema.unwrap() as z.ZodType;
  }
  return undefined;
};

const loginFields = (shape: z.ZodRawShape): string[] =>
  Object.keys(shape).filter((key) => shape[nameField(key)] === nameOut);

/** Reads or rewrites the objects of an answer whose declaration has names; everything else is handed back as it is. */
type Visit = (row: Plain, fields: readonly string[]) => Plain;
type Walk = (body: unknown, visit: Visit) => unknown;

const walkObject = (schema: z.ZodObject): Walk | null => {
  const shape = schema.shape as z.ZodRawShape;
  const fields = loginFields(shape);
  const below = Object.keys(shape).flatMap((key): [string, Walk][] => {
    const walk = walkOf(shape[key] as z.ZodType);
    return walk === null ? [] : [[key, walk]];
  });
  if (fields.length === 0 && below.length === 0) return null;
  return (body, visit) => {
    if (!isPlain(body)) return body;
    const changed = Object.fromEntries(
      below.filter(([key]) => key in body).map(([key, walk]) => [key, walk(body[key], visit)]),
    );
    return visit({ ...body, ...changed }, fields);
  };
};

const walkOf = (schema: z.ZodType): Walk | null => {
  const inner = innerOf(schema);
  if (inner !== undefined) return walkOf(inner);
  if (schema instanceof z.ZodObject) return walkObject(schema);
  if (schema instanceof z.ZodArray) {
    const walk = walkOf(schema.element as z.ZodType);
    return walk && ((body, visit) => (Array.isArray(body) ? body.map((one) => walk(one, visit)) : body));
  }
  if (schema instanceof z.ZodUnion) {
    const options = (schema.options as readonly z.ZodType[]).map((option) => ({
      option,
      walk: walkOf(option),
    }));
    if (options.every(({ walk }) => walk === null)) return null;
    return (body, visit) => {
      const fitting = options.find(({ option }) => option.safeParse(body).success);
      return fitting?.walk?.(body, visit) ?? body;
    };
  }
  return null;
};

/** The display names of these logins; a login that is nobody's is left out. */
export type FindNames = (logins: readonly string[]) => Promise<ReadonlyMap<string, string>>;
export type NamePeople = (body: unknown, findNames: FindNames) => Promise<unknown>;

/** How the names get into the answers of a route; null where none are declared. */
export const namePeople = (response: z.ZodType): NamePeople | null => {
  const walk = walkOf(response);
  if (walk === null) return null;
  return async (body, findNames) => {
    const logins = new Set<string>();
    walk(body, (row, fields) => {
      for (const field of fields) if (typeof row[field] === "string") logins.add(row[field]);
      return row;
    });
    const names = logins.size === 0 ? new Map<string, string>() : await findNames([...logins]);
    return walk(body, (row, fields) => ({
      ...row,
      ...Object.fromEntries(fields.map((field) => [nameField(field), names.get(String(row[field])) ?? null])),
    }));
  };
};
