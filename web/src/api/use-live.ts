import { useEffect, useRef, useSyncExternalStore } from "react";
import type { LiveTopic } from "./topics.ts";
import { type LiveEvent, liveState, type LiveState, onLive, onLiveState } from "./live.ts";

/** Calls `heard` for each event of these topics, and for `reset`, while the component stands. */
export const useLive = (topics: readonly LiveTopic[], heard: (event: LiveEvent) => void): void => {
  const current = useRef(heard);
  useEffect(() => {
    current.current = heard;
  });
  const wanted = topics.join(" ");
  useEffect(
    () =>
      onLive((event) => {
        if (event.topic === "reset" || wanted.split(" ").includes(event.topic)) current.current(event);
      }),
    [wanted],
  );
};

export const useLiveState = (): LiveState => useSyncExternalStore(onLiveState, liveState);
