import { useEffect } from "react";

/** The browser asks before it leaves a file that is still coming. */
export const useStay = (isBusy: boolean): void => {
  useEffect(() => {
    if (!isBusy) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isBusy]);
};
