/** Bank files: choose one and have it looked at; the files that wait for a word; the files that were imported. */
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Input, Select, Tag } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import { upload } from "#web/api/documents.ts";
import type { Answer, Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Money } from "#web/furniture/money.tsx";
import { neutralName } from "#web/furniture/neutral-name.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import { Who } from "#web/furniture/who.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { channelChoice } from "#web/words/channel-text.ts";
import { language } from "#web/words/words.ts";
import { ChannelName } from "#web/furniture/channel-name.tsx";
import { draftMark } from "./draft-mark.ts";
import styles from "./finance.module.css";
import { bank } from "./words-bank.ts";

type Draft = Item<"/bank-drafts">;
type Imported = Item<"/bank-imports">;

const useSending = () => {
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const send = async (
    file: File,
    query: { channel: string; profile?: string | undefined; forDay?: string | undefined },
  ): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setError(null);
    try {
      // Its own name goes in a header: in the address, which logs keep, it is said by channel and day.
      const name = [query.channel, query.forDay]
        .filter((part) => part !== undefined && part !== "")
        .join("-");
      const asked = new URLSearchParams({ channel: query.channel, fileName: neutralName(file, name) });
      if (query.profile !== undefined) asked.set("profile", query.profile);
      if (query.forDay !== undefined) asked.set("forDay", query.forDay);
      const draft = await upload<Answer<"post", "/bank-drafts">>(`/bank-drafts?${asked}`, file, {
        name: file.name,
      });
      void forget("/bank-drafts");
      await navigate({ to: "/finance/imports/$id", params: { id: draft.id } });
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };
  return { send, error, isBusy };
};

const ChooseFile = () => {
  const t = bank.useWords();
  const { data } = api.useQuery("get", "/channels", {}, { staleTime: 600_000 });
  // For a file that is not of the channel's own.
  const profiles = api.useQuery("get", "/bank-profiles", {}, { staleTime: 600_000 });
  const channels = (data?.items ?? []).filter((channel) => channel.active && channel.profile !== null);
  const [channel, setChannel] = useState<string>();
  const [profile, setProfile] = useState<string>();
  const [forDay, setForDay] = useState("");
  const [file, setFile] = useState<File>();
  const { send, error, isBusy } = useSending();
  const begin = (): void => {
    if (file === undefined || channel === undefined) return;
    void send(file, { channel, profile, forDay: forDay === "" ? undefined : forDay });
  };
  return (
    <form
      className={styles["panel"]}
      onSubmit={(event) => {
        event.preventDefault();
        begin();
      }}
    >
      <div className={styles["row"]}>
        <label className={styles["field"]}>
          <span>{t("channel")}</span>
          <Select
            aria-label={t("channel")}
            style={{ width: 220 }}
            {...(channel === undefined ? {} : { value: channel })}
            onChange={setChannel}
            options={channels.map((one) => ({ value: one.code, label: channelChoice(one, language()) }))}
          />
        </label>
        <div className={styles["file"]}>
          <Button onClick={(event) => event.currentTarget.parentElement?.querySelector("input")?.click()}>
            {t("chooseFile")}
          </Button>{" "}
          {file === undefined ? t("noneChosen") : file.name}
          <input
            type="file"
            hidden
            aria-label={t("chooseFile")}
            onChange={({ target }) => setFile(target.files?.[0])}
          />
        </div>
        <label className={styles["field"]}>
          <span>{t("profile")}</span>
          <Select
            aria-label={t("profile")}
            style={{ width: 200 }}
            allowClear
            placeholder={t("ownProfile")}
            {...(profile === undefined ? {} : { value: profile })}
            onChange={setProfile}
            options={(profiles.data?.items ?? []).map((name) => ({ value: name, label: name }))}
          />
        </label>
        <label className={styles["field"]}>
          <span>{t("forDay")}</span>
          <Input type="date" value={forDay} onChange={({ target }) => setForDay(target.value)} />
        </label>
        <Button
          type="primary"
          htmlType="submit"
          loading={isBusy}
          disabled={file === undefined || channel === undefined}
        >
          {t("look")}
        </Button>
      </div>
      <p className={styles["quiet"]}>{t("lookHint")}</p>
      <Problem error={error} />
    </form>
  );
};

const Waiting = () => {
  const t = bank.useWords();
  const navigate = useNavigate();
  const data = usePages(
    ["get", "/bank-drafts", "waiting"],
    (cursor) =>
      call
        .GET("/bank-drafts", { params: { query: cursor === undefined ? {} : { cursor } } })
        .then((answer) => answer.data),
    { refetchIntervalMs: 5000 },
  );
  const columns: ColumnsType<Draft> = [
    {
      title: t("fileName"),
      render: (_, row) => (
        <Link to="/finance/imports/$id" params={{ id: row.id }}>
          {row.fileName}
        </Link>
      ),
    },
    { title: t("channel"), render: (_, row) => <ChannelName code={row.channel} /> },
    { title: t("bankDay"), dataIndex: "bankDay" },
    { title: t("count"), align: "right", render: (_, row) => row.tried?.lineCount ?? row.computed?.count },
    { title: t("fen"), align: "right", render: (_, row) => <Money fen={row.tried?.totalFen} sign={false} /> },
    {
      title: t("state"),
      render: (_, row) => <Tag color={draftMark(row).color}>{t(draftMark(row).word)}</Tag>,
    },
    { title: t("by"), render: (_, row) => <Who login={row.keptBy} name={row.keptByName} /> },
    { title: t("at"), render: (_, row) => dateTime(row.keptAt) },
  ];
  return (
    <DataTable
      data={data}
      rowKey={(row) => row.id}
      columns={columns}
      label={t("waitingFiles")}
      empty={t("noWaiting")}
      open={(row) => void navigate({ to: "/finance/imports/$id", params: { id: row.id } })}
    />
  );
};

const Done = () => {
  const t = bank.useWords();
  const navigate = useNavigate();
  const data = usePages(["get", "/bank-imports", "kept"], (cursor) =>
    call
      .GET("/bank-imports", {
        params: { query: { tried: "false", ...(cursor === undefined ? {} : { cursor }) } },
      })
      .then((answer) => answer.data),
  );
  const columns: ColumnsType<Imported> = [
    {
      title: t("fileName"),
      render: (_, row) => (
        <Link to="/finance/imported/$id" params={{ id: row.id }}>
          {row.fileName}
        </Link>
      ),
    },
    { title: t("channel"), render: (_, row) => <ChannelName code={row.channel} /> },
    {
      title: t("bankDay"),
      render: (_, row) =>
        row.bankDay === null ? null : (
          <Link to="/finance/bank-days/$channel/$day" params={{ channel: row.channel, day: row.bankDay }}>
            {row.bankDay}
          </Link>
        ),
    },
    { title: t("count"), align: "right", dataIndex: "lineCount" },
    { title: t("fen"), align: "right", render: (_, row) => <Money fen={row.totalFen} sign={false} /> },
    {
      title: t("state"),
      render: (_, row) => <Tag>{t(`import.${row.state}` as Parameters<typeof t>[0])}</Tag>,
    },
    { title: t("by"), render: (_, row) => <Who login={row.receivedBy} name={row.receivedByName} /> },
    { title: t("at"), render: (_, row) => dateTime(row.receivedAt) },
  ];
  return (
    <DataTable
      data={data}
      rowKey={(row) => row.id}
      columns={columns}
      label={t("imported")}
      empty={t("noImports")}
      open={(row) => void navigate({ to: "/finance/imported/$id", params: { id: row.id } })}
    />
  );
};

export const Imports = () => {
  const t = bank.useWords();
  const may = useMay();
  return (
    <div className={styles["stack"]}>
      <PageBar title={t("imports")} />
      {may("bank.import") ? <ChooseFile /> : null}
      <section>
        <h2>{t("waitingFiles")}</h2>
        <Waiting />
      </section>
      <section>
        <h2>{t("imported")}</h2>
        <Done />
      </section>
    </div>
  );
};
