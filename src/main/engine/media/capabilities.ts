/** What the given FFmpeg can do. Builds differ: distributions leave out encoders, static builds leave out fonts. */
import { stat } from 'node:fs/promises';
import { TaskError } from '../../../shared/errors.ts';
import { describeExit, runTool } from './child.ts';

export interface Capabilities {
  /** `5.1.9-0+deb12u1`. */
  readonly version: string;
  /** Version, and size and time of the program: changes whenever another program stands there. */
  readonly fingerprint: string;
  readonly encoders: ReadonlySet<string>;
  readonly filters: ReadonlySet<string>;
  readonly muxers: ReadonlySet<string>;
}

/** It prints its lists at once. */
const LIST_TIMEOUT_MS = 30_000;

const known = new Map<string, Promise<Capabilities>>();

/** Asked once per program and process. */
export async function capabilitiesOf(ffmpegPath: string, signal: AbortSignal): Promise<Capabilities> {
  const stamp = await stat(ffmpegPath).then(
    ({ size, mtimeMs }) => `${size}/${Math.round(mtimeMs)}`,
    (cause: unknown) => {
      throw new TaskError('TOOL_MISSING', `${ffmpegPath} is not there. Run the set-up again, or see what \`longhaul doctor\` says.`, { cause });
    },
  );
  const key = `${ffmpegPath} ${stamp}`;
  let asked = known.get(key);
  if (asked === undefined) {
    asked = ask(ffmpegPath, stamp, signal);
    known.set(key, asked);
    asked.catch(() => known.delete(key));
  }
  return asked;
}

async function ask(ffmpegPath: string, stamp: string, signal: AbortSignal): Promise<Capabilities> {
  const [version, encoders, filters, muxers] = await Promise.all(['-version', '-encoders', '-filters', '-muxers'].map((flag) => print(ffmpegPath, flag, signal)));
  const name = /^ffmpeg version (\S+)/m.exec(version ?? '')?.[1] ?? 'unknown';
  return { version: name, fingerprint: `${name} ${stamp}`, encoders: names(encoders), filters: names(filters), muxers: names(muxers) };
}

async function print(ffmpegPath: string, flag: string, signal: AbortSignal): Promise<string> {
  const result = await runTool({ path: ffmpegPath, args: ['-hide_banner', '-v', 'error', flag], signal, timeoutMs: LIST_TIMEOUT_MS });
  if (result.exitCode !== 0) throw new TaskError('TOOL_FAILED', `${ffmpegPath} ${flag} failed. Run the set-up again, or see what \`longhaul doctor\` says.`, { details: describeExit(result) });
  return result.stdout;
}

/** Every list has flags first and the name second: ` V....D libx264  …`, `  E mp4  …`. One line may name several with commas. */
function names(list = ''): Set<string> {
  const found = new Set<string>();
  for (const line of list.split('\n')) {
    const name = /^ +[A-Z.|]{1,6} +([\w,-]+) /.exec(line)?.[1];
    for (const one of name?.split(',') ?? []) found.add(one);
  }
  return found;
}
