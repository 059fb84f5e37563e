/** What each channel may do now: how much waits, its breaker and rate; stopped, resumed and tried by a person. */
import { Button, Input } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { AskReason } from "#web/furniture/ask-reason.tsx";
import { Empty } from "#web/furniture/empty.tsx";
import { dateTime, timeOf } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Table } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import styles from "./messages.module.css";
import { words } from "./words.ts";

type Channel = Answer<"get", "/messages/channels">["channels"][number];
type Gate = Channel["providers"][number];
const BREAKER_TONES = { closed: "good", open: "bad", "half-open": "warn" } as const;
const READ_AGAIN_MS = 5000;
const readAgain = (): Promise<void> => forget("/messages/channels");

const Rate = ({ channel, gate }: { channel: Channel["channel"]; gate: Gate }) => {
  const t = words.useWords();
  const [typed, setTyped] = useState<string>();
  const [error, setError] = useState<unknown>(null);
  const save = async (): Promise<void> => {
    const plain = (typed ?? "").normalize("NFKC").trim();
    setError(null);
    try {
      await call.PUT("/messages/channels/{channel}/{provider}", {
        params: {
          path: { channel, provider: gate.provider },
          header: { "If-Match": `"${gate.version}"` },
        },
        body: { ratePerSecond: plain === "" ? null : Number(plain) },
      });
      setTyped(undefined);
      await readAgain();
    } catch (refused) {
      setError(refused);
    }
  };
  return (
    <>
      <Input.Search
        aria-label={`${t("rate")} ${gate.provider}`}
        placeholder={t("unlimited")}
        inputMode="numeric"
        maxLength={6}
        value={typed ?? gate.ratePerSecond?.toString() ?? ""}
        enterButton={t("setRate")}
        onChange={(event) => setTyped(event.target.value)}
        onSearch={() => void save()}
      />
      <Problem error={error} />
    </>
  );
};

const GateOrders = ({ channel, gate }: { channel: Channel["channel"]; gate: Gate }) => {
  const t = words.useWords();
  const [asking, setAsking] = useState<"stop" | "resume">();
  const [error, setError] = useState<unknown>(null);
  const path = { channel, provider: gate.provider };
  const act = async (reason: string): Promise<void> => {
    if (asking === "stop") {
      await call.POST("/messages/channels/{channel}/{provider}/stop", { params: { path }, body: { reason } });
    } else {
      await call.POST("/messages/channels/{channel}/{provider}/resume", {
        params: { path, header: { "If-Match": `"${gate.version}"` } },
        body: { reason },
      });
    }
    await readAgain();
  };
  const tryNow = async (): Promise<void> => {
    setError(null);
    try {
      await call.POST("/messages/channels/{channel}/{provider}/try", { params: { path } });
      await readAgain();
    } catch (refused) {
      setError(refused);
    }
  };
  return (
    <span className={styles["row"]}>
      {gate.stoppedReason === "" ? (
        <Button size="small" danger onClick={() => setAsking("stop")}>
          {t("stop")}
        </Button>
      ) : (
        <Button size="small" type="primary" onClick={() => setAsking("resume")}>
          {t("resume")}
        </Button>
      )}
      {gate.breaker === "closed" && gate.pausedUntil === null ? null : (
        <Button size="small" onClick={() => void tryNow()}>
          {t("try")}
        </Button>
      )}
      <Problem error={error} />
      {asking === undefined ? null : (
        <AskReason
          title={`${t(asking)} ${gate.provider}`}
          danger={asking === "stop"}
          act={act}
          close={() => setAsking(undefined)}
        />
      )}
    </span>
  );
};

const StateOf = ({ gate }: { gate: Gate }) => {
  const t = words.useWords();
  return (
    <>
      <Mark tone={BREAKER_TONES[gate.breaker]}>
        {t(`breaker.${gate.breaker}`)}
        {gate.openUntil === null ? "" : ` ${t("until", { at: timeOf(gate.openUntil) })}`}
      </Mark>{" "}
      {gate.stoppedReason === "" ? null : (
        <Mark tone="bad">{t("stopped", { reason: gate.stoppedReason })}</Mark>
      )}
      {gate.pausedUntil === null ? null : (
        <Mark tone="warn">{t("pausedUntil", { at: dateTime(gate.pausedUntil) })}</Mark>
      )}
    </>
  );
};

const ChannelPanel = ({ channel }: { channel: Channel }) => {
  const t = words.useWords();
  const word = useCodes();
  const may = useMay();
  const maySet = may("message.settings");
  const name = word("medium", channel.channel);
  return (
    <section className={styles["panel"]} aria-label={name}>
      <h2 className={styles["heading"]}>
        {name}{" "}
        <span className={styles["quiet"]}>
          {t("backlog")} {channel.backlog}
          {channel.backlog > 0
            ? ` (${t("oldest", { seconds: Math.round(channel.oldestSeconds) })})`
            : ""} ·{" "}
          {t("underWay")} {channel.underWay}
        </span>
      </h2>
      <Table<Gate>
        aria-label={name}
        rowKey="provider"
        dataSource={channel.providers}
        empty={<Empty text={t("noGates")} />}
        columns={[
          { title: t("provider"), dataIndex: "provider" },
          { title: t("breaker"), render: (_, gate) => <StateOf gate={gate} /> },
          {
            title: t("rate"),
            width: 240,
            render: (_, gate) =>
              maySet ? (
                <Rate channel={channel.channel} gate={gate} />
              ) : (
                (gate.ratePerSecond ?? t("unlimited"))
              ),
          },
          { title: t("undecided"), dataIndex: "undecided", align: "right" },
          {
            title: t("trouble"),
            render: (_, gate) => `${gate.lastTrouble} ${dateTime(gate.lastTroubleAt)}`.trim(),
          },
          ...(maySet
            ? [
                {
                  title: "",
                  render: (_: unknown, gate: Gate) => <GateOrders channel={channel.channel} gate={gate} />,
                },
              ]
            : []),
        ]}
      />
    </section>
  );
};

export const Channels = () => {
  const { data, error, refetch } = api.useQuery(
    "get",
    "/messages/channels",
    {},
    { refetchInterval: READ_AGAIN_MS },
  );
  return (
    <>
      <Problem error={error} again={() => void refetch()} />
      {(data?.channels ?? []).map((channel) => (
        <ChannelPanel key={channel.channel} channel={channel} />
      ))}
    </>
  );
};
