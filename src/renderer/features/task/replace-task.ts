/** The same work once more with something changed: a new task takes the place of one that failed. */
import i18next from 'i18next';
import type { NewTask } from '../../../shared/contract.ts';
import type { Task } from '../../../shared/task.ts';
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { openTask } from '../../store/view.ts';
import { toast } from '../../ui/toast.ts';

/** What is different this time. */
export type Replacement = { readonly input: string } | { readonly outputDir: string } | { readonly recipe: string };

/** The new task is committed before the old one leaves the list, so that nothing is lost in between. */
export async function replaceTask(task: Task, change: Replacement): Promise<void> {
  const { tasks: [added] } = await api.addTasks({ tasks: [replacementOf(task, change)] });
  await api.removeTasks({ ids: [task.id] });
  if (added === undefined) return;
  toast.done(i18next.t('task:replaced'));
  if (useMirror.getState().tasks.has(added.id)) openTask(added.id);
  else openWhenMirrored(added.id);
}

/** Another recipe has other options: only those of the old one are taken along where it stays. */
export function replacementOf(task: Pick<Task, 'inputs' | 'recipe' | 'options' | 'outputDir' | 'priority' | 'dependsOn'>, change: Replacement): NewTask {
  const { inputs, recipe, options, outputDir, priority, dependsOn } = task;
  const same = { input: inputs[0] ?? '', recipe, outputDir, priority, dependsOn, set: 'recipe' in change ? {} : options };
  return { ...same, ...change };
}

/** Its delta may be a moment behind the answer. */
function openWhenMirrored(id: Task['id']): void {
  const stop = useMirror.subscribe(({ tasks }) => {
    if (!tasks.has(id)) return;
    stop();
    openTask(id);
  });
}
