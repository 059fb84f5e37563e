/** Entry of the console. */
import "#web/styles/base.css";
import "#web/styles/console.css";
import "#web/furniture/dialog-focus.ts";
import "#web/furniture/room-left.ts";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { ConfigProvider } from "antd";
import en from "antd/es/locale/en_US";
import zhCN from "antd/es/locale/zh_CN";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "#web/api/client.ts";
import { AboveHost } from "#web/furniture/above-host.tsx";
import { useIsPhone } from "#web/furniture/use-is-phone.ts";
import { FramePartsContext } from "#web/shell/frame.tsx";
import { useLanguage } from "#web/words/words.ts";
import { frameParts } from "./areas.tsx";
import { router } from "./router.ts";
import { nonce } from "./style-nonce.ts";

const theme = {
  token: {
    colorPrimary: "#1f5fa8",
    colorLink: "#1f5fa8",
    // The library's own are lighter under the mouse, and no longer read on white.
    colorPrimaryHover: "#2a6cb8",
    colorLinkHover: "#174a85",
    colorLinkActive: "#174a85",
    colorErrorHover: "#c8372d",
    // Dark enough to be read on their own tints.
    colorSuccess: "#067647",
    colorWarning: "#93370d",
    colorError: "#b42318",
    colorInfo: "#175cd3",
    colorSuccessBg: "#ecfdf3",
    colorSuccessBorder: "#abefc6",
    colorWarningBg: "#fffaeb",
    colorWarningBorder: "#fedf89",
    colorErrorBg: "#fef3f2",
    colorErrorBorder: "#fecdca",
    colorInfoBg: "#eff8ff",
    colorInfoBorder: "#b2ddff",
    colorTextPlaceholder: "#667085",
    colorTextDescription: "#596577",
    borderRadius: 4,
    fontSize: 13,
    controlHeight: 28,
    wireframe: false,
    motion: false,
  },
};

const phoneTheme = { ...theme, token: { ...theme.token, fontSize: 15, controlHeight: 44 } };

const Root = () => {
  const spoken = useLanguage();
  const isPhone = useIsPhone();
  return (
    <ConfigProvider
      locale={spoken === "en" ? en : zhCN}
      theme={isPhone ? phoneTheme : theme}
      componentSize={isPhone ? "middle" : "small"}
      csp={{ nonce }}
      button={{ autoInsertSpace: false }}
    >
      <QueryClientProvider client={queryClient}>
        <FramePartsContext value={frameParts}>
          <RouterProvider router={router} />
        </FramePartsContext>
        <AboveHost />
      </QueryClientProvider>
    </ConfigProvider>
  );
};

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");
createRoot(root).render(
  <StrictMode>
    <Root />
  </StrictMode>,
);
