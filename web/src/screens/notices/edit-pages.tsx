/** Writing a notice, new or stored: content and audience left, number, cost and samples right, as one types. */
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Button, Form } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import { useRequestKey } from "#web/api/request-key.ts";
import { Empty } from "#web/furniture/empty.tsx";
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
import { useLivePreview } from "./use-live-preview.ts";
import { editorWords } from "./words-editor.ts";

const LivePreview = ({ draft, texts }: { draft: NoticeDraft; texts: readonly Template[] }) => {
  const t = editorWords.useWords();
  const audience = audienceOf(draft);
  const withText = isWorded(draft, texts);
  const { preview, isCounting, error } = useLivePreview(
    audience === null || draft.channels.length === 0
      ? null
      : {
          purpose: draft.purpose,
          channels: draft.channels,
          audience,
          ...(withText
            ? {
                text: {
                  template: draft.template,
                  locale: draft.locale,
                  variables: valuesOf(draft, texts),
                },
              }
            : {}),
        },
  );
  return (
    <aside className={styles["side"]} aria-busy={isCounting}>
      <h2 className={styles["heading"]}>
        {t("live")} <span className={styles["quiet"]}>{isCounting ? t("counting") : ""}</span>
      </h2>
      {audience === null ? <Empty text={t("chooseFirst")} /> : null}
      <Problem error={error} />
      {preview === undefined ? null : <PreviewPanel preview={preview} withText={withText} most={3} />}
    </aside>
  );
};

type EditorProps = {
  readonly title: string;
  /** Of the draft that is kept while somebody types. */
  readonly name: string;
  readonly first: NoticeDraft;
  readonly isStored: boolean;
  readonly store: (draft: NoticeDraft, texts: readonly Template[], audience: Audience) => Promise<void>;
};

const Editor = ({ title, name, first, isStored, store }: EditorProps) => {
  const t = editorWords.useWords();
  const { draft, keep, clear } = useDraft<NoticeDraft>(name, first);
  const { data, error } = api.useQuery("get", "/message-templates", {}, { staleTime: 600_000 });
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const templates = data?.items ?? [];
  const texts = textsOf(templates, draft);
  const audience = audienceOf(draft);
  const isReady = audience !== null && draft.title.trim() !== "" && isWorded(draft, texts);
  const save = async (): Promise<void> => {
    if (!isReady || isBusy) return;
    setBusy(true);
    setProblem(null);
    try {
      await store(draft, texts, audience);
      clear();
    } catch (refused) {
      setProblem(refused);
    } finally {
      setBusy(false);
    }
  };
  useShortcut("$mod+Enter", t("save"), () => void save());
  return (
    <>
      <PageBar
        title={title}
        actions={
          <Button type="primary" disabled={!isReady} loading={isBusy} onClick={() => void save()}>
            {t("save")}
          </Button>
        }
      />
      <Problem error={error ?? problem} />
      <div className={styles["columns"]}>
        <Form layout="vertical" component="div">
          <ContentForm draft={draft} keep={keep} templates={templates} texts={texts} isStored={isStored} />
          <AudienceForm draft={draft} keep={keep} />
        </Form>
        <LivePreview draft={draft} texts={texts} />
      </div>
    </>
  );
};

export const NewNotice = () => {
  const t = editorWords.useWords();
  const navigate = useNavigate();
  const { missedBy } = useSearch({ from: "/inside/notices/new" });
  const { key, renew } = useRequestKey();
  return (
    <Editor
      title={t("newTitle")}
      name={`notice-new-${missedBy ?? ""}`}
      first={missedBy === undefined ? EMPTY_DRAFT : { ...EMPTY_DRAFT, kept: { missedBy: [missedBy] } }}
      isStored={false}
      store={async (draft, texts, audience) => {
        const { startsAt, expiresAt } = timesOf(draft);
        const { data } = await call.POST("/notices", {
          params: { header: { "Idempotency-Key": key() } },
          body: {
            ...contentOf(draft, texts, audience),
            purpose: draft.purpose,
            emergency: draft.emergency,
            ...(startsAt === null ? {} : { startsAt }),
            ...(expiresAt === null ? {} : { expiresAt }),
          },
        });
        renew();
        await forget("/notices");
        if (data !== undefined) await navigate({ to: "/notices/$noticeId", params: { noticeId: data.id } });
      }}
    />
  );
};

const EditStored = ({ notice }: { notice: Notice }) => {
  const t = editorWords.useWords();
  const navigate = useNavigate();
  return (
    <Editor
      title={t("editTitle", { id: notice.id })}
      name={`notice-${notice.id}-${notice.version}`}
      first={draftOf(notice)}
      isStored
      store={async (draft, texts, audience) => {
        await call.PATCH("/notices/{id}", {
          params: { path: { id: notice.id }, header: { "If-Match": `"${notice.version}"` } },
          body: { ...contentOf(draft, texts, audience), ...timesOf(draft) },
        });
        await forget("/notices", "/notices/{id}", "/notices/{id}/preview");
        await navigate({ to: "/notices/$noticeId", params: { noticeId: notice.id } });
      }}
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
