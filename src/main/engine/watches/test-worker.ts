/** A worker process that makes of each input a copy that looks like a film: what tests of watched folders need done. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { TaskError } from '../../../shared/errors.ts';
import type { Handler } from '../handlers/handler.ts';
import { serveOrders } from '../workers/serve.ts';

/** The sign by which a test makes all work wait: a file of this name beside the work folders. */
const WAIT = 'wait';

const copying: Handler<object, object, object> = {
  type: 'video_thumbnail', options: z.looseObject({}), plan: z.looseObject({}), part: z.looseObject({}),
  async perform(context) {
    const input = String(context.task.inputs[0]);
    while (existsSync(join(context.workDir, '..', '..', '..', WAIT))) await wait(20, undefined, { signal: context.signal });
    const content = await readFile(input).catch(() => {
      throw new TaskError('INPUT_MISSING', `${input} is not there any more. Put it back, then retry.`);
    });
    const draft = context.draft(`${basename(input, extname(input))}.made.mpg`);
    await writeFile(draft.tempPath, Buffer.concat([content, Buffer.from('made')]));
    return [draft];
  },
  async check(drafts) {
    for (const { tempPath } of drafts) await readFile(tempPath);
  },
};

process.on('disconnect', () => process.exit(0));
serveOrders(new Map([[copying.type, copying]]), {
  send: (message) => void process.send?.(message),
  onMessage: (listener) => void process.on('message', listener),
});
