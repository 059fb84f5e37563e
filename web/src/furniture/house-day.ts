import dayjs, { type Dayjs } from "dayjs";
import { houseNow } from "#web/api/house-time.ts";
import { dayOf } from "./format.ts";

/** Today by the house's clock and in its zone, as a date picker takes it: whatever clock and zone this machine has. */
export const houseToday = (): Dayjs => dayjs(dayOf(new Date(houseNow()).toISOString()));
