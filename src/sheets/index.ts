/**
 * The sheets of the morning (晨报): what the reports say of a day, frozen once and sent to named receivers.
 *
 * - freeze (定格): at half past seven, the day before as it stood; never rewritten
 * - adjustment (调整): where the same number, counted now, differs from the frozen one
 * - receiver (收件人): gets the page of the day by mail at eight, once
 */
export { type Adjustment, adjustmentsOf } from "./adjustments.ts";
export { type Frozen, freezeSheets } from "./freeze.ts";
export { morningPage } from "./print.ts";
export { sheetRoutes } from "./routes.ts";
export { sayFigure } from "./say.ts";
export { addReceiver, lineOf, removeReceiver, sendSheets } from "./send.ts";
