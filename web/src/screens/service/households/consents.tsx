/** What each person of the household agreed to be told, and what is recorded of it on the telephone. */
import { Button, Modal, Radio } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useCodes } from "#web/words/codes.ts";
import { common } from "#web/words/common.ts";
import { contactWords } from "../words-contacts.ts";
import styles from "./households.module.css";
import type { Account } from "./types.ts";
import { readAgain } from "./use-change.ts";

const SOURCES = ["hotline", "counter", "written"] as const;
type Source = (typeof SOURCES)[number];

const PATH = "/accounts/{accountNo}/consents";

export const Consents = ({ account, close }: { account: Account; close: () => void }) => {
  const t = contactWords.useWords();
  const say = common.useWords();
  const word = useCodes();
  const params = { path: { accountNo: account.accountNo } };
  const query = api.useQuery("get", PATH, { params });
  const record = api.useMutation("post", "/accounts/{accountNo}/people/{personId}/consents");
  const [source, setSource] = useState<Source>("hotline");
  const sourceOf = (kept: string): string => {
    const known = ([...SOURCES, "household-page"] as const).find((one) => one === kept);
    return known === undefined ? kept : t(`source.${known}`);
  };
  const nameOf = (personId: string): string =>
    account.people.find((one) => one.personId === personId)?.name ?? "";
  return (
    <Modal
      open
      width={640}
      title={t("consentTitle")}
      onCancel={close}
      footer={<Button onClick={close}>{say("close")}</Button>}
    >
      <p>{t("consentHelp")}</p>
      <p>
        {t("source")}{" "}
        <Radio.Group
          aria-label={t("source")}
          value={source}
          onChange={({ target }) => setSource(target.value as Source)}
          options={SOURCES.map((one) => ({ value: one, label: t(`source.${one}`) }))}
        />
      </p>
      <Problem error={query.error} again={() => void query.refetch()} />
      {(query.data?.items ?? []).map(({ personId, role, purposes }) => (
        <section key={personId + role} aria-label={`${nameOf(personId)} ${word("person", role)}`}>
          <h3>
            {nameOf(personId)} <span className={styles["quiet"]}>{word("person", role)}</span>
          </h3>
          <ul className={styles["lines"]}>
            {purposes.map(({ purpose, granted, source: kept, recordedAt }) => (
              <li key={purpose} className={styles["line"]}>
                <span className={styles["what"]}>{word("purpose", purpose)}</span>
                <span className={styles["quiet"]}>
                  {recordedAt === null || kept === null
                    ? t("neverAsked")
                    : t("told", { source: sourceOf(kept), at: dateTime(recordedAt) })}
                </span>
                {([true, false] as const).map((wanted) => (
                  <Button
                    key={String(wanted)}
                    size="small"
                    type={granted === wanted ? "primary" : "default"}
                    aria-pressed={granted === wanted}
                    aria-label={`${word("purpose", purpose)} ${t(wanted ? "granted" : "refused")}`}
                    disabled={record.isPending}
                    onClick={() =>
                      record.mutate(
                        {
                          params: { path: { accountNo: account.accountNo, personId } },
                          body: { purpose, granted: wanted, source },
                        },
                        { onSuccess: () => void readAgain() },
                      )
                    }
                  >
                    {t(wanted ? "granted" : "refused")}
                  </Button>
                ))}
              </li>
            ))}
          </ul>
        </section>
      ))}
      <Problem error={record.error} />
    </Modal>
  );
};
