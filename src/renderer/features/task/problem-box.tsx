import { ErrorText } from '../../ui/error-text.tsx';
import { fileName } from '../../ui/paths.ts';
import type { Task } from '../../../shared/task.ts';
import { CureButtons } from './cure-buttons.tsx';
import { ErrorDetails } from './error-details.tsx';
import classes from './task-panel.module.css';

/** Why it failed or tries again, and what helps. */
export function ProblemBox({ task, onShowLog }: { readonly task: Task; readonly onShowLog: () => void }) {
  const error = task.error ?? (task.status === 'retrying' ? task.lastError : null);
  if (error === null) return null;
  return (
    <section className={classes.problem} role="alert">
      <ErrorText error={error} name={fileName(task.inputs[0] ?? '')} />
      <ErrorDetails error={error} />
      <CureButtons task={task} code={error.code} onShowLog={onShowLog} />
    </section>
  );
}
