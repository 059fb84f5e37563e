/** The certificate of a bank day: given once, by somebody else than the importer; read, printed, or opened as it was signed. */
import { Button, Popconfirm } from "antd";
import { call, forget } from "#web/api/client.ts";
import { openDocument } from "#web/api/documents.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { useMay } from "#web/api/session.ts";
import { common } from "#web/words/common.ts";
import { language } from "#web/words/words.ts";
import { CertificateBody, type Issued } from "./certificate-body.tsx";
import styles from "./finance.module.css";
import { bank } from "./words-bank.ts";

type Props = {
  readonly channel: string;
  readonly day: string;
  readonly certificate: Issued | null;
};

export const Certificate = ({ channel, day, certificate }: Props) => {
  const t = bank.useWords();
  const say = common.useWords();
  const may = useMay();
  const intent = useIntent(`certificate-${channel}-${day}`, {});
  const certify = async (): Promise<void> => {
    const issued = await intent.send((_, key) =>
      call.POST("/bank-days/{channel}/{day}/certificate", {
        params: { path: { channel, day }, header: { "Idempotency-Key": key } },
      }),
    );
    if (issued !== undefined) await forget("/bank-days/{channel}/{day}", "/bank-board");
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
              onConfirm={() => void certify()}
            >
              <Button type="primary" loading={intent.isSending}>
                {t("certify")}
              </Button>
            </Popconfirm>
          ) : null}
          <IntentProblem intent={intent} />
        </>
      ) : (
        <div className={styles["stack"]}>
          <CertificateBody channel={channel} day={day} certificate={certificate} />
          <div className={styles["row"]}>
            <Button
              onClick={() =>
                openDocument(`/bank-days/${channel}/${day}/certificate/print?lang=${language()}`)
              }
            >
              {say("print")}
            </Button>
            <Button
              onClick={() => openDocument(`/bank-days/${channel}/${day}/certificate/pdf?lang=${language()}`)}
            >
              PDF
            </Button>
            <Button type="link" onClick={() => openDocument(`/bank-days/${channel}/${day}/certificate`)}>
              {t("toPrint")}
            </Button>
          </div>
        </div>
      )}
    </section>
  );
};
