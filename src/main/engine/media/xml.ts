/** Reads the XML of office documents piece by piece: the only user of saxes. No entities but XML's own five, nothing fetched. */
import { TaskError } from '../../../shared/errors.ts';
import { decodeText } from './plain-text.ts';

/** Names are without their prefix: `w:p` and `p` are the same. */
export interface XmlReader {
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly close: (name: string) => void;
  readonly text: (text: string) => void;
  /** Asked now and then; what follows is not read any more. */
  readonly isDone?: () => boolean;
}

/** Office documents are some dozens deep. */
const DEPTH_LIMIT = 2_000;
const PIECE_LETTERS = 65_536;

/** documentName: for what is said when it is damaged. Throws INPUT_DAMAGED, INPUT_NOT_ALLOWED. */
export async function readXml(bytes: Buffer, { documentName, signal }: { documentName: string; signal: AbortSignal }, reader: XmlReader): Promise<void> {
  const { SaxesParser } = await import('saxes');
  const decoded = await decodeText(bytes);
  if (decoded === null) throw damaged(documentName, 'it is not text');
  const parser = new SaxesParser({ xmlns: false, position: false });
  let depth = 0;
  parser.on('error', (error) => {
    throw damaged(documentName, error.message);
  });
  parser.on('doctype', (doctype) => {
    if (/<!ENTITY/i.test(doctype)) throw new TaskError('INPUT_NOT_ALLOWED', `${documentName} declares XML entities, which no office program writes and attacks are made of. If you trust it, open it in an office program and save it again.`);
  });
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1;
    if (depth > DEPTH_LIMIT) throw new TaskError('INPUT_NOT_ALLOWED', `${documentName} is nested more deeply than any real document. If you trust it, open it in an office program and save it as a PDF.`);
    reader.open(localName(name), Object.fromEntries(Object.entries(attributes).map(([key, value]) => [localName(key), value])));
  });
  parser.on('closetag', ({ name }) => {
    depth -= 1;
    reader.close(localName(name));
  });
  parser.on('text', (text) => reader.text(text));
  parser.on('cdata', (text) => reader.text(text));
  const text = decoded.text.replace(/^\ufeff/, '');
  for (let at = 0; at < text.length; at += PIECE_LETTERS) {
    signal.throwIfAborted();
    if (reader.isDone?.() === true) return;
    parser.write(text.slice(at, at + PIECE_LETTERS));
    // A stop and the engine's questions are heard between two pieces.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  parser.close();
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function damaged(documentName: string, details: string): TaskError {
  return new TaskError('INPUT_DAMAGED', `${documentName} is damaged: the XML in it can't be read. Open it in an office program and save it again, or copy it again.`, { details });
}
