import { useEffect, useState } from "react";

/** The text once it has stood for `waitMs`: what is asked of the server while somebody types. */
export const useSettled = (text: string, waitMs: number): string => {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(text), waitMs);
    return () => window.clearTimeout(timer);
  }, [text, waitMs]);
  return settled;
};
