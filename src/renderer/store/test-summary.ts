/** A task for tests: a pending conversion, with what a test is about on top. */
import type { TaskSummary } from '../../shared/summary.ts';

export function testSummary(part: Partial<TaskSummary> = {}): TaskSummary {
  return {
    id: 1, type: 'video_convert', recipe: 'mp4-h264', status: 'pending', queue: 'media', priority: 5, progress: 0, progressCurrent: 0, progressTotal: 0, message: '', outputDir: null, attempt: 0,
    stopRequested: null, runAt: null, createdAt: 1_000, startedAt: null, completedAt: null, durationMs: 0, orderKey: 0, input: '/films/a.mp4', dependsOn: [], estimateSeconds: null, error: null,
    warnings: 0, outputs: 0, ...part,
  };
}
