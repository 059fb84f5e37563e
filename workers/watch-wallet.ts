/** Every minute: payments that were begun online and of which nobody knows the end are asked about at the provider. */
import { askOpenWalletOrders } from "#src/money/collection/index.ts";
import { doEach } from "./do-each.ts";
import type { Services } from "./services.ts";

/** Repeating is safe. A failure is logged; the next minute tries again. */
export const watchWallet = async ({ platform, log }: Services): Promise<void> => {
  await doEach(
    { log },
    {
      "open online payments": async () => {
        const asked = await askOpenWalletOrders(platform);
        if (asked > 0) log.info({ asked }, "open online payments asked about");
      },
    },
  );
};
