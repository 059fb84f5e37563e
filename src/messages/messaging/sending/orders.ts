/** A prepared message as its port takes it. */
import { must } from "#src/kernel/errors.ts";
import type { Platform } from "#src/platform/route.ts";
import { ownMessageId } from "../mail/message-ids.ts";
import type { MessagePorts } from "../ports/port.ts";
import { addressOf, numberOf } from "../recipient.ts";
import type { Order } from "./call-provider.ts";
import type { Prepared } from "./wave.ts";

/** Our Message-IDs are of the host under which people reach us; the key in it finds the message again. */
const hostOf = (publicUrl: string): string => new URL(publicUrl).hostname;

export const orderOf = (
  ports: MessagePorts,
  { publicUrl }: Pick<Platform, "publicUrl">,
  { fact, address, rendered, attachments }: Prepared,
): Order => {
  const { id } = fact;
  if (fact.channel === "email") {
    const order = {
      messageId: id,
      to: must(addressOf(address), "a mail address"),
      subject: rendered.subject,
      text: rendered.text,
      html: rendered.html,
      internetMessageId: ownMessageId(fact.threadKey, hostOf(publicUrl)),
      inReplyTo: fact.inReplyTo,
      attachments,
    };
    return { id, send: () => ports.email.send(order) };
  }
  const order = {
    messageId: id,
    to: must(numberOf(address), "a number"),
    text: rendered.text,
    templateId: rendered.providerTemplateId,
    variables: rendered.variables,
    signature: rendered.signature,
  };
  return { id, send: () => ports.sms.send(order) };
};
