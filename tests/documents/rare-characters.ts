/** Two hundred rare characters of personal names, in and outside GBK, up to CJK Extension F. */
const named = [
  "䶮㛃𬴂𠮷㐱喆堃祎玥婳彧龑",
  // Extension A, in names and places.
  "㑇㑊㕮㘎㙍㙘㙦㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙",
  // Extensions B to E of the national list of standard characters (通用规范汉字表).
  "𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀𫍣𫍯𫍲𫍽𫐄𫐐𫐓𫑡𫓧𫓯𫓶𫓹𫔍𫔎𫔶𫖮𫖯𫖳𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭𫞩𫟅𫟦𫟹𫠆𫠊𫠜𫢸𫧃𫧮𫫇𫬐𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩",
  // Extensions B to F beyond that list: found in registers, not in schoolbooks.
  "𠀀𠂢𠊎𠔜𠜎𡃁𢆯𤭢𦍌𩸽𪚥𫝆𫠝𬂩𬎆𬤊𬺈𭀀𭘾𮯠",
].join("");

export const rareCharacters: readonly string[] = [...named];
