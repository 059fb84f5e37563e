/** Texts that one person may send at once (应急通知文本): approved beforehand by two, word by word. */
import type { CommandContext } from "#src/platform/command.ts";
import { registerApprovalKinds, requestApproval, useApproval } from "#src/office/approvals/index.ts";
import { readTexts } from "#src/messages/messaging/index.ts";
import { insertEmergencyTemplate, withdrawEmergencyTemplate } from "./queries.ts";
import type { Notice } from "./schema.ts";

export const EMERGENCY_TEXT_APPROVAL = "notice.emergency-text";
registerApprovalKinds({ [EMERGENCY_TEXT_APPROVAL]: "notice.approve" });

type TextKey = Pick<Notice, "template" | "locale"> & { readonly channel: Notice["channels"][number] };

const emergencyRequest = async ({ sql, now }: CommandContext, key: TextKey) => {
  const { digest, words } = (await readTexts(sql, now)).load(key.template, key.channel, key.locale);
  return { template: key.template, channel: key.channel, locale: key.locale, digest, words };
};

/** Asks that a text may be sent by one person from now on. @throws DomainError `template.not-found`, `approval.person-needed` */
export const askEmergencyText = async (context: CommandContext, key: TextKey): Promise<bigint> => {
  const request = await emergencyRequest(context, key);
  return requestApproval(context, {
    kind: EMERGENCY_TEXT_APPROVAL,
    subject: `template:${key.channel}/${key.locale}/${key.template}`,
    request,
  });
};

/**
 * Makes a text one that one person may send, after a second person approved it; one before it ends.
 * @throws DomainError `template.not-found`, those of `useApproval`
 */
export const approveEmergencyText = async (
  context: CommandContext,
  key: TextKey,
  approvalId: bigint,
): Promise<bigint> => {
  const { sql, now } = context;
  const request = await emergencyRequest(context, key);
  const people = await useApproval(context, approvalId, EMERGENCY_TEXT_APPROVAL, request);
  const { template, channel, locale, digest } = request;
  await withdrawEmergencyTemplate(sql, { template, channel, locale, now });
  const { id } = await insertEmergencyTemplate(sql, {
    template,
    channel,
    locale,
    digest,
    approvalId,
    ...people,
    now,
  });
  context.audit({
    subject: `notice-emergency-text:${id}`,
    details: { template, channel, locale, approvalId },
  });
  return id;
};
