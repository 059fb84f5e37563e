/** Writing a notice, new or stored: content and audience left, number, cost and samples right, as one types. */
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Button, Form } from "antd";
import { type ReactNode, useEffect, useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useDraft } from "#web/furniture/use-draft.ts";
import { AudienceForm } from "./audience-form.tsx";
import { ContentForm } from "./content-form.tsx";
import {
  type Audience,
  audienceOf,
  contentOf,
  draftOf,
  EMPTY_DRAFT,
  isTooLongToEdit,
  isUnreadable,
  isWorded,
  type Notice,
  type NoticeDraft,
  type Template,
  textsOf,
  timesOf,
  valuesOf,
} from "./notice-draft.ts";
import styles from "./notices.module.css";
import { PreviewPanel } from "./preview-panel.tsx";
import { refusedValueOf } from "./refused-value.ts";
import { useLivePreview } from "./use-live-preview.ts";
import { editorWords } from "./words-editor.ts";

/** What the notice would be as it stands, once somebody is chosen and a way to them. */
const usePreviewOf = (draft: NoticeDraft, texts: readonly Template[]) => {
  const audience = audienceOf(draft);
  const text = { template: draft.template, locale: draft.locale, variables: valuesOf(draft, texts) };
  return useLivePreview(
    audience === null || draft.channels.length === 0
      ? null
      : {
          purpose: draft.purpose,
          channels: draft.channels,
          audience,
          ...(isWorded(draft, texts) ? { text } : {}),
        },
  );
};

type LiveProps = {
  readonly draft: NoticeDraft;
  readonly withText: boolean;
  readonly live: ReturnType<typeof useLivePreview>;
};
const LivePreview = ({ draft, withText, live: { preview, isCounting, error } }: LiveProps) => {
  const t = editorWords.useWords();
  return (
    <aside className={styles["side"]} aria-busy={isCounting}>
      <h2 className={styles["heading"]}>
        {t("live")} <span className={styles["quiet"]}>{isCounting ? t("counting") : ""}</span>
      </h2>
      {audienceOf(draft) === null ? (
        <Empty text={t(isUnreadable(draft) ? "unreadable" : "chooseFirst")} />
      ) : null}
      <Problem error={error} />
      {preview === undefined ? null : <PreviewPanel preview={preview} withText={withText} most={3} />}
    </aside>
  );
};

type EditorProps = {
  readonly title: string;
  readonly draft: NoticeDraft;
  readonly keep: (change: Partial<NoticeDraft>) => void;
  readonly isStored: boolean;
  readonly isBusy: boolean;
  /** Sent and not answered: it can be sent again, and not be changed. */
  readonly isLocked: boolean;
  /** What became of the last try. */
  readonly problem: ReactNode;
  /** What it was refused with, for the field that it is about. */
  readonly refusal: unknown;
  readonly save: (texts: readonly Template[], audience: Audience) => Promise<void>;
};

const Editor = ({ title, draft, keep, isStored, isBusy, isLocked, problem, refusal, save }: EditorProps) => {
  const t = editorWords.useWords();
  const { data, error } = api.useQuery("get", "/message-templates", {}, { staleTime: 600_000 });
  const templates = data?.items ?? [];
  const texts = textsOf(templates, draft);
  const audience = audienceOf(draft);
  const live = usePreviewOf(draft, texts);
  const refused = refusedValueOf(refusal);
  const refusedField = refused?.name;
  useEffect(() => {
    if (refusedField !== undefined) document.getElementById(`notice-value-${refusedField}`)?.focus();
  }, [refusedField]);
  const isReady = audience !== null && draft.title.trim() !== "" && isWorded(draft, texts);
  const saveReady = async (): Promise<void> => {
    if (isReady && !isBusy) await save(texts, audience);
  };
  useShortcut("$mod+Enter", t("save"), () => void saveReady());
  return (
    <>
      <PageBar
        title={title}
        actions={
          <Button type="primary" disabled={!isReady} loading={isBusy} onClick={() => void saveReady()}>
            {t("save")}
          </Button>
        }
      />
      <Problem error={error} />
      {problem}
      <div className={styles["columns"]}>
        <Form layout="vertical" component="div" disabled={isLocked}>
          <ContentForm
            draft={draft}
            keep={keep}
            templates={templates}
            texts={texts}
            isStored={isStored}
            refused={refused ?? refusedValueOf(live.error)}
          />
          <AudienceForm draft={draft} keep={keep} />
        </Form>
        <LivePreview draft={draft} withText={isWorded(draft, texts)} live={live} />
      </div>
    </>
  );
};

export const NewNotice = () => {
  const t = editorWords.useWords();
  const navigate = useNavigate();
  const { missedBy } = useSearch({ from: "/inside/notices/new" });
  const intent = useIntent<NoticeDraft>(
    `notice-new-${missedBy ?? ""}`,
    missedBy === undefined ? EMPTY_DRAFT : { ...EMPTY_DRAFT, kept: { missedBy: [missedBy] } },
  );
  const save = async (texts: readonly Template[], audience: Audience): Promise<void> => {
    const answer = await intent.send((draft, key) => {
      const { startsAt, expiresAt } = timesOf(draft);
      return call.POST("/notices", {
        params: { header: { "Idempotency-Key": key } },
        body: {
          ...contentOf(draft, texts, audience),
          purpose: draft.purpose,
          emergency: draft.emergency,
          ...(startsAt === null ? {} : { startsAt }),
          ...(expiresAt === null ? {} : { expiresAt }),
        },
      });
    });
    if (answer?.data === undefined) return;
    await forget("/notices");
    await navigate({ to: "/notices/$noticeId", params: { noticeId: answer.data.id } });
  };
  return (
    <Editor
      title={t("newTitle")}
      draft={intent.content}
      keep={(change) => void intent.change(change)}
      isStored={false}
      isBusy={intent.isSending}
      isLocked={intent.isLocked}
      problem={<IntentProblem intent={intent} />}
      refusal={intent.error}
      save={save}
    />
  );
};

/** A stored one is changed under the version that was read: sent twice, the second finds another version. */
const EditStored = ({ notice }: { notice: Notice }) => {
  const t = editorWords.useWords();
  const navigate = useNavigate();
  const { draft, keep, clear } = useDraft<NoticeDraft>(
    `notice-${notice.id}-${notice.version}`,
    draftOf(notice),
  );
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const save = async (texts: readonly Template[], audience: Audience): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await call.PATCH("/notices/{id}", {
        params: { path: { id: notice.id }, header: { "If-Match": `"${notice.version}"` } },
        body: { ...contentOf(draft, texts, audience), ...timesOf(draft) },
      });
      clear();
      await forget("/notices", "/notices/{id}", "/notices/{id}/preview");
      await navigate({ to: "/notices/$noticeId", params: { noticeId: notice.id } });
    } catch (refused) {
      setProblem(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Editor
      title={t("editTitle", { id: notice.id })}
      draft={draft}
      keep={(change) => {
        setProblem(null);
        keep(change);
      }}
      isStored
      isBusy={isBusy}
      isLocked={false}
      problem={<Problem error={problem} />}
      refusal={problem}
      save={save}
    />
  );
};

export const EditNotice = () => {
  const t = editorWords.useWords();
  const { noticeId = "" } = useParams({ strict: false });
  const { data, error, refetch } = api.useQuery("get", "/notices/{id}", {
    params: { path: { id: noticeId } },
  });
  if (error !== null) return <Problem error={error} again={() => void refetch()} />;
  if (data === undefined) return null;
  if (isTooLongToEdit(data)) return <Empty text={t("tooLong")} />;
  return <EditStored key={data.version} notice={data} />;
};
