import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endTurn, readTurn, takeTurn } from './turn.ts';

let dir = '';
beforeEach(() => { dir = join(mkdtempSync(join(tmpdir(), 'turn-')), 'data'); });
afterEach(() => { rmSync(join(dir, '..'), { recursive: true, force: true }); });

/** A process that lives as long as the test, and one that is gone. */
const living = process.ppid;
const gone = spawnSync(process.execPath, ['--version']).pid;

describe('the turn', () => {
  it('is the first one’s until it gives it back', async () => {
    expect(await takeTurn(dir, process.pid)).toBe(true);
    expect(await takeTurn(dir, living)).toBe(false);
    expect(await readTurn(dir)).toBe(process.pid);
    await endTurn(dir, living);
    expect(await readTurn(dir)).toBe(process.pid);
    await endTurn(dir, process.pid);
    expect([await readTurn(dir), readdirSync(dir)]).toEqual([null, []]);
    expect(await takeTurn(dir, living)).toBe(true);
  });

  it('of one of many that ask at once is only one’s', async () => {
    const taken = await Promise.all(Array.from({ length: 50 }, () => takeTurn(dir, process.pid)));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  it('of a process that died passes on', async () => {
    expect(await takeTurn(dir, gone)).toBe(true);
    expect(await readTurn(dir)).toBeNull();
    expect(await takeTurn(dir, living)).toBe(true);
    expect(await readTurn(dir)).toBe(living);
  });

  it('is nobody’s where the note makes no sense', async () => {
    await takeTurn(dir, process.pid);
    for (const text of ['garbage', '-1\n', '0\n']) {
      writeFileSync(join(dir, 'owner'), text);
      expect(await readTurn(dir)).toBeNull();
    }
    expect(await takeTurn(dir, living)).toBe(true);
  });

  it('does not stand in the way where notes can’t be kept', async () => {
    writeFileSync(join(dir, '..', 'file'), '');
    expect(await takeTurn(join(dir, '..', 'file', 'data'), process.pid)).toBe(true);
  });
});
