/** `longhaul status`: what runs, what waits and for what, and what takes space. */
import type { EngineStatus } from '../../../shared/contract.ts';
import { EXIT, printJson, printLines, type Command } from '../command.ts';
import { withSession } from '../session.ts';
import { formatBytes } from '../terminal/format.ts';
import { clean } from '../terminal/text.ts';
import { summarise } from '../view.ts';

const HOLDS: Readonly<Record<EngineStatus['holds'][number], string>> = {
  user: 'on hold, as somebody asked', battery: 'the machine runs on battery', heat: 'the machine is too hot', foreground: 'somebody uses the machine', disk: 'a disk has too little free space',
};

export const status: Command = {
  name: 'status',
  synopsis: '',
  summary: 'Say what runs, what waits and for what, and how much space temporary files take.',
  options: {},
  async run({ host, dataDir, isJson }) {
    return withSession({ host, dataDir, tools: null }, async ({ api }) => {
      const found = await api.getStatus({});
      if (isJson) printJson(host, found);
      else printLines(host, describeStatus(found));
      return EXIT.done;
    });
  },
};

/** Lines for people. */
export function describeStatus(found: EngineStatus): string[] {
  const { isRunning, pid, holds, queues, tempBytes } = found;
  const width = Math.max(...queues.map(({ name }) => name.length));
  return [
    summarise(found),
    isRunning ? `Longhaul works on it (process ${String(pid)}).` : 'Nobody works on it now: start the app, `longhaul run` or `longhaul serve`.',
    ...holds.map((hold) => `Nothing is started: ${HOLDS[hold]}.`),
    ...queues.map(({ name, running, concurrency, waitsFor }) => clean(`${name.padEnd(width)}  ${String(running)} of ${String(concurrency)} running${waitsFor.map(describeWait).join('')}`)),
    `Temporary files: ${formatBytes(tempBytes)}`,
  ];
}

function describeWait({ reason, taskId, detail }: EngineStatus['queues'][number]['waitsFor'][number]): string {
  return `; ${taskId === undefined ? '' : `task ${String(taskId)} `}waits for ${detail ?? reason}`;
}
