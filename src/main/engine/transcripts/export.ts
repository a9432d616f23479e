/** Writes a transcript as a file for the user to keep. */
import { basename, extname } from 'node:path';
import type { ExportFormat } from '../../../shared/transcript.ts';
import { displayName } from '../media/display-name.ts';
import { outputName } from '../handlers/output-name.ts';
import { writeJson } from '../handlers/transcribe/formats/json.ts';
import { writeSrt } from '../handlers/transcribe/formats/srt.ts';
import { writeTxt } from '../handlers/transcribe/formats/txt.ts';
import { writeVtt } from '../handlers/transcribe/formats/vtt.ts';
import { writeAss } from './ass.ts';
import { writeCsv } from './csv.ts';
import { timedTranscript, type TranscriptDocument } from './document.ts';
import { writeDocx } from './docx.ts';
import { subtitleSegments } from './subtitle-segments.ts';

export interface ExportRequest {
  readonly format: ExportFormat;
  /** Of the recording; names the file and the document. */
  readonly inputPath: string;
  /** Whether VTT carries a time for each word, as the task's own files do. JSON always does. */
  readonly hasWordTimes: boolean;
}

export interface ExportedFile {
  readonly fileName: string;
  readonly mimeType: string;
  readonly bytes: Buffer;
}

/** IANA's names, and the customary ones of formats that have none there (SRT, ASS). */
const MIME_TYPES: Readonly<Record<ExportFormat, string>> = {
  srt: 'application/x-subrip', vtt: 'text/vtt', ass: 'text/x-ssa', txt: 'text/plain', json: 'application/json', csv: 'text/csv',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
};

export async function exportTranscript(document: TranscriptDocument, request: ExportRequest): Promise<ExportedFile> {
  const { format, inputPath } = request;
  const bytes = await render(document, request);
  return { fileName: outputName(inputPath === '' ? 'transcript' : inputPath, '', format), mimeType: MIME_TYPES[format], bytes };
}

async function render(document: TranscriptDocument, { format, inputPath, hasWordTimes }: ExportRequest): Promise<Buffer> {
  const name = displayName(inputPath === '' ? 'transcript' : inputPath);
  const title = basename(name, extname(name));
  const subtitles = (): TranscriptDocument => ({ ...document, segments: subtitleSegments(document.segments, document.language) });
  switch (format) {
    case 'srt':
      return Buffer.from(writeSrt(timedTranscript(subtitles())));
    case 'vtt':
      return Buffer.from(writeVtt(timedTranscript(subtitles()), hasWordTimes));
    case 'ass':
      return Buffer.from(writeAss(subtitles(), title));
    case 'txt':
      return Buffer.from(writeTxt(timedTranscript(document)));
    case 'json':
      return Buffer.from(writeJson(timedTranscript(document), true));
    case 'csv':
      return Buffer.from(writeCsv(document));
    case 'docx':
      return writeDocx(document, title);
  }
}
