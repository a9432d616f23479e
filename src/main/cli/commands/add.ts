/** `longhaul add`: hands work in and is done. */
import { EXIT, printJson, printLines, type Command } from '../command.ts';
import { nameOf } from '../terminal/bar.ts';
import { count } from '../terminal/format.ts';
import { withSession } from '../session.ts';
import { ADDING_OPTIONS, newTasks } from './adding.ts';

export const add: Command = {
  name: 'add',
  synopsis: 'FILE… --recipe NAME [--set KEY=VALUE]… [--out DIR] [--priority P] [--after ID,…] [--at TIME] [--group NAME]',
  summary: 'Add work to the queue. Once it answers, the work is not lost any more.',
  options: ADDING_OPTIONS,
  notes: ['A report needs no FILE: longhaul add --recipe report --after 1,2,3 --after-settled --out DIR', 'A file name that starts with a dash goes behind --: longhaul add --recipe mp3 -- -take1-.wav'],
  async run(call) {
    const { host, dataDir, isJson } = call;
    const wanted = await newTasks(call);
    return withSession({ host, dataDir, tools: null }, async ({ api, ownerPid }) => {
      const { tasks } = await api.addTasks({ tasks: wanted });
      if (isJson) printJson(host, { tasks });
      else {
        printLines(host, tasks.map(({ id, status, isDuplicate }, index) => [`#${String(id)}`, wanted[index]?.recipe ?? '', nameOf({ inputs: [wanted[index]?.input ?? ''] }), isDuplicate === true ? `${status} (was there already)` : status].filter((part) => part !== '').join('  ')));
        const group = tasks.find(({ groupId }) => typeof groupId === 'number')?.groupId;
        if (typeof group === 'number') printLines(host, [`In group ${String(group)}: \`longhaul groups show ${String(group)}\``]);
        if (ownerPid === null) printLines(host, [`${count(tasks.filter(({ isDuplicate }) => isDuplicate !== true).length, 'task')} added. \`longhaul run\` does the work.`]);
      }
      return EXIT.done;
    });
  },
};
