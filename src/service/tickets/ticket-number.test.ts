import fc from "fast-check";
import { expect, test } from "vitest";
import { formatTicketNo, parseTicketNo, ticketNosIn } from "./ticket-number.ts";

const ids = fc.bigInt({ min: 10_001n, max: 99_999_999n });

test("the check digit is Damm's: 572 is followed by 4", () => {
  expect(formatTicketNo(572n)).toBe("5724");
});

test("a number leads back to its row, however it is written", () => {
  fc.assert(
    fc.property(ids, (id) => {
      const number = formatTicketNo(id);
      expect(parseTicketNo(number)).toBe(id);
      expect(parseTicketNo(`工单号：${number.slice(0, 3)} ${number.slice(3)}`)).toBe(id);
      expect(ticketNosIn(`您好，工单 ${number} 还没有人来`)).toEqual([number]);
    }),
  );
});

test("one wrong digit, or two neighbours that changed places, name no case", () => {
  fc.assert(
    fc.property(ids, fc.nat(), fc.integer({ min: 1, max: 9 }), (id, at, by) => {
      const number = formatTicketNo(id);
      const place = at % number.length;
      const digit = (Number(number[place]) + by) % 10;
      expect(parseTicketNo(`${number.slice(0, place)}${digit}${number.slice(place + 1)}`)).toBeNull();
      const [one, other] = [number[place] ?? "", number[place + 1] ?? ""];
      const swapped = `${number.slice(0, place)}${other}${one}${number.slice(place + 2)}`;
      expect(parseTicketNo(swapped)).toBe(swapped === number ? id : null);
    }),
  );
});

test.each(["", "0", "057240", "57a4", "12345678901234567890"])("%j is no number of a case", (text) => {
  expect(parseTicketNo(text)).toBeNull();
});
