/** What people wrote to us: first what no case took, and what could not be read; one opens with its text and what can be done. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Drawer, Radio } from "antd";
import { api } from "#web/api/client.ts";
import { dateTime } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { useSession } from "#web/api/session.ts";
import { QuarantineList } from "./quarantine-list.tsx";
import { QuarantinedMail } from "./quarantined-mail.tsx";
import { ReceivedList } from "./received-list.tsx";
import { ReceivedMessage } from "./received-message.tsx";
import { RECEIVED_LISTS, type ReceivedFilter, receivedFilterOf } from "./routes.ts";
import { receivedWords } from "./words-received.ts";

const Mailboxes = () => {
  const t = receivedWords.useWords();
  const { data } = api.useQuery("get", "/mailboxes", {}, { refetchInterval: 60_000 });
  return (data?.items ?? []).map(({ name, trouble, troubleSince, lookedAt }) =>
    trouble === "" ? (
      <span key={name}>{t("mailbox", { name, at: lookedAt === null ? "-" : dateTime(lookedAt) })}</span>
    ) : (
      <Mark key={name} tone="bad">
        {t("mailboxTrouble", { name, trouble, since: dateTime(troubleSince) })}
      </Mark>
    ),
  );
};

export const ReceivedPage = () => {
  const t = receivedWords.useWords();
  const navigate = useNavigate();
  const { bounded } = useSession();
  const { list = "waiting", open } = useSearch({ from: "/inside/received" });
  const go = (search: ReceivedFilter): void =>
    void navigate({ to: "/received", search: receivedFilterOf(search) });
  const isQuarantine = list === "quarantine" || list === "put-away";
  // What has no household is shown to nobody who is bound to areas.
  const lists = RECEIVED_LISTS.filter((one) => !bounded || (one !== "quarantine" && one !== "put-away"));
  return (
    <>
      <PageBar title={t("title")}>
        <Radio.Group
          aria-label={t("title")}
          optionType="button"
          value={list}
          onChange={(event) => go(receivedFilterOf({ list: event.target.value as string }))}
          options={lists.map((one) => ({ value: one, label: t(`list.${one}`) }))}
        />
        <SavedFilters except={["open"]} />
        {bounded ? null : <Mailboxes />}
      </PageBar>
      {isQuarantine ? (
        <QuarantineList key={list} list={list} open={(id) => go({ list, open: id })} />
      ) : (
        <ReceivedList key={list} list={list} open={(id) => go({ list, open: id })} />
      )}
      <Drawer
        open={open !== undefined}
        size="large"
        title={t("detail", { id: open ?? "" })}
        onClose={() => go({ list })}
      >
        {open === undefined ? null : isQuarantine ? (
          <QuarantinedMail key={open} id={open} />
        ) : (
          <ReceivedMessage key={open} id={open} />
        )}
      </Drawer>
    </>
  );
};
