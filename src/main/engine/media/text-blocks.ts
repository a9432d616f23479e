/** The words of a document in their order, without its looks. */

/** A paragraph, or where a new page begins. code: lines and spaces as they are. */
export interface TextBlock {
  readonly style: 'heading' | 'text' | 'code' | 'break';
  readonly text: string;
}

export interface TextDocument {
  readonly blocks: readonly TextBlock[];
  /** Whether there was more than is kept. */
  readonly isCut: boolean;
}

/** Three thousand pages of a book. */
export const LETTERS_LIMIT = 8_000_000;
const BLOCKS_LIMIT = 400_000;

/** Takes words as they come and makes paragraphs of them. */
export class TextCollector {
  readonly #blocks: TextBlock[] = [];
  #line = '';
  #letters = 0;
  #isCut = false;

  /** Further words are not kept. */
  get isFull(): boolean {
    return this.#isCut;
  }

  /** Words of the paragraph that is under way. */
  add(text: string): void {
    if (this.#isCut) return;
    this.#letters += text.length;
    if (this.#letters > LETTERS_LIMIT) this.#isCut = true;
    else this.#line += text;
  }

  /** Whether the paragraph under way has any words. */
  get hasLine(): boolean {
    return this.#line.trim() !== '';
  }

  /** Ends the paragraph; an empty one is dropped. */
  end(style: TextBlock['style'] = 'text'): void {
    const text = visible(this.#line);
    this.#line = '';
    const kept = style === 'code' ? text.replace(/^\n+|\s+$/g, '') : text.replaceAll(/^[^\S\t]+|[^\S]+$/gm, '');
    if (kept.trim() !== '') this.#push({ style, text: kept });
  }

  /** What follows begins on a new page. */
  breakPage(): void {
    this.end();
    if (this.#blocks.length > 0 && this.#blocks.at(-1)?.style !== 'break') this.#push({ style: 'break', text: '' });
  }

  finish(): TextDocument {
    this.end();
    if (this.#blocks.at(-1)?.style === 'break') this.#blocks.pop();
    return { blocks: this.#blocks, isCut: this.#isCut };
  }

  #push(block: TextBlock): void {
    if (this.#blocks.length >= BLOCKS_LIMIT) this.#isCut = true;
    else this.#blocks.push(block);
  }
}

/** As a file of plain text. */
export function plainText({ blocks }: TextDocument): string {
  let text = '';
  for (const [index, { style, text: words }] of blocks.entries()) {
    if (style === 'break') continue;
    // Rows of a table.
    const isClose = words.includes('\t') && blocks[index - 1]?.text.includes('\t') === true;
    text += `${text === '' ? '' : isClose ? '\n' : '\n\n'}${words}`;
  }
  return text === '' ? '' : `${text}\n`;
}

/** Without characters that XML and terminals don't take, and with whole letters only. */
export function visible(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u0080-\u009f\ufeff\ufffe\uffff]/g, '').replaceAll(/\p{Surrogate}/gu, '\ufffd');
}
