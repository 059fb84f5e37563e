/**
 * The PostgreSQL that comes with npm, for a machine that has none.
 *
 * - data folder: `DATA_DIR`; the server's own folder is `postgres` in it
 * - holder: the one process that runs the server of a data folder (the supervisor, or a command for its own time)
 * - keeper: the shell that shuts the server down when its holder is gone
 */
export { embeddedMajor, startCluster, type ClusterOptions, type RunningCluster } from "./cluster.ts";
export { startEmbedded, type EmbeddedDatabase, type Logins } from "./embedded.ts";
export { probePort } from "./free-port.ts";
export { readInstance, wasHolderKilled, type Instance } from "./instance-file.ts";
export { locateDatabase, type LocatedDatabase } from "./locate.ts";
export { serverSettings, type SettingOverrides } from "./server-settings.ts";
