/** Two-word commands (`db migrate`, `bank import`): the first word is made once, by whichever file comes first. */
import type { Command } from "commander";

const descriptions: Readonly<Record<string, string>> = {
  audit: "the audit log",
  bank: "bank files and bank days",
  bills: "the season's bills",
  channel: "the ways in which money comes in",
  company: "the company that this database belongs to",
  db: "the database's schema",
  demo: "an invented town to try things on",
  ledger: "the books",
  notice: "many messages with one purpose",
  opening: "opening balances of the old system",
  roll: "the roll of households",
  routing: "whose cases they are",
  search: "what households are found by",
  setting: "what the company decides for itself",
  simulate: "days of a winter, played against a demo",
  station: "who runs the stations",
  tariff: "prices and approved days",
  token: "logins of machines",
  user: "logins of people",
};

/** The command group `name` of the program, made when it is not there yet. */
export const group = (program: Command, name: string): Command =>
  program.commands.find((command) => command.name() === name) ??
  program.command(name).description(descriptions[name] ?? name);
