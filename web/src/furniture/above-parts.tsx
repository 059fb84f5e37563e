/** The library's parts for `above.ts`, in the theme and the language of the page. */
import { App } from "antd";
import { useEffect } from "react";
import { tellArrived } from "./above.ts";

const Arrived = () => {
  const { message, modal } = App.useApp();
  useEffect(() => tellArrived({ message, modal }), [message, modal]);
  return null;
};

export const AboveParts = () => (
  <App component={false}>
    <Arrived />
  </App>
);
