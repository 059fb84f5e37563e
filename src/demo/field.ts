/** Crews of each branch and whom an emergency calls (值班电话). Nobody of these exists. */
import { day } from "#src/kernel/day.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { addCrew, addCrewMember, setDutyPhone } from "#src/service/field/index.ts";
import { personName } from "./names.ts";
import { randomStream } from "./random.ts";

const FROM = day("2024-06-01");

const CREWS = [
  { code: "V", name: "开阀班", members: 3 },
  { code: "R", name: "维修班", members: 4 },
] as const;
/** A branch wakes two of its own before the company's night shift is called. */
const DUTY_OF_BRANCH = ["值班长", "副值班长"] as const;
const DUTY_OF_COMPANY = ["调度值班", "总值班"] as const;

const branches = `select id, code, name from service_areas where level = 'branch' order by code`;

/** Makes crews and duty lists for the branches; expects the service areas. Same seed, same rows. */
export const plantField = async (context: CommandContext, seed: number): Promise<void> => {
  const random = randomStream(seed, "field");
  // Numbers of the landline exchange 6000, which is the demo's own.
  let line = 2000;
  const number = (): string => `0371-6000-${(line += 1)}`;
  const name = (): string => personName(random);
  const found = await context.sql.rows<{ id: bigint; code: string; name: string }>(branches);
  for (const branch of found) {
    for (const crew of CREWS) {
      const crewId = await addCrew(context, {
        code: `${branch.code}-${crew.code}`,
        name: `${branch.name.replace("供热分公司", "")}${crew.name}`,
        areaId: branch.id,
      });
      for (let index = 0; index < crew.members; index += 1) {
        await addCrewMember(context, {
          crewId,
          name: name(),
          number: number(),
          leads: index === 0,
          from: FROM,
        });
      }
    }
    for (const [index, title] of DUTY_OF_BRANCH.entries()) {
      await setDutyPhone(context, {
        areaId: branch.id,
        rank: index + 1,
        name: `${title} ${name()}`,
        number: number(),
        from: FROM,
      });
    }
  }
  for (const [index, title] of DUTY_OF_COMPANY.entries()) {
    await setDutyPhone(context, {
      areaId: null,
      rank: index + 1,
      name: `${title} ${name()}`,
      number: number(),
      from: FROM,
    });
  }
};
