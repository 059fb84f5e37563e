/** Temperatures as they are typed: "17.5", "-3", "１８．５"; in whole tenths of a degree, so that none is a float. */
const FORM = /^(-?)(\d{1,3})(?:[.。](\d))?$/;

/** Undefined when it is none, or nothing. */
export const tenthsOf = (typed: string): number | undefined => {
  const parts = FORM.exec(typed.normalize("NFKC").trim());
  if (parts === null) return undefined;
  const tenths = Number(parts[2]) * 10 + Number(parts[3] ?? "0");
  return parts[1] === "-" ? -tenths : tenths;
};

/** 175 > 17.5, as the API's fields of a case take it. */
export const degreesOf = (tenths: number): number => tenths / 10;
