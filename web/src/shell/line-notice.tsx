/** Says above every page that the line is down, and that what is typed stays; reads everything anew on demand. */
import { useSyncExternalStore } from "react";
import { queryClient } from "#web/api/client.ts";
import { lineNow, onLine } from "#web/api/line.ts";
import { useLiveState } from "#web/api/use-live.ts";
import { common } from "#web/words/common.ts";
import styles from "./shell.module.css";

export const LineNotice = () => {
  const t = common.useWords();
  const line = useSyncExternalStore(onLine, lineNow);
  const live = useLiveState();
  if (line === "open" && live !== "lost") return null;
  return (
    <div className={styles["lost"]} role="status">
      {t(line === "offline" ? "offline" : "lost")}
      {line === "offline" ? null : (
        <button type="button" onClick={() => void queryClient.refetchQueries({ type: "active" })}>
          {t("reload")}
        </button>
      )}
    </div>
  );
};
