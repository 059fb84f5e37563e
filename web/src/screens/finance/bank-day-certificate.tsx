/** The certificate of a bank day: given once, by somebody else than the importer; shown byte for byte as it was signed. */
import { Button, Popconfirm } from "antd";
import { api, forget } from "#web/api/client.ts";
import { openDocument } from "#web/api/documents.ts";
import { useRequestKey } from "#web/api/request-key.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useMay } from "#web/shell/session.ts";
import { common } from "#web/words/common.ts";
import styles from "./finance.module.css";
import { Paper } from "./paper.tsx";
import { bank } from "./words-bank.ts";

type Props = {
  readonly channel: string;
  readonly day: string;
  readonly certificate: { readonly sha256: string; readonly issuedAt: string } | null;
};

const Body = ({ channel, day }: Omit<Props, "certificate">) => {
  const { data, error } = api.useQuery("get", "/bank-days/{channel}/{day}/certificate", {
    params: { path: { channel, day } },
    parseAs: "text",
  });
  const t = bank.useWords();
  return (
    <>
      <Problem error={error} />
      <Paper text={data ?? ""} label={t("certificate")} rows={9} />
    </>
  );
};

export const Certificate = ({ channel, day, certificate }: Props) => {
  const t = bank.useWords();
  const say = common.useWords();
  const may = useMay();
  const key = useRequestKey();
  const certify = api.useMutation("post", "/bank-days/{channel}/{day}/certificate", {
    onSuccess: () => {
      key.renew();
      void forget("/bank-days/{channel}/{day}", "/bank-board");
    },
  });
  const order = {
    params: { path: { channel, day }, header: { "Idempotency-Key": key.key() } },
  };
  return (
    <section className={styles["panel"]} aria-label={t("certificate")}>
      <h2>{t("certificate")}</h2>
      {certificate === null ? (
        <>
          <p className={styles["quiet"]}>{t("notCertified")}</p>
          {may("bank.certify") ? (
            <Popconfirm
              title={t("certifySure")}
              okText={say("confirm")}
              cancelText={say("cancel")}
              onConfirm={() => certify.mutate(order)}
            >
              <Button type="primary" loading={certify.isPending}>
                {t("certify")}
              </Button>
            </Popconfirm>
          ) : null}
          <Problem error={certify.error} />
        </>
      ) : (
        <div className={styles["stack"]}>
          <Facts
            rows={[
              [t("issued"), dateTime(certificate.issuedAt)],
              [t("digest"), <code key="digest">{certificate.sha256}</code>],
            ]}
          />
          <Body channel={channel} day={day} />
          <div>
            <Button onClick={() => openDocument(`/bank-days/${channel}/${day}/certificate`)}>
              {t("toPrint")}
            </Button>
          </div>
        </div>
      )}
    </section>
  );
};
