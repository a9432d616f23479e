/** Pictures and text of a document. Each page is a checkpoint. */
import { copyFile, link, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { documentPreviewOptions, type DocumentPreviewOptions, type DocumentResult } from '../../../../shared/document-options.ts';
import { TaskError } from '../../../../shared/errors.ts';
import { displayName } from '../../media/display-name.ts';
import { cellsThatFit, writeSheet } from '../../media/page-pictures.ts';
import { identifySource, type SourceIdentity } from '../../media/source-identity.ts';
import { requireUnchanged } from '../film-source.ts';
import type { Draft, Handler } from '../handler.ts';
import { outputName } from '../output-name.ts';
import { adviseOnSpace, clearWorkFolder } from '../work-folder.ts';
import { checkDrafts, type Expected } from './check.ts';
import { estimateDocument } from './estimate.ts';
import { cellWidth, wantedPages } from './pages.ts';
import { makeParts, part, plan, wantsPageText, type Context, type Part, type Piece, type Plan, type Work } from './parts.ts';
import { openDocument, type DocumentSource } from './source.ts';

const expectations = new WeakMap<Context, readonly Expected[]>();

export const handler: Handler<DocumentPreviewOptions, Plan, Part> = {
  type: 'document_preview',
  options: documentPreviewOptions,
  plan,
  part,
  async perform(context) {
    const [path] = context.task.inputs;
    if (path === undefined) throw new TaskError('USAGE', 'The task has no input file. Add it again with one.');
    const identity = await identifySource(path);
    const stored = context.checkpoint.plan;
    const isSame = stored !== undefined && JSON.stringify(stored.source) === JSON.stringify(identity);
    const source = await openDocument(context, path, isSame ? stored.converted : null);
    try {
      const work = await planWork(context, source, path, identity);
      await makeParts(work);
      await requireUnchanged({ path, identity });
      const expected = await writeDrafts(work, path);
      expectations.set(context, expected);
      return expected.map(({ draft }) => draft);
    } finally {
      source.close();
    }
  },
  async check(drafts, context) {
    const expected = expectations.get(context);
    if (expected === undefined || drafts.length !== expected.length) throw new TaskError('INTERNAL', 'The check was asked for before the work. Retry the task; if it happens again, report it.');
    await checkDrafts(expected, context);
  },
};

async function planWork(context: Context, source: DocumentSource, path: string, identity: SourceIdentity): Promise<Work> {
  const { options } = context.task;
  const name = displayName(path);
  if (source.pageCount < 1) throw new TaskError('INPUT_DAMAGED', `${name} has no pages: it is damaged or was cut short. Copy or download it again.`);
  const results = new Set<DocumentResult>(options.what);
  const wanted = wantedPages(options.pages, source.pageCount);
  if (wanted === null) throw new TaskError('OPTION_INVALID', `${name} has ${String(source.pageCount)} ${source.pageCount === 1 ? 'page' : 'pages'}, none of them among ${options.pages}. Choose other pages.`);
  const isEachWanted = results.has('pages') || results.has('contact-sheet') || wantsPageText({ context, results, source });
  const pages = isEachWanted ? wanted.slice(0, options.maxPages) : wanted.slice(0, 1);
  if (isEachWanted && wanted.length > pages.length) context.warn(`The document has ${String(wanted.length)} pages; the first ${String(pages.length)} are taken. Raise the option maxPages for more, or choose pages.`);
  const estimate = estimateDocument({ options, pages: pages.length, sizeBytes: identity.sizeBytes });
  context.estimate(estimate);
  await adviseOnSpace(context, estimate.tempBytes);
  await settlePlan(context, { source: identity, how: howOf(options, source), pageCount: source.pageCount, pages, converted: source.converted });
  return { context, source, pages, results };
}

/** overwrite decides where results go, not what they are. */
function howOf({ what, pages, maxPages, dpi, width, format, quality }: DocumentPreviewOptions, { kind, fingerprint }: DocumentSource): string {
  return JSON.stringify([kind, fingerprint, [...what].sort(), pages, maxPages, dpi, width, format, quality]);
}

async function settlePlan(context: Context, now: Plan): Promise<void> {
  const stored = context.checkpoint.plan;
  const isSame = stored !== undefined && JSON.stringify(stored) === JSON.stringify(now);
  if (stored !== undefined && !isSame) context.log('the pages made so far are of no use, as the document, the options or the program are others: starting over');
  if (!isSame) await context.checkpoint.savePlan(now, now.pages.length);
  const kept = [...context.checkpoint.parts.values()].flatMap(({ pieces }) => pieces.map(({ file }) => file.name));
  await clearWorkFolder(context.workDir, new Set([...kept, ...(now.converted === null ? [] : [now.converted.name])]));
}

async function writeDrafts(work: Work, path: string): Promise<Expected[]> {
  const { context, results, pages } = work;
  const parts = pages.map((page, index) => ({ page, part: requirePart(context, index) }));
  if (parts.some(({ part: { isLimited } }) => isLimited)) context.warn('Some pages would have been too large as pictures and are smaller than was asked for.');
  return [
    ...(results.has('pages') ? await Promise.all(parts.map((one) => pageDraft(work, path, one))) : []),
    ...(results.has('thumbnail') ? [await thumbnailDraft(work, path)] : []),
    ...(results.has('contact-sheet') ? [await sheetDraft(work, path)] : []),
    ...(results.has('text') ? await textDraft(work, path) : []),
  ];
}

async function pageDraft({ context, source }: Work, path: string, { page, part: { pieces, widthPoints, heightPoints } }: { page: number; part: Part }): Promise<Expected> {
  const digits = Math.max(3, String(source.pageCount).length);
  return await pictureDraft(context, path, `${context.task.suffix}.page-${String(page + 1).padStart(digits, '0')}`, requirePiece(pieces, 'page'), widthPoints / heightPoints);
}

async function thumbnailDraft(work: Work, path: string): Promise<Expected> {
  const { context, results } = work;
  const { pieces, widthPoints, heightPoints } = requirePart(context, 0);
  const isAlone = !results.has('pages') && !results.has('contact-sheet');
  return await pictureDraft(context, path, isAlone && context.task.suffix !== '' ? context.task.suffix : `${context.task.suffix}.thumbnail`, requirePiece(pieces, 'thumbnail'), widthPoints / heightPoints);
}

async function pictureDraft(context: Context, path: string, suffix: string, { file, width, height }: Piece, aspect: number): Promise<Expected> {
  const draft = context.draft(outputName(path, suffix, context.task.options.format));
  await place(join(context.workDir, file.name), draft);
  return { kind: 'picture', draft, format: context.task.options.format, width, height, aspect };
}

/** The same file by a second name where its disk is the same: a part is never written to again. */
async function place(from: string, { tempPath }: Draft): Promise<void> {
  await link(from, tempPath).catch(() => copyFile(from, tempPath));
}

async function sheetDraft({ context, pages, results }: Work, path: string): Promise<Expected> {
  const { options, suffix } = context.task;
  context.progress({ current: pages.length, total: pages.length, message: 'laying out' });
  const cells = pages.map((page, index) => {
    const { file, width, height } = requirePiece(requirePart(context, index).pieces, 'cell');
    return { path: join(context.workDir, file.name), width, height, label: String(page + 1) };
  });
  const columns = Math.min(options.columns, cells.length);
  const layout = { cells, columns, cellWidth: cellWidth(options.width) };
  const fitting = cellsThatFit(layout);
  if (fitting === 0) throw new TaskError('OPTION_INVALID', 'The contact sheet would be too large as a picture. Choose a smaller width or fewer columns.');
  if (fitting < cells.length) context.warn(`The contact sheet shows the first ${String(fitting)} of ${String(cells.length)} pages: more would make it too large. Choose a smaller width, or pages.`);
  const isNamed = results.size === 1 && suffix !== '';
  const draft = context.draft(outputName(path, isNamed ? suffix : `${suffix}.contact-sheet`, options.format));
  const size = await writeSheet({ ...layout, cells: cells.slice(0, fitting), title: displayName(path) }, { path: draft.tempPath, format: options.format, quality: options.quality });
  return { kind: 'picture', draft, format: options.format, ...size, aspect: size.width / size.height };
}

/** None where the document has no words but other results were made: a scan. */
async function textDraft(work: Work, path: string): Promise<Expected[]> {
  const { context, source, results } = work;
  const text = wantsPageText(work) ? await pageTexts(work) : (source.wholeText ?? '');
  if (text.trim() === '') {
    const why = source.wholeText === null ? 'its pages are pictures (a scan)' : 'it holds no words';
    if (results.size === 1) throw new TaskError('INPUT_NO_STREAM', `${displayName(path)} has no text: ${why}. Choose a recipe that makes pictures of its pages.`);
    context.warn(`The document has no text, as ${why}: only pictures were made.`);
    return [];
  }
  const draft = context.draft(outputName(path, context.task.suffix, 'txt'));
  await writeFile(draft.tempPath, text);
  return [{ kind: 'text', draft, text }];
}

async function pageTexts({ context, pages }: Work): Promise<string> {
  const texts: string[] = [];
  for (const index of pages.keys()) {
    const piece = requirePart(context, index).pieces.find(({ kind }) => kind === 'text');
    if (piece !== undefined) texts.push((await readFile(join(context.workDir, piece.file.name), 'utf8')).trimEnd());
  }
  return texts.length === 0 ? '' : `${texts.join('\n\n')}\n`;
}

function requirePart({ checkpoint }: Context, index: number): Part {
  const found = checkpoint.parts.get(index);
  if (found === undefined) throw new TaskError('INTERNAL', `Page ${String(index + 1)} of the plan was not made. Retry the task; if it happens again, report it.`, { retryable: true });
  return found;
}

function requirePiece(pieces: readonly Piece[], kind: Piece['kind']): Piece {
  const found = pieces.find((piece) => piece.kind === kind);
  if (found === undefined) throw new TaskError('INTERNAL', `A page lacks its ${kind}. Retry the task; if it happens again, report it.`, { retryable: true });
  return found;
}
