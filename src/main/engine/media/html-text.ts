/** The words of an HTML page: no scripts, no pictures, nothing fetched. The only user of parse5 and marked. */
import { TextCollector, type TextDocument } from './text-blocks.ts';

/** What begins a paragraph of its own. */
const BLOCKS = new Set(('address article aside blockquote body caption dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol option p pre section summary table tbody tfoot thead title tr ul').split(' '));
const HEADINGS = /^(h[1-6]|title)$/;
/** What is no text to read. Their contents are not markup either. */
const SILENT = new Set(['script', 'style', 'template', 'noscript', 'iframe', 'noembed', 'noframes', 'textarea', 'svg', 'math', 'object', 'audio', 'video', 'canvas', 'select']);
/** Within these parse5 must be told that what looks like markup is none. */
const RAW_TEXT = new Set(['script', 'style', 'iframe', 'noembed', 'noframes', 'xmp']);
const RCDATA = new Set(['title', 'textarea']);
/** Markdown is parsed at once, so a text of more than this is shown as it is written. */
const MARKDOWN_LIMIT = 2_000_000;

/**
 * By parse5's tokenizer alone, which takes time in proportion to the text: building the tree of a page that is nested a hundred thousand
 * deep would not.
 */
export async function htmlText(html: string, collector = new TextCollector()): Promise<TextCollector> {
  const { Tokenizer, TokenizerMode } = await import('parse5');
  const words = new Words(collector);
  const tokenizer = new Tokenizer({ sourceCodeLocationInfo: false }, {
    onStartTag: ({ tagName, selfClosing, attrs }) => {
      words.open(tagName, selfClosing, attrs.find(({ name }) => name === 'alt')?.value);
      if (RAW_TEXT.has(tagName) && !selfClosing) tokenizer.state = tagName === 'script' ? TokenizerMode.SCRIPT_DATA : TokenizerMode.RAWTEXT;
      else if (RCDATA.has(tagName) && !selfClosing) tokenizer.state = TokenizerMode.RCDATA;
      if (RAW_TEXT.has(tagName) || RCDATA.has(tagName)) tokenizer.lastStartTagName = tagName;
    },
    onEndTag: ({ tagName }) => words.close(tagName),
    onCharacter: ({ chars }) => words.text(chars),
    onWhitespaceCharacter: ({ chars }) => words.text(chars),
    onNullCharacter: () => undefined,
    onComment: () => undefined,
    onDoctype: () => undefined,
    onEof: () => words.end(),
  });
  tokenizer.write(html, true);
  return collector;
}

/** What marked makes of it, as words. Code stays as it is written. */
export async function markdownText(markdown: string): Promise<TextDocument> {
  const html = markdown.length > MARKDOWN_LIMIT ? null : await markdownToHtml(markdown);
  if (html !== null) return (await htmlText(html)).finish();
  const collector = new TextCollector();
  collector.add(markdown);
  collector.end('code');
  return collector.finish();
}

/** Null: it is nested too deeply for marked. */
async function markdownToHtml(markdown: string): Promise<string | null> {
  const { marked } = await import('marked');
  try {
    return marked.parse(withoutFrontMatter(markdown), { async: false });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Settings of a website's generator, before the text. */
function withoutFrontMatter(markdown: string): string {
  return markdown.replace(/^\ufeff?---\r?\n(?:[^\n]*\n){0,200}?---\r?\n/, '');
}

/** Makes paragraphs of tags and characters. */
class Words {
  readonly #collector: TextCollector;
  #silent: { readonly name: string; depth: number } | null = null;
  #preDepth = 0;
  #heading: string | null = null;
  #hasSpace = true;
  #cells = 0;

  constructor(collector: TextCollector) {
    this.#collector = collector;
  }

  open(name: string, selfClosing: boolean, alt: string | undefined): void {
    if (this.#silent !== null) {
      if (name === this.#silent.name && !selfClosing) this.#silent.depth += 1;
      return;
    }
    if (SILENT.has(name)) {
      if (!selfClosing) this.#silent = { name, depth: 1 };
      return;
    }
    if (name === 'img' && alt !== undefined && alt.trim() !== '') this.text(` [${alt.trim()}] `);
    if (name === 'br') this.#newLine();
    if (name === 'td' || name === 'th') this.#startCell();
    if (!BLOCKS.has(name)) return;
    this.#endParagraph();
    if (name === 'pre') this.#preDepth += 1;
    if (name === 'tr') this.#cells = 0;
    if (name === 'li') this.#put('• ');
    if (HEADINGS.test(name)) this.#heading = name;
  }

  close(name: string): void {
    if (this.#silent !== null) {
      if (name === this.#silent.name) this.#silent.depth -= 1;
      if (this.#silent.depth === 0) this.#silent = null;
      return;
    }
    if (!BLOCKS.has(name)) return;
    this.#endParagraph();
    if (name === 'pre') this.#preDepth = Math.max(0, this.#preDepth - 1);
    if (name === this.#heading) this.#heading = null;
  }

  text(characters: string): void {
    if (this.#silent !== null) return;
    if (this.#preDepth > 0) {
      this.#collector.add(characters);
      return;
    }
    const folded = characters.replaceAll(/[ \t\n\r\f]+/g, ' ');
    this.#put(this.#hasSpace && folded.startsWith(' ') ? folded.slice(1) : folded);
  }

  end(): void {
    this.#endParagraph();
  }

  #put(text: string): void {
    if (text === '') return;
    this.#collector.add(text);
    this.#hasSpace = text.endsWith(' ');
  }

  #newLine(): void {
    this.#collector.add('\n');
    this.#hasSpace = true;
  }

  #startCell(): void {
    if (this.#cells > 0) this.#collector.add('\t');
    this.#cells += 1;
    this.#hasSpace = true;
  }

  #endParagraph(): void {
    this.#collector.end(this.#preDepth > 0 ? 'code' : this.#heading === null ? 'text' : 'heading');
    this.#hasSpace = true;
  }
}
