/** Where what is said above a page comes to stand. */
import { useEffect, useState } from "react";
import { onNeeded } from "./above.ts";
import { later } from "./later.tsx";

const AboveParts = later(async () => (await import("./above-parts.tsx")).AboveParts);

export const AboveHost = () => {
  const [isNeeded, setNeeded] = useState(false);
  useEffect(() => onNeeded(() => setNeeded(true)), []);
  return isNeeded ? <AboveParts /> : null;
};
