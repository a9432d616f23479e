/** What a task that waited for others is given of each of them when it is claimed. */
import type * as z from 'zod';
import { task } from './task.ts';

export const dependencyResult = task.pick({ id: true, type: true, recipe: true, status: true, inputs: true, outputs: true, durationMs: true, error: true });
export type DependencyResult = z.infer<typeof dependencyResult>;
