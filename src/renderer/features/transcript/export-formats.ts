import type { ExportFormat } from '../../../shared/transcript.ts';

/** What a transcript can be exported to. As in shared/transcript.ts, which needs zod; a test compares. */
export const EXPORT_FORMATS = ['srt', 'vtt', 'ass', 'txt', 'docx', 'json', 'csv'] as const satisfies readonly ExportFormat[];
