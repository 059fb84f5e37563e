/** What anybody may know of a building, without signing in: outages, tests, notices. */
import { type FormEvent, useState } from "react";
import { api, call } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { dateTime, timeOf } from "#web/furniture/format.ts";
import { language } from "#web/words/words.ts";
import { Button, Card, Field, Link, Page, Read, Refusal } from "./parts.tsx";
import styles from "./household.module.css";
import { words } from "./words-news.ts";
import { words as shared } from "./words.ts";

type Community = Answer<"get", "/me/communities">["items"][number];
type News = Answer<"get", "/me/buildings/{buildingId}/news">;

const Buildings = ({ community }: { community: Community }) => {
  const t = words.useWords();
  const query = api.useQuery("get", "/me/communities/{communityId}/buildings", {
    params: { path: { communityId: community.id } },
  });
  return (
    <Card title={`${community.name} · ${t("building")}`}>
      <Read query={query}>
        {({ items }) => (
          <ul className={styles["tiles"]}>
            {items.map(({ id, name }) => (
              <li key={id}>
                <Link to={`/news/${id}`}>{name}</Link>
              </li>
            ))}
          </ul>
        )}
      </Read>
    </Card>
  );
};

export const FindBuilding = () => {
  const t = words.useWords();
  const [text, setText] = useState("");
  const [found, setFound] = useState<readonly Community[]>();
  const [chosen, setChosen] = useState<Community>();
  const [failed, setFailed] = useState<unknown>();
  const find = async (): Promise<void> => {
    setFailed(undefined);
    setChosen(undefined);
    try {
      const { data } = await call.GET("/me/communities", { params: { query: { q: text.trim() } } });
      setFound(data?.items);
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <Page title={t("title")} back="/">
      <Card>
        <form
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            void find();
          }}
        >
          <Field
            label={t("community")}
            hint={t("communityHint")}
            value={text}
            onChange={(typed) => {
              setText(typed);
              setFailed(undefined);
            }}
          />
          <Button submit>{t("find")}</Button>
        </form>
        {failed === undefined ? null : <Refusal error={failed} />}
        {found?.length === 0 ? <p role="status">{t("none")}</p> : null}
        {found === undefined || found.length === 0 ? null : (
          <>
            <h2>{t("choose")}</h2>
            <ul className={styles["tiles"]}>
              {found.map((community) => (
                <li key={community.id}>
                  <button
                    type="button"
                    aria-pressed={chosen?.id === community.id}
                    onClick={() => setChosen(community)}
                  >
                    {community.name}
                    <small>{community.district}</small>
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </Card>
      {chosen === undefined ? null : <Buildings community={chosen} />}
    </Page>
  );
};

const Trouble = ({ news }: { news: News }) => {
  const t = words.useWords();
  const { trouble } = news;
  return (
    <Card title={t("nowTitle")}>
      {trouble === null ? (
        <p>{t("fine")}</p>
      ) : (
        <div className={styles["refusal"]}>
          <p>{language() === "en" && trouble.scriptEn !== "" ? trouble.scriptEn : trouble.script}</p>
          {trouble.expectedBackAt === null ? null : (
            <strong>{t("back", { time: dateTime(trouble.expectedBackAt) })}</strong>
          )}
        </div>
      )}
    </Card>
  );
};

const Tests = ({ tests }: { tests: News["tests"] }) => {
  const t = words.useWords();
  return (
    <Card title={t("tests")}>
      {tests.length === 0 ? <p>{t("noTests")}</p> : null}
      <ul className={styles["list"]}>
        {tests.map((test) => (
          <li key={test.id}>
            <p className={styles["row"]}>
              <span>
                <strong>{t(`kind.${test.kind}`)}</strong>
                {test.startsAt === null ? null : (
                  <small>{`${dateTime(test.startsAt)} – ${test.endsAt === null ? "" : timeOf(test.endsAt)}`}</small>
                )}
              </span>
              <span>{t(`state.${test.state}`)}</span>
            </p>
            {test.state === "announced" || test.state === "running" ? <p>{t("stayHome")}</p> : null}
          </li>
        ))}
      </ul>
    </Card>
  );
};

export const BuildingNews = ({ buildingId }: { buildingId: string }) => {
  const t = words.useWords();
  const say = shared.useWords();
  const query = api.useQuery("get", "/me/buildings/{buildingId}/news", { params: { path: { buildingId } } });
  return (
    <Read query={query}>
      {(news) => (
        <Page title={`${news.community}${news.building}`} back="/news">
          <p className={styles["quiet"]}>{t("readAt", { time: dateTime(news.readAt) })}</p>
          <Trouble news={news} />
          <Tests tests={news.tests} />
          <Card title={t("notices")}>
            {news.notices.length === 0 ? <p>{t("noNotices")}</p> : null}
            <ul className={styles["list"]}>
              {news.notices.map((notice) => (
                <li key={notice.id} lang={notice.locale}>
                  <strong>{notice.title}</strong>
                  <small className={styles["quiet"]}>{dateTime(notice.at)}</small>
                  <p>{notice.text}</p>
                </li>
              ))}
            </ul>
          </Card>
          {news.hotline === "" ? null : <p>{say("hotline", { number: news.hotline })}</p>}
          <Link to="/news">{t("other")}</Link>
        </Page>
      )}
    </Read>
  );
};
