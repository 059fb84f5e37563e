/**
 * Notices serials that come back within one file, in a fixed amount of memory: a set of 2.6 million serials would
 * need hundreds of MiB. A Bloom filter of 8 MiB never misses a repetition and names about one serial in a hundred
 * thousand wrongly; whoever needs certainty asks the staging table or reads the file a second time.
 */
const BITS_LOG2 = 26;
const MASK = 2 ** BITS_LOG2 - 1;
const PROBES = 7;

export class SerialSieve {
  readonly #words = new Uint32Array(2 ** (BITS_LOG2 - 5));

  /** Records the key; true when it was probably recorded before. `salt` keeps equal serials of other kinds apart. */
  addAndTest(key: string, salt: number): boolean {
    let first = 0x811c9dc5 ^ salt;
    let second = 0x9e3779b9 ^ salt;
    for (let index = 0; index < key.length; index += 1) {
      const code = key.charCodeAt(index);
      first = Math.imul(first ^ code, 0x01000193);
      second = Math.imul(second ^ code, 0x85ebca6b);
      second ^= second >>> 13;
    }
    first ^= first >>> 16;
    // An odd step visits different bits on each probe.
    second |= 1;
    let seen = true;
    for (let probe = 0; probe < PROBES; probe += 1) {
      const bit = (first + Math.imul(probe, second)) & MASK;
      const word = bit >>> 5;
      const flag = 1 << (bit & 31);
      const value = this.#words[word] ?? 0;
      if ((value & flag) === 0) {
        seen = false;
        this.#words[word] = value | flag;
      }
    }
    return seen;
  }
}
