/** Which day of which channel a credit settles, and what it differs by. */
import { Input, Select } from "antd";
import { api } from "#web/api/client.ts";
import { channelChoice } from "#web/words/channel-text.ts";
import { language } from "#web/words/words.ts";
import type { Settlement } from "./deeds.ts";
import styles from "./finance.module.css";
import { work } from "./words-work.ts";

export const SettleFields = ({
  value,
  change,
}: {
  value: Settlement;
  change: (value: Settlement) => void;
}) => {
  const t = work.useWords();
  const { data } = api.useQuery("get", "/channels", {}, { staleTime: 600_000 });
  const differences = ["fee", "bank-owes", "bank-overpaid"] as const;
  return (
    <div className={styles["row"]}>
      <label className={styles["field"]}>
        <span>{t("settleChannel")}</span>
        <Select
          aria-label={t("settleChannel")}
          style={{ width: 160 }}
          value={value.channel}
          onChange={(channel) => change({ ...value, channel })}
          options={(data?.items ?? [])
            .filter(({ profile }) => profile !== null)
            .map((one) => ({ value: one.code, label: channelChoice(one, language()) }))}
        />
      </label>
      <label className={styles["field"]}>
        <span>{t("settleDay")}</span>
        <Input
          type="date"
          value={value.day}
          onChange={({ target }) => change({ ...value, day: target.value })}
        />
      </label>
      <label className={styles["field"]}>
        <span>{t("difference")}</span>
        <Select
          aria-label={t("difference")}
          style={{ width: 180 }}
          value={value.difference}
          onChange={(difference) => change({ ...value, difference })}
          options={differences.map((one) => ({ value: one, label: t(`difference.${one}`) }))}
        />
      </label>
    </div>
  );
};
