/** What a notice will be, for whoever approves it: to whom and when, how many homes and messages, and the money. */
import { api } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { PLACE_KEYS } from "#web/furniture/place-keys.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime, yuan } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { approvalWords } from "./words-approval.ts";

type Notice = Answer<"get", "/notices/{id}">;

/** Named by their names; what only its page can say is said to stand there. */
const NAMED: ReadonlySet<string> = new Set(["everybody", "accountNos", ...PLACE_KEYS]);

const useWhom = ({ audience, places }: Notice): string => {
  const t = approvalWords.useWords();
  const asked: Readonly<Record<string, unknown>> = { ...audience };
  const homes = asked["accountNos"];
  return [
    asked["everybody"] === true ? t("everybody") : "",
    ...places.map(({ name }) => name),
    Array.isArray(homes) ? t("listed", { count: homes.length }) : "",
    Object.keys(asked).some((key) => !NAMED.has(key) && asked[key] !== undefined) ? t("further") : "",
  ]
    .filter((part) => part !== "")
    .join("、");
};

const Whom = ({ notice }: { notice: Notice }) => {
  const t = approvalWords.useWords();
  const word = useCodes();
  return (
    <Facts
      rows={[
        [t("places"), useWhom(notice)],
        [t("channels"), notice.channels.map((channel) => word("medium", channel)).join(" > ")],
        [t("startsAt"), notice.startsAt === null ? t("atOnce") : dateTime(notice.startsAt)],
        [t("expiresAt"), dateTime(notice.expiresAt)],
      ]}
    />
  );
};

export const NoticeAsked = ({ id }: { id: string }) => {
  const t = approvalWords.useWords();
  const may = useMay();
  const path = { params: { path: { id } } };
  const notice = api.useQuery("get", "/notices/{id}", path, { enabled: may("notice.read") });
  const { data, error } = api.useQuery("get", "/notices/{id}/preview", path, {
    enabled: may("notice.preview"),
  });
  return (
    <>
      <h3>{t("goes")}</h3>
      <Problem error={notice.error ?? error} />
      {notice.data === undefined ? null : <Whom notice={notice.data} />}
      {data === undefined ? null : (
        <Facts
          rows={[
            [t("homes"), String(data.counts.households)],
            [t("reachable"), String(data.counts.reachable)],
            [t("messages"), String(data.counts.messages)],
            [t("money"), yuan(Math.round(data.costMilliFen / 1000))],
          ]}
        />
      )}
    </>
  );
};
