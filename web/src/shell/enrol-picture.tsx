import { QRCode } from "antd";

/** The address of an authenticator's secret, to be scanned once. */
export const EnrolPicture = ({ uri }: { uri: string }) => <QRCode value={uri} type="svg" />;
