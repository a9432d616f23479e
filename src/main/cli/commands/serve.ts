/** `longhaul serve`: the queue with its window in a browser. */
import { join } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { EXIT, printJson, printLines, type Call, type Command } from '../command.ts';
import { openSession, type Session } from '../session.ts';
import { clean } from '../terminal/text.ts';
import { locateForWork } from '../tools.ts';
import { usage } from '../values.ts';

export const serve: Command = {
  name: 'serve',
  synopsis: '[--port N]',
  summary: 'Do the work in the queue, with its window in a browser on this computer.',
  options: { port: { value: 'N', help: 'the port to use, and no other; 0: any free one (default: 7460 or the next free one)' } },
  notes: [
    'Prints a link that opens the window once, within an hour. Run the command again for a new link; it asks the server that runs.',
    'Only this computer reaches it. From another one: ssh -L 7460:127.0.0.1:7460 COMPUTER, then open the link there.',
    'Ctrl-C stops safely: what was being worked on goes on from its checkpoint with the next start. A second Ctrl-C ends at once.',
  ],
  async run(call) {
    if (call.positionals.length > 0) throw usage('serve takes no files. Drop them into the window, or add them with `longhaul add`.');
    const port = parsePort(call.options.last('port'));
    const { host, dataDir } = call;
    const signal = host.listenForStop();
    const session = await openSession({ host, dataDir, signal, tools: () => locateForWork(host, dataDir, signal) }).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (session === null) return EXIT.done;
    try {
      return await (session.ownerPid === null ? serveUntilStopped(call, session, port, signal) : showNewLink(call, session.ownerPid));
    } finally {
      await session.close();
    }
  },
};

async function serveUntilStopped(call: Call, session: Session, port: number | null, signal: AbortSignal): Promise<number> {
  const { host, dataDir, isJson } = call;
  const { startServe } = await import('../../serve/index.ts');
  const say = (line: string): void => { host.err.write(`${clean(line)}\n`); };
  const stopTelling = session.on((event) => { if (event.kind === 'trouble' && event.trouble !== null) say(event.trouble.message); });
  const served = await startServe({
    api: session.api, on: (listener) => session.on(listener), dataDir, rendererDir: join(host.builtDir, '..', 'renderer'), resourcesDir: host.resourcesDir, port,
    version: host.version, platform: host.platform, recoveredTasks: session.rescuedCount, now: host.now, log: say,
  });
  try {
    showLink(call, { url: served.link(), port: served.port, pid: process.pid });
    if (!isJson) printLines(host, ['Ctrl-C stops safely.']);
    if (session.rescuedCount > 0) say(`${String(session.rescuedCount)} interrupted ${session.rescuedCount === 1 ? 'task goes' : 'tasks go'} on from the last checkpoint.`);
    await aborted(signal);
    say('Stopping; the work goes on from here with the next start.');
    return EXIT.done;
  } finally {
    stopTelling();
    await served.close();
  }
}

async function showNewLink(call: Call, ownerPid: number): Promise<number> {
  const { askForLink } = await import('../../serve/index.ts');
  const found = await askForLink(call.dataDir, ownerPid);
  if (found === null) throw new TaskError('STORE_OWNED', `Process ${String(ownerPid)} works with the data folder ${call.dataDir} and has no window in a browser. End it, or choose another folder with --data.`);
  showLink(call, { ...found, pid: ownerPid });
  return EXIT.done;
}

function showLink({ host, dataDir, isJson }: Call, { url, port, pid }: { url: string; port: number; pid: number }): void {
  if (isJson) printJson(host, { url, port, pid, dataDir });
  else {
    const head = pid === process.pid ? `Longhaul works on the queue in ${clean(dataDir)}.` : `Longhaul is running already, in process ${String(pid)}.`;
    printLines(host, [`${head} Open this link; it works once, within an hour:`, '', `  ${url}`, '', 'For a new link run `longhaul serve` again in another terminal.']);
  }
}

/** A port of TCP, or 0. */
function parsePort(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw usage(`--port takes a number from 0 to 65535, not "${text}".`);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => { signal.addEventListener('abort', () => { resolve(); }, { once: true }); });
}
