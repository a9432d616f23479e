import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { collectOpenedFiles } from './opened-files.ts';

describe('files that the system hands over', () => {
  it('wait until the page listens, and come together and once', async () => {
    const files = collectOpenedFiles();
    const delivered: string[][] = [];
    files.add(['/a.mp4']);
    files.deliverTo((paths) => { delivered.push(paths); });
    files.add(['/b.mp4', '/a.mp4']);
    await turn();
    expect(delivered).toEqual([]);
    files.open();
    await turn();
    expect(delivered).toEqual([['/a.mp4', '/b.mp4']]);
  });

  it('go to a page that listens already, and again when they are opened again', async () => {
    const files = collectOpenedFiles();
    const delivered: string[][] = [];
    files.deliverTo((paths) => { delivered.push(paths); });
    files.open();
    files.add([]);
    files.add(['/a.mp4']);
    await turn();
    files.add(['/a.mp4']);
    await turn();
    expect(delivered).toEqual([['/a.mp4'], ['/a.mp4']]);
  });
});
