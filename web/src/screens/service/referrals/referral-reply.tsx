/** The reply to an authority: composed from the timeline, kept, signed by a second person, and proved to be reported back. */
import { useMutation } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { api, call } from "#web/api/client.ts";
import { download, openProved } from "#web/api/documents.ts";
import { houseNow } from "#web/api/house-time.ts";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { instantOfWallTime } from "#web/furniture/wall-time.ts";
import { useMay } from "#web/api/session.ts";
import { language } from "#web/words/words.ts";
import styles from "../cases/cases.module.css";
import { referralWords } from "../words-referral.ts";
import { SecondPerson } from "./second-person.tsx";
import { forgetReferrals, type Referral } from "./use-referral.ts";

type Reply = Referral["replies"][number];
const OPEN = new Set<Referral["state"]>(["received", "signed-for"]);

const Draft = ({ referral, latest }: { referral: Referral; latest: Reply | undefined }) => {
  const t = referralWords.useWords();
  const path = { id: referral.id };
  const { draft, keep, clear } = useDraft<{ text: string | null }>(`reply-${referral.id}`, { text: null });
  const text = draft.text ?? latest?.text ?? "";
  const isChanged = draft.text !== null && draft.text.trim() !== (latest?.text ?? "").trim();
  const compose = useMutation({
    mutationFn: async () =>
      (await call.GET("/referrals/{id}/reply-text", { params: { path, query: { locale: language() } } }))
        .data,
    onSuccess: (composed) => {
      if (composed !== undefined) keep({ text: composed.text });
    },
  });
  const save = useMutation({
    mutationFn: () =>
      call.POST("/referrals/{id}/drafts", {
        params: { path },
        body: { text: text.trim(), locale: language() },
      }),
    onSuccess: async () => {
      await forgetReferrals();
      clear();
    },
  });
  const ask = api.useMutation("post", "/referrals/{id}/signature-requests", {
    onSuccess: () => forgetReferrals(),
  });
  const mayAsk =
    latest !== undefined && !isChanged && !["requested", "approved"].includes(latest.approvalState ?? "");
  return (
    <>
      <Input.TextArea
        aria-label={t("replyText")}
        rows={12}
        maxLength={8000}
        value={text}
        onChange={(event) => keep({ text: event.target.value })}
      />
      <div className={styles["actions"]}>
        <Button loading={compose.isPending} onClick={() => compose.mutate()}>
          {t("compose")}
        </Button>
        <Button
          type={isChanged ? "primary" : "default"}
          disabled={!isChanged || text.trim() === ""}
          loading={save.isPending}
          onClick={() => save.mutate()}
        >
          {t("keepDraft")}
        </Button>
        <Button
          type={mayAsk ? "primary" : "default"}
          disabled={!mayAsk}
          loading={ask.isPending}
          onClick={() => ask.mutate({ params: { path } })}
        >
          {t("askSignature")}
        </Button>
        <span className={styles["quiet"]} role="status">
          {isChanged
            ? t("unsaved")
            : latest === undefined
              ? ""
              : t("draftKept", { by: latest.draftedBy ?? "", at: dateTime(latest.draftedAt) })}
        </span>
      </div>
      <Problem error={compose.error ?? save.error ?? ask.error} />
    </>
  );
};

type Report = { readonly receiptNo: string; readonly at: string; readonly fileId: string | null };

/** Files of the case: one of them may be what the authority gave us. */
const useFiles = (ticketNo: string) => {
  const { data } = api.useQuery("get", "/tickets/{ticketNo}", { params: { path: { ticketNo } } });
  return (data?.timeline ?? []).flatMap(({ ref, at, text }) => {
    const id = /^file:(\d+)$/.exec(ref ?? "")?.[1];
    return id === undefined ? [] : [{ value: id, label: `${dateTime(at)} ${text}`.trim() }];
  });
};

const ReportBack = ({ referral }: { referral: Referral }) => {
  const t = referralWords.useWords();
  const { draft, keep, clear } = useDraft<Report>(`report-${referral.id}`, {
    receiptNo: "",
    at: "",
    fileId: null,
  });
  const files = useFiles(referral.ticketNo);
  const send = api.useMutation("post", "/referrals/{id}/report");
  const report = (): void =>
    send.mutate(
      {
        params: { path: { id: referral.id }, header: { "If-Match": `"${referral.version}"` } },
        body: {
          receiptNo: draft.receiptNo.trim(),
          // To the second before: what is reported now was not reported in the future.
          reportedAt: instantOfWallTime(draft.at) ?? new Date(houseNow() - 1000).toISOString(),
          fileId: draft.fileId,
        },
      },
      {
        onSuccess: () => {
          clear();
          void forgetReferrals();
        },
      },
    );
  return (
    <div className={styles["actions"]} role="group" aria-label={t("report")}>
      <Input
        className={styles["number"] ?? ""}
        aria-label={t("receiptNo")}
        placeholder={t("receiptNo")}
        maxLength={60}
        value={draft.receiptNo}
        onChange={(event) => keep({ receiptNo: event.target.value })}
      />
      <input
        type="datetime-local"
        className={styles["hour"]}
        aria-label={t("reportWhen")}
        title={t("reportWhen")}
        value={draft.at}
        onChange={(event) => keep({ at: event.target.value })}
      />
      {files.length === 0 ? null : (
        <Select<string>
          aria-label={t("reportFile")}
          placeholder={t("reportFile")}
          allowClear
          value={draft.fileId}
          onChange={(fileId: string | undefined) => keep({ fileId: fileId ?? null })}
          options={files}
          popupMatchSelectWidth={false}
        />
      )}
      <Button
        type="primary"
        disabled={draft.receiptNo.trim() === ""}
        loading={send.isPending}
        onClick={report}
      >
        {t("report")}
      </Button>
      <Problem error={send.error} />
    </div>
  );
};

export const ReferralReply = ({ referral }: { referral: Referral }) => {
  const t = referralWords.useWords();
  const may = useMay();
  const latest = referral.replies.at(-1);
  const isOpen = OPEN.has(referral.state);
  const mayWrite = isOpen && may("referral.write");
  const sheet = useMutation({
    mutationFn: () =>
      download(`/referrals/${referral.id}/form.xlsx?locale=${language()}`, {
        name: `${referral.outsideNo}.xlsx`,
      }),
  });
  const form = useMutation({
    mutationFn: () => openProved(`/referrals/${referral.id}/form?locale=${language()}`),
  });
  return (
    <section className={`${styles["panel"]} ${styles["form"]}`} aria-label={t("reply")}>
      <h2>{t("reply")}</h2>
      {latest === undefined && isOpen ? <p className={styles["wrapped"]}>{t("noDraft")}</p> : null}
      {mayWrite ? (
        <Draft referral={referral} latest={latest} />
      ) : (
        <p className={styles["said"]}>{latest?.text}</p>
      )}
      {latest === undefined || latest.approvalId === null ? null : (
        <SecondPerson approvalId={latest.approvalId} state={latest.approvalState ?? ""} />
      )}
      {latest === undefined || latest.signedBy.length === 0 ? null : (
        <p>{t("signedBy", { names: latest.signedBy.join(", ") })}</p>
      )}
      {mayWrite && latest?.approvalState === "approved" ? <ReportBack referral={referral} /> : null}
      <div className={styles["actions"]}>
        <Button size="small" loading={form.isPending} onClick={() => form.mutate()}>
          {t("form")}
        </Button>
        <Button size="small" loading={sheet.isPending} onClick={() => sheet.mutate()}>
          {t("sheet")}
        </Button>
      </div>
      <Problem error={form.error ?? sheet.error} />
    </section>
  );
};
