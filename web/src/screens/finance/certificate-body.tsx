/** What was signed, to be read: the bridge, the files, the differences and how they ended, just as the certificate says. */
import { api } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { Who, whoText } from "#web/furniture/who.tsx";
import { BRIDGE_PARTS } from "./bridge-parts.ts";
import styles from "./finance.module.css";
import { bank } from "./words-bank.ts";
import { work } from "./words-work.ts";

type Side = { readonly items: string; readonly yuan: string };
/** The text that the bank's room signs (`certificateBody`): amounts are yuan in words already. */
type Signed = {
  readonly issuedBy: string;
  readonly issuedAt: string;
  readonly ours: Side;
  readonly differences: Readonly<Record<string, Side>>;
  readonly file: Side;
  readonly gap: Side;
  readonly files: readonly {
    readonly id: string;
    readonly lines: number;
    readonly yuan: string;
    readonly importedBy: string;
  }[];
  readonly statement: {
    readonly credits: string;
    readonly credited: string;
    readonly fee: string;
    readonly gap: string | null;
  };
  readonly breaks: readonly {
    readonly id: string;
    readonly class: string;
    readonly bank: string | null;
    readonly ours: string | null;
    readonly resolution: string | null;
    readonly owner: string | null;
  }[];
};

export type Issued = NonNullable<Answer<"get", "/bank-days/{channel}/{day}">["certificate"]>;
/** The text has logins, signed as they are; how their people are called comes beside it. */
const nameIn = ({ people }: Issued, login: string | null): string | undefined =>
  people.find((one) => one.login === login)?.loginName ?? undefined;

const grouped = (yuan: string): string => yuan.replace(/\B(?=(\d{3})+(?!\d))/g, ",");

const Row = ({ name, side, isSum = false }: { name: string; side: Side; isSum?: boolean }) => (
  <tr className={isSum ? styles["sum"] : ""}>
    <th scope="row">{name}</th>
    <td>{side.items}</td>
    <td>{grouped(side.yuan)}</td>
  </tr>
);

const SignedBridge = ({ signed }: { signed: Signed }) => {
  const t = bank.useWords();
  const shown = BRIDGE_PARTS.flatMap((part) => {
    const side = signed.differences[part];
    return side === undefined || (side.items === "0" && side.yuan === "0.00") ? [] : [{ part, side }];
  });
  return (
    <table className={styles["numbers"]} aria-label={t("signedBridge")}>
      <thead>
        <tr>
          <th scope="col">{t("part")}</th>
          <th scope="col">{t("count")}</th>
          <th scope="col">{t("sum")}</th>
        </tr>
      </thead>
      <tbody>
        <Row name={t("ours")} side={signed.ours} isSum />
        {shown.map(({ part, side }) => (
          <Row key={part} name={t(part)} side={side} />
        ))}
        <Row name={t("file")} side={signed.file} isSum />
        <Row name={t("gap")} side={signed.gap} isSum />
      </tbody>
    </table>
  );
};

const SignedDifferences = ({ breaks, issued }: Pick<Signed, "breaks"> & { readonly issued: Issued }) => {
  const t = bank.useWords();
  const say = work.useWords();
  if (breaks.length === 0) return <p className={styles["quiet"]}>{t("noBreaks")}</p>;
  return (
    <table className={styles["numbers"]} aria-label={t("breaks")}>
      <thead>
        <tr>
          <th scope="col">{t("breaks")}</th>
          <th scope="col">{t("ended")}</th>
          <th scope="col">{t("inCharge")}</th>
          <th scope="col">{t("file")}</th>
          <th scope="col">{t("ours")}</th>
        </tr>
      </thead>
      <tbody>
        {breaks.map((one) => (
          <tr key={one.id}>
            <th scope="row">{say(`class.${one.class}` as Parameters<typeof say>[0])}</th>
            <td>
              {one.resolution === null
                ? say("open")
                : say(`resolution.${one.resolution}` as Parameters<typeof say>[0])}
            </td>
            <td>
              <Who login={one.owner} name={nameIn(issued, one.owner)} />
            </td>
            <td>{one.bank === null ? "" : grouped(one.bank)}</td>
            <td>{one.ours === null ? "" : grouped(one.ours)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const SignedText = ({ signed, issued }: { signed: Signed; issued: Issued }) => {
  const t = bank.useWords();
  const { statement } = signed;
  return (
    <>
      <Facts
        rows={[
          [
            t("issued"),
            <span key="issued">
              <Who login={signed.issuedBy} name={nameIn(issued, signed.issuedBy)} />{" "}
              {dateTime(signed.issuedAt)}
            </span>,
          ],
          ...signed.files.map((file): [string, string] => [
            t("signedFile", { id: file.id }),
            t("signedLines", {
              count: file.lines,
              yuan: grouped(file.yuan),
              who: whoText(file.importedBy, nameIn(issued, file.importedBy)),
            }),
          ]),
          [
            t("credits"),
            statement.gap === null
              ? t("noCredit")
              : t("signedCredit", {
                  credited: grouped(statement.credited),
                  fee: grouped(statement.fee),
                  gap: grouped(statement.gap),
                }),
          ],
          [t("digest"), <code key="digest">{issued.sha256}</code>],
        ]}
      />
      <SignedBridge signed={signed} />
      <SignedDifferences breaks={signed.breaks} issued={issued} />
    </>
  );
};

export const CertificateBody = ({
  channel,
  day,
  certificate,
}: {
  channel: string;
  day: string;
  certificate: Issued;
}) => {
  const { data, error } = api.useQuery("get", "/bank-days/{channel}/{day}/certificate", {
    params: { path: { channel, day } },
    parseAs: "text",
  });
  return (
    <>
      <Problem error={error} />
      {data === undefined ? null : <SignedText signed={JSON.parse(data) as Signed} issued={certificate} />}
    </>
  );
};
