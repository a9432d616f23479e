/** `longhaul run`: does the work that is there and the work that comes. */
import { EXIT, type Command } from '../command.ts';
import { renderOutcome, sortOutcome } from '../outcome.ts';
import { usage } from '../values.ts';
import { printOutcome, work } from '../work.ts';

export const run: Command = {
  name: 'run',
  synopsis: '[--until-idle]',
  summary: 'Do the work in the queue, and what is added meanwhile, until stopped.',
  options: { 'until-idle': { help: 'end when nothing is left to do' } },
  notes: ['Ctrl-C stops safely: what was being worked on goes on from its checkpoint with the next run. A second Ctrl-C ends at once.'],
  async run(call) {
    if (call.positionals.length > 0) throw usage('run takes no files. `longhaul do FILE --recipe NAME` adds and runs them.');
    const until = call.options.has('until-idle') ? 'idle' : 'endless';
    const { end, results } = await work(call, { isSelective: false, begin: () => Promise.resolve(until), finish: () => Promise.resolve() });
    printOutcome(call, { tasks: results.tasks }, renderOutcome(sortOutcome(results.tasks, false)));
    if (end === 'stopped') return EXIT.interrupted;
    return results.failedIds.size > 0 ? EXIT.failed : EXIT.done;
  },
};
