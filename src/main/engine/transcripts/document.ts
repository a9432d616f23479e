/** The transcript that is kept of a task in the store: with words and confidences whatever files were asked for, so that it can be edited. */
import * as z from 'zod';
import { transcript, type Transcript } from '../../../shared/transcript.ts';

/** What the window gets, and the model, which tells how fast this machine is with it. Stored as JSON and read back as untrusted input. */
export const transcriptDocument = transcript.extend({ model: z.string() });
export type TranscriptDocument = z.infer<typeof transcriptDocument>;

/** A transcript as the handler's formats have it. */
interface TimedTranscript {
  readonly language: string;
  readonly model: string;
  readonly durationSeconds: number;
  readonly segments: Readonly<Transcript['segments']>;
}

/** The document of what the handler heard. */
export function documentOf({ language, model, durationSeconds, segments }: TimedTranscript): TranscriptDocument {
  return { language, model, durationMs: Math.round(durationSeconds * 1000), segments: [...segments] };
}

/** The other way round, for the formats. */
export function timedTranscript({ language, model, durationMs, segments }: TranscriptDocument): TimedTranscript {
  return { language, model, durationSeconds: durationMs / 1000, segments };
}
