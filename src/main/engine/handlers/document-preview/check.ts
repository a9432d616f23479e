/** Opens what was made as a stranger would. */
import { readFile } from 'node:fs/promises';
import { TaskError } from '../../../../shared/errors.ts';
import { displayName } from '../../media/display-name.ts';
import { openPicture, type PictureFormat } from '../../media/page-pictures.ts';
import type { Draft } from '../handler.ts';

export type Expected =
  /** aspect: width to height of the page. */
  | { readonly kind: 'picture'; readonly draft: Draft; readonly format: PictureFormat; readonly width: number; readonly height: number; readonly aspect: number }
  | { readonly kind: 'text'; readonly draft: Draft; readonly text: string };

/** As sharp names them. */
const FORMATS = { jpg: 'jpeg', png: 'png', webp: 'webp' } as const;
/** A picture's sides are whole pixels. */
const ROUNDING_PIXELS = 1.01;
const AT_ONCE = 2;

interface Asking {
  readonly signal: AbortSignal;
}

/** Throws OUTPUT_CHECK_FAILED (retryable). */
export async function checkDrafts(expected: readonly Expected[], { signal }: Asking): Promise<void> {
  for (let from = 0; from < expected.length; from += AT_ONCE) {
    signal.throwIfAborted();
    await Promise.all(expected.slice(from, from + AT_ONCE).map(checkDraft));
  }
}

async function checkDraft(expected: Expected): Promise<void> {
  if (expected.kind === 'text') await checkText(expected);
  else await checkPicture(expected);
}

async function checkPicture({ draft, format, width, height, aspect }: Extract<Expected, { kind: 'picture' }>): Promise<void> {
  const found = await openPicture(draft.tempPath, draft.fileName);
  const isWhole = found.format === FORMATS[format] && found.width === width && found.height === height;
  const isInShape = Math.abs(found.width - found.height * aspect) <= ROUNDING_PIXELS * Math.max(1, aspect) || found.width === 1 || found.height === 1;
  if (isWhole && isInShape) return;
  throw failed(draft, `it is a ${found.format} of ${String(found.width)} x ${String(found.height)} instead of ${format} of ${String(width)} x ${String(height)}, aspect ${aspect.toFixed(4)}`);
}

async function checkText({ draft, text }: Extract<Expected, { kind: 'text' }>): Promise<void> {
  const found = await readFile(draft.tempPath, 'utf8');
  if (found !== text || found.trim() === '') throw failed(draft, `it holds ${String(found.length)} characters instead of ${String(text.length)}`);
}

function failed({ fileName }: Draft, what: string): TaskError {
  return new TaskError('OUTPUT_CHECK_FAILED', `${displayName(fileName)} did not pass its check: ${what}. The task tries again.`, { retryable: true });
}
