/** A Word document: title, then paragraphs with the time at which each begins. */
import { formatTime } from '../handlers/transcribe/formats/transcript.ts';
import type { TranscriptDocument } from './document.ts';
import { makeParagraphs, type Paragraph } from './paragraphs.ts';
import { cleanText } from './segments.ts';

/** Times are there to find a place by, and step back behind the text. */
const TIME_COLOUR = '808080';
/** Half points: 9 pt. */
const TIME_SIZE = 18;
/** Twentieths of a point: 8 pt between paragraphs. */
const SPACE_AFTER = 160;
/** The first letter of the text that has a direction decides, as in Unicode's bidirectional algorithm (UAX 9, P2 and P3). */
const FIRST_STRONG_IS_RTL = /^\P{L}*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** The library is loaded with the first document: it is large, and most starts of Longhaul never need it. */
export async function writeDocx({ segments, language }: Pick<TranscriptDocument, 'segments' | 'language'>, title: string): Promise<Buffer> {
  const { Document, HeadingLevel, Packer, Paragraph: DocxParagraph, TextRun } = await import('docx');
  const runs = ({ startMs, text }: Paragraph) => {
    const rightToLeft = FIRST_STRONG_IS_RTL.test(text);
    const lines = text.split('\n').map((line, index) => new TextRun({ text: line, rightToLeft, ...(index === 0 ? {} : { break: 1 }) }));
    const time = new TextRun({ text: `${formatTime(startMs, '.').slice(0, -4)}  `, color: TIME_COLOUR, size: TIME_SIZE, rightToLeft });
    return new DocxParagraph({ children: [time, ...lines], bidirectional: rightToLeft, spacing: { after: SPACE_AFTER } });
  };
  const clean = segments.map((segment) => ({ ...segment, text: cleanText(segment.text) }));
  return Packer.toBuffer(
    new Document({
      title,
      creator: 'Longhaul',
      // For the spelling check.
      styles: { default: { document: { run: { language: { value: language } } } } },
      sections: [{ children: [new DocxParagraph({ text: title, heading: HeadingLevel.TITLE, bidirectional: FIRST_STRONG_IS_RTL.test(title) }), ...makeParagraphs(clean).map(runs)] }],
    }),
  );
}
