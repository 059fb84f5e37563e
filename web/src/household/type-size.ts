/** How large somebody reads, kept on this machine for the next time: nothing of a person. */
const KEPT = "nuan.size";

export const isTypeLarge = (): boolean => localStorage.getItem(KEPT) === "large";
export const keepTypeSize = (isLarge: boolean): void =>
  localStorage.setItem(KEPT, isLarge ? "large" : "normal");
