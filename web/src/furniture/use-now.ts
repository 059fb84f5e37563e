import { useEffect, useState } from "react";
import { houseNow } from "#web/api/house-time.ts";

/** The time of the house, anew every so often: for what counts while somebody looks at it. */
export const useNow = (everyMs = 1000): number => {
  const [now, setNow] = useState(houseNow);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(houseNow()), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
  return now;
};

/** Seconds as "3:05" or "1:02:09". */
export const minutesAndSeconds = (seconds: number): string => {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (part: number): string => String(part).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
};
