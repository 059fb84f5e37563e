/**
 * The passwords that guessing programs try first: the commonest of published breaches, and of Chinese ones. Letters are
 * compared in lower case, and what stands around a word (`1`, `!`, `@2026`) does not save it.
 */
const EXACT = `123456 1234567 12345678 123456789 1234567890 12345678910 0123456789 987654321 9876543210 11111111 00000000
88888888 66666666 99999999 12341234 11223344 123123123 112233445566 147258369 789456123 159357456 741852963 123654789
5201314 52013140 52013145 5211314 1314520 13145200 20082008 123321123 12344321 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qaz2wsx3edc
qazwsx qazwsxedc zaq12wsx zaq1xsw2 q1w2e3r4 q1w2e3r4t5 1qazxsw2 qwer1234 1234qwer asdf1234 abcd1234 1234abcd abc123456
a1b2c3d4 a12345678 a123456789 aa123456 aa12345678 aaa111111 qq123456 qq123456789 woaini1314 woaini520 woaini521 iloveyou
qwe123456 qweasdzxc zxcvbnm123 123qweasd 123456abc 123456qq 123456aa asd123456 zxc123456 wang1234 li123456 5201314a
a5201314 woaiwojia tiantian asdfghjkl qwertyuiop zxcvbnm1 p@ssw0rd p@ssword pa55word passw0rd p@55w0rd admin@123
admin123 root1234 root@123 abc@1234 abc@123 test1234 changeme letmein1 welcome1 welcome@123 huawei@123 nuan@123`;

const WORDS = `password passwd passw pass admin administrator root superuser user guest test demo welcome letmein login
master monkey dragon sunshine princess football baseball superman batman trustno shadow michael jennifer iloveyou
iloveu qwerty qwertyuiop qwert qwer asdf asdfgh asdfghjkl zxcvbn zxcvbnm abc abcd abcde abcdef abcdefg abcdefgh aaaa
woaini woaiwojia woaizhongguo nihao zhongguo china beijing shanghai zhengzhou henan tiantian wangyi taobao qq weixin
wechat alipay huawei xiaomi lenovo tencent sina letian laopo laogong baobao mima nimabi caonima gongsi reli gongre
nuan nuanyang heating company office finance cashier manager caiwu shoufei kefu spring summer autumn winter`;

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));
const exact = words(EXACT);
const bare = words(WORDS);

/** Signs that people put in the place of a letter. */
const LETTER_FOR: Readonly<Record<string, string>> = {
  "@": "a",
  "0": "o",
  "1": "i",
  "3": "e",
  "5": "s",
  $: "s",
};

/** Whether a password is among the first that are guessed: listed, a listed word with trimmings, one sign, or a run. */
export const isCommonPassword = (password: string): boolean => {
  const folded = password.normalize("NFKC").toLowerCase();
  if (exact.has(folded) || /^(.)\1*$/u.test(folded)) return true;
  const trimmed = folded.replace(/^[^a-z]+/, "").replace(/[^a-z]+$/, "");
  const plain = trimmed.replace(/[@0135$]/g, (sign) => LETTER_FOR[sign] ?? sign);
  return bare.has(trimmed) || bare.has(plain) || isRun(folded);
};

/** `abcdefgh`, `87654321`: each sign follows the one before. */
const isRun = (text: string): boolean => {
  const codes = Array.from(text, (sign) => sign.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? 0));
  return steps.length > 0 && (steps.every((step) => step === 1) || steps.every((step) => step === -1));
};
