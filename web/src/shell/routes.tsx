/** The root of all routes, and the one below which somebody is signed in. Areas hang their routes under `inside`. */
import { createRootRoute, createRoute, Link, Navigate, Outlet } from "@tanstack/react-router";
import { Button } from "antd";
import { Empty } from "#web/furniture/empty.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Frame, useStart } from "./frame.tsx";
import { Gate } from "./gate.tsx";
import { shell } from "./words.ts";

const NoPage = () => {
  const t = shell.useWords();
  return (
    <Empty
      text={`${t("noPage")}. ${t("noPageRemedy")}`}
      action={
        <Link to="/">
          <Button>{t("toStart")}</Button>
        </Link>
      }
    />
  );
};

const Failed = ({ error }: { error: unknown }) => (
  <Problem error={error} again={() => window.location.reload()} />
);

export const root = createRootRoute({ component: Outlet, notFoundComponent: NoPage, errorComponent: Failed });

export const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  // Every page may be opened with a filter that its reader keeps.
  validateSearch: (search: Record<string, unknown>): { filter?: number } =>
    typeof search["filter"] === "number" ? { filter: search["filter"] } : {},
  component: () => (
    <Gate>
      <Frame>
        <Outlet />
      </Frame>
    </Gate>
  ),
  errorComponent: Failed,
});

const Start = () => {
  const t = shell.useWords();
  const to = useStart();
  return to === undefined ? <Empty text={t("nothingForYou")} /> : <Navigate to={to} replace />;
};

export const start = createRoute({ getParentRoute: () => inside, path: "/", component: Start });
