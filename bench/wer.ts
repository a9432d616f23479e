/** Word error rate of English text, after Whisper's manner: case, punctuation, contractions, fillers and numbers make no difference. */

export interface WordErrors {
  /** Substituted, deleted and inserted words. */
  readonly errors: number;
  /** Words of the reference. */
  readonly words: number;
  /** errors / words, in percent. */
  readonly percent: number;
}

export function wordErrors(reference: string, heard: string): WordErrors {
  const expected = normaliseEnglish(reference);
  const errors = distance(expected, normaliseEnglish(heard));
  return { errors, words: expected.length, percent: (100 * errors) / Math.max(1, expected.length) };
}

/** The rules of openai/whisper `whisper/normalizers/english.py` that matter for read English; numbers up to the thousands become digits. */
export function normaliseEnglish(text: string): string[] {
  const plain = CONTRACTIONS.reduce((done, [pattern, replacement]) => done.replace(pattern, replacement), text
    .toLowerCase()
    .replaceAll(/[<[][^>\]]*[>\]]|\([^)]*\)/g, ' ')
    .replaceAll(/[’‘`]/g, "'")
    .replaceAll(/\b(hmm|mm|mhm|mmm|uh|um)\b/g, ' '));
  const words = plain
    .replaceAll(/(\d),(?=\d)/g, '$1')
    .replaceAll(/'s\b/g, ' is')
    .replaceAll(/(\d+)(st|nd|rd|th)\b/g, '$1')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => SPELLINGS[word] ?? word);
  return joinNumbers(words);
}

const CONTRACTIONS: readonly (readonly [RegExp, string])[] = [
  [/\bwon't\b/g, 'will not'], [/\bcan't\b/g, 'can not'], [/\bcannot\b/g, 'can not'], [/n't\b/g, ' not'], [/'re\b/g, ' are'], [/'ve\b/g, ' have'],
  [/'ll\b/g, ' will'], [/'m\b/g, ' am'], [/'d\b/g, ' would'], [/\bmr\b\.?/g, 'mister'], [/\bmrs\b\.?/g, 'missus'], [/\bst\b\.?/g, 'saint'],
  [/\bdr\b\.?/g, 'doctor'], [/&/g, ' and '], [/%/g, ' percent '],
];

/** British to American, as Whisper's table has it, for the words that our texts hold. */
const SPELLINGS: Readonly<Record<string, string>> = {
  colour: 'color', honour: 'honor', labour: 'labor', favour: 'favor', centre: 'center', grey: 'gray', organised: 'organized', recognised: 'recognized',
};

const UNITS = [
  'zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen',
  'sixteen', 'seventeen', 'eighteen', 'nineteen',
] as const;
const TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'] as const;
const ORDINALS: Readonly<Record<string, string>> = {
  first: 'one', second: 'two', third: 'three', fourth: 'four', fifth: 'five', sixth: 'six', seventh: 'seven', eighth: 'eight', ninth: 'nine',
  tenth: 'ten', twelfth: 'twelve', thirteenth: 'thirteen', fourteenth: 'fourteen', fifteenth: 'fifteen', twentieth: 'twenty', thirtieth: 'thirty',
};

/** Runs of number words become one number: "fourteen fifty five" is 1455, "five hundred and two" 502. */
function joinNumbers(words: readonly string[]): string[] {
  const result: string[] = [];
  let digits = '';
  let lastValue = 0;
  const flush = (): void => {
    if (digits !== '') result.push(digits);
    digits = '';
    lastValue = 0;
  };
  for (const word of words) {
    const value = valueOf(word);
    if (value === undefined) {
      if (word === 'hundred' || word === 'thousand') {
        digits = String(Number(digits || '1') * (word === 'hundred' ? 100 : 1000));
        lastValue = word === 'hundred' ? 100 : 1000;
        continue;
      }
      flush();
      result.push(word);
      continue;
    }
    if (digits !== '' && lastValue >= 20 && value < lastValue && lastValue % 10 === 0) digits = String(Number(digits) + value);
    else digits += String(value);
    lastValue = value;
  }
  flush();
  return result;
}

function valueOf(word: string): number | undefined {
  if (/^\d+$/.test(word)) return Number(word);
  const name = ORDINALS[word] ?? word;
  const unit = UNITS.findIndex((known) => known === name);
  if (unit >= 0) return unit;
  const ten = TENS.findIndex((known) => known === name);
  return ten >= 0 ? (ten + 2) * 10 : undefined;
}

/** Word-level edit distance, in one row of memory. */
function distance(expected: readonly string[], heard: readonly string[]): number {
  let row = Array.from({ length: heard.length + 1 }, (_, index) => index);
  for (const [line, word] of expected.entries()) {
    const next = [line + 1];
    for (const [column, other] of heard.entries()) {
      const replaced = (row[column] ?? 0) + (word === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[heard.length] ?? 0;
}
