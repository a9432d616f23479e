/** Files of the browser's machine on their way to the machine that does the work. */
import type { Envelope } from '../../shared/contract.ts';
import { ApiError, disconnected } from './api-error.ts';
import type { PathOptions } from './transport.ts';

/** Uploads at a time: enough to fill the line when files are small. */
const PARALLEL = 3;

/** Uploads all and gives their paths there, in the files' order. The first failure ends it. */
export async function uploadFiles(files: readonly File[], options: PathOptions = {}): Promise<string[]> {
  const loaded = files.map(() => 0);
  const bytesTotal = files.reduce((sum, file) => sum + file.size, 0);
  let filesDone = 0;
  let bytesDone = 0;
  const report = () => options.onProgress?.({ filesDone, filesTotal: files.length, bytesDone, bytesTotal });
  const paths: string[] = files.map(() => '');
  const queue = files.entries();
  const takeFromQueue = async (): Promise<void> => {
    for (const [index, file] of queue) {
      paths[index] = await uploadFile(file, options.signal, (bytes) => {
        bytesDone += bytes - (loaded[index] ?? 0);
        loaded[index] = bytes;
        report();
      });
      filesDone += 1;
      report();
    }
  };
  report();
  await Promise.all(Array.from({ length: Math.min(PARALLEL, files.length) }, takeFromQueue));
  return paths;
}

/** XMLHttpRequest and not fetch: only it tells how much of a body is on its way. */
function uploadFile(file: File, signal: AbortSignal | undefined, onLoaded: (bytes: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/upload?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded }) => onLoaded(loaded));
    request.addEventListener('load', () => {
      const answer: unknown = request.response;
      if (!isUploadAnswer(answer)) return reject(new ApiError({ code: 'IO_ERROR', message: `${file.name} could not be uploaded (status ${request.status}).`, retryable: true }));
      if (!answer.ok) return reject(new ApiError(answer.error));
      resolve(answer.value.path);
    });
    request.addEventListener('error', () => reject(disconnected()));
    request.addEventListener('abort', () => reject(new DOMException('The upload was cancelled.', 'AbortError')));
    signal?.addEventListener('abort', () => request.abort());
    if (signal?.aborted === true) reject(new DOMException('The upload was cancelled.', 'AbortError'));
    else request.send(file);
  });
}

function isUploadAnswer(answer: unknown): answer is Envelope<{ path: string }> {
  return typeof answer === 'object' && answer !== null && 'ok' in answer && typeof answer.ok === 'boolean';
}
