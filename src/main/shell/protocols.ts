/** The two schemes of the window: app:// for its own page, media:// for the files of tasks. Nothing else on the disk can be asked for. */
import { protocol } from 'electron/main';
import type { EngineApi } from '../../shared/contract.ts';
import { TaskError } from '../../shared/errors.ts';
import { findTaskFile, parseTaskFilePath } from '../host/task-file.ts';
import { answerAppFile } from './app-files.ts';
import { answerMedia } from './media-stream.ts';

const PRIVILEGES = { standard: true, secure: true, stream: true, supportFetchAPI: true };

/** Must be called before the app is ready. */
export function declareSchemes(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { ...PRIVILEGES, codeCache: true } }, { scheme: 'media', privileges: { ...PRIVILEGES, corsEnabled: true } }]);
}

/** Call it when the app is ready. */
export function serveSchemes(rendererDir: string, api: Pick<EngineApi, 'getTask'>): void {
  protocol.handle('app', (request) => answerAppFile(rendererDir, request));
  protocol.handle('media', (request) => answerTaskFile(api, request));
}

async function answerTaskFile(api: Pick<EngineApi, 'getTask'>, request: Request): Promise<Response> {
  const { host, pathname } = new URL(request.url);
  const file = host === 'task' ? parseTaskFilePath(pathname) : null;
  // A page that asks for a part of a text is asked back first whether it may.
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { ...FOR_OUR_PAGE, 'access-control-allow-headers': 'range' } });
  if (file === null || request.method !== 'GET') return new Response(null, { status: 404, headers: FOR_OUR_PAGE });
  try {
    const answer = await answerMedia(await findTaskFile(api, file), request.headers.get('range'));
    for (const [name, value] of Object.entries(FOR_OUR_PAGE)) answer.headers.set(name, value);
    return answer;
  } catch (thrown) {
    // A player shows no text; the task's own page says what is missing.
    return new Response(TaskError.from(thrown).message, { status: 404, headers: { ...FOR_OUR_PAGE, 'content-type': 'text/plain; charset=utf-8' } });
  }
}

/** media:// is another origin than the page's. */
const FOR_OUR_PAGE = { 'access-control-allow-origin': 'app://longhaul' };
