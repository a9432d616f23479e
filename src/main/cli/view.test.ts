import { describe, expect, it } from 'vitest';
import { TaskError } from '../../shared/errors.ts';
import { testTask } from '../local/test-engine.ts';
import { testOutput } from './test-host.ts';
import { BarView, LineView } from './view.ts';

const running = testTask({ id: 4, status: 'running', attempt: 1, inputs: ['/in/clip\n.mov'], progress: 0 });

describe('LineView', () => {
  it('prints a line for each change and each tenth, without control characters', () => {
    const output = testOutput();
    const view = new LineView(output);
    for (const progress of [0, 1, 9, 12, 15, 55]) view.show({ ...running, progress, message: progress > 9 ? 'encoding, 3.1x' : '' });
    view.show({ ...running, status: 'completed', progress: 100, durationMs: 2500, outputs: [{ path: '/out/clip.mp4', sizeBytes: 5_000_000, sha256: '0' }] });
    expect(output.text.split('\n')).toEqual([
      '#4 clip␊.mov  mp4-h264  running', '#4 clip␊.mov  mp4-h264  12% encoding, 3.1x', '#4 clip␊.mov  mp4-h264  55% encoding, 3.1x',
      '#4 clip␊.mov  mp4-h264  completed in 3 s: /out/clip.mp4 (5.0 MB)', '',
    ]);
    expect(output.text).not.toContain('\u001b');
  });
});

describe('BarView', () => {
  it('shows bars for what runs, says what ended, and leaves a clean terminal', () => {
    const output = testOutput({ columns: 100, rows: 20 });
    const view = new BarView(output, () => 0);
    view.show({ ...running, progress: 50 });
    view.show({ ...running, id: 5, status: 'failed', error: new TaskError('TOOL_FAILED', 'FFmpeg gave up.').toShape() });
    view.show({ ...running, id: 5, status: 'failed', error: new TaskError('TOOL_FAILED', 'FFmpeg gave up.').toShape() });
    view.close();
    expect(output.text).toContain('████████░░░░░░░░  50%');
    expect(output.text.match(/FFmpeg gave up/g)).toHaveLength(1);
    expect(output.text.endsWith('\u001b[?25h')).toBe(true);
  });
});
