import { describeSending } from "#tests/support/sending-suite.ts";

describeSending("PostgreSQL", () => undefined);
