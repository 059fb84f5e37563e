/** Everything that `npm start` says to people: short, Chinese first. */
import { DomainError } from "#src/kernel/errors.ts";
import { explainFailure } from "#src/platform/embedded-postgres/failures.ts";

/** Prints one thing in both languages. */
export const say = (zh: string, en: string): void => {
  console.log(`${zh} ${en}`);
};

const chineseByCode: Readonly<Record<string, string>> = {
  "config.invalid": "设置有误",
  "database.disk-full": "磁盘已满",
  "database.other-version": "数据目录由另一版本的 PostgreSQL 建立",
  "database.not-permitted": "没有权限",
  "database.no-folder": "无法建立或写入数据目录",
  "database.port-taken": "数据库端口被占用",
  "database.seems-running": "已有另一个 PostgreSQL 在使用该数据目录",
  "database.no-programs": "npm 未带来本机可用的 PostgreSQL",
  "database.incomplete-install": "PostgreSQL 安装不完整",
  "database.no-account": "缺少运行 PostgreSQL 的系统用户",
  "database.not-reachable": "运行 PostgreSQL 的系统用户无法进入项目目录",
  "database.no-memory": "内存不足",
  "database.no-passwords": "数据库密码文件缺失",
  "database.read-only": "数据目录所在磁盘只读",
  "database.unreachable": "无法连接 DATABASE_URL 指定的数据库",
  "database.too-old": "PostgreSQL 版本过旧，需要 15 或更新",
  "database.newer": "数据库由更新版本的暖阳升级过",
  "database.busy-folder": "数据目录正被另一个命令使用",
  "start.running": "暖阳已在运行",
  "start.port-taken": "端口已被占用",
  "start.port-refused": "无法使用该地址或端口",
  "start.seed-failed": "演示数据建立失败",
  "start.not-ready": "接口进程未能就绪",
  "start.gave-up": "子进程反复退出，已停止",
};

/** Why it did not start, or had to end: one line on the error stream, never a stack trace. */
export const sayRefusal = (error: unknown, dataDir?: string): void => {
  const refusal = asRefusal(error, dataDir);
  const zh = chineseByCode[refusal.code] ?? "启动失败";
  const lastLines = refusal.detail.facts?.["lastLines"];
  const more = [refusal.detail.remedy, typeof lastLines === "string" ? lastLines : undefined]
    .filter(Boolean)
    .join(" ");
  console.error(`${zh}：${refusal.message}. ${more}`.trim());
};

const longestReason = 300;

const asRefusal = (error: unknown, dataDir: string | undefined): DomainError => {
  // A step that failed because nothing can be written any more seldom says so itself: the disk is asked.
  const isVague = !(error instanceof DomainError) || error.code === "start.seed-failed";
  if (!isVague) return error;
  const message = error instanceof Error ? error.message : String(error);
  const explained = explainFailure(message, dataDir ?? "the data folder");
  if (explained.code !== "database.start-failed") return explained;
  if (error instanceof DomainError) return error;
  // A failed migration's message repeats its whole text; the reason stands at the end.
  return new DomainError("start.failed", message.slice(-longestReason));
};

export type DemoLogin = { readonly login: string; readonly password: string; readonly role: string };

/** The last words of a start that worked. */
export const sayReady = (publicUrl: string, logins: readonly DemoLogin[]): void => {
  say(`暖阳已就绪：${publicUrl}`, "Nuanyang is ready.");
  if (logins.length > 0) {
    say("演示登录（仅限演示数据库）", "Demo logins (demo database only):");
    const width = Math.max(...logins.map((one) => one.login.length));
    for (const one of logins) console.log(`  ${one.login.padEnd(width)}  ${one.password}  ${one.role}`);
  }
  say("按 Ctrl-C 停止。", "Ctrl-C stops everything.");
};
