/** What a payer sees at the simulated wallet. */
import { fen, formatYuan } from "#src/kernel/money.ts";

export type ShownOrder = {
  readonly subject: string;
  readonly amountFen: number;
  readonly state: "waiting" | "paid" | "closed";
  readonly returnUrl: string;
};

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

const button = (act: string, text: string): string =>
  `<form method="post"><input type="hidden" name="act" value="${act}"><button>${text}</button></form>`;

export const pageOf = (order: ShownOrder): string => {
  const amount = formatYuan(fen(BigInt(order.amountFen)));
  const acts =
    order.state === "waiting"
      ? button("pay", "支付 Pay") +
        button("lose", "支付，但通知丢失 Pay, and lose the report") +
        button("close", "取消 Cancel")
      : `<p>${order.state}</p><p><a href="${escapeHtml(order.returnUrl)}">返回 Back</a></p>`;
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>模拟钱包 Simulated wallet</title>
<link rel="stylesheet" href="style.css"></head><body><main><h1>模拟钱包 Simulated wallet</h1>
<p>${escapeHtml(order.subject)}</p><p class="amount">¥ ${amount}</p>${acts}
<p>演示用，不涉及真实资金。For a demo; no real money moves.</p></main></body></html>`;
};

export const STYLE = `body{font:18px/1.6 system-ui,sans-serif;margin:0;background:#f4f6f8;color:#1a1a1a}
main{max-width:26rem;margin:0 auto;padding:1.5rem}h1{font-size:1.3rem}.amount{font-size:2.2rem;font-weight:600;margin:.5rem 0}
button{font:inherit;width:100%;min-height:3rem;margin:.4rem 0;border:1px solid #1f4e79;border-radius:.5rem;background:#fff;color:#1f4e79}
form:first-of-type button{background:#1f4e79;color:#fff}a{color:#1f4e79}`;
