import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostFacts, makeSocketDir, readRendezvous, removeRendezvous, removeStaleSocket, socketPathFor, writeRendezvous, type HostFacts } from './rendezvous.ts';

let dir = '';
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'rendezvous-')); });
afterEach(() => { rmSync(dir, { recursive: true, force: true }); });

const here = (env: Record<string, string> = {}): HostFacts => ({ ...hostFacts(), env });
const found = { pid: 1234, socketPath: '/tmp/x.sock', token: 'a-token-of-some-length', startedAt: 5 };

describe.skipIf(process.platform === 'win32')('the socket’s place', () => {
  it('is one and the same through a symbolic link to the data folder', async () => {
    const link = join(dir, 'link');
    mkdirSync(join(dir, 'data'));
    symlinkSync(join(dir, 'data'), link);
    expect(await socketPathFor(link, here())).toBe(await socketPathFor(join(dir, 'data'), here()));
    expect(await socketPathFor(dir, here())).not.toBe(await socketPathFor(link, here()));
  });

  it('is in the user’s run-time folder where that exists and is short enough', async () => {
    const long = join(dir, 'x'.repeat(100));
    mkdirSync(long);
    expect(await socketPathFor(dir, here({ XDG_RUNTIME_DIR: dir }))).toContain(dir);
    for (const base of [long, join(dir, 'missing'), 'relative']) {
      const path = await socketPathFor(dir, here({ XDG_RUNTIME_DIR: base }));
      expect(path.startsWith(base)).toBe(false);
      expect(Buffer.byteLength(path)).toBeLessThanOrEqual(103);
    }
  });

  it('is a pipe by name on Windows', async () => {
    expect(await socketPathFor(dir, { ...here(), platform: 'win32' })).toMatch(/^\\\\\.\\pipe\\longhaul-[0-9a-f]{16}$/);
  });

  it('is made for its user alone, and one that others can enter is refused', async () => {
    const path = await socketPathFor(dir, here({ XDG_RUNTIME_DIR: dir }));
    await makeSocketDir(path, here());
    const made = join(path, '..');
    expect(statSync(made).mode & 0o777).toBe(0o700);
    rmSync(made, { recursive: true });
    mkdirSync(made, { mode: 0o755 });
    await expect(makeSocketDir(path, here())).rejects.toThrow(/not for its user alone/);
    rmSync(made, { recursive: true });
    symlinkSync(dir, made);
    await expect(makeSocketDir(path, here())).rejects.toThrow(/not for its user alone/);
  });

  it('is not cleared of what is no socket', async () => {
    const path = join(dir, 'file.sock');
    await removeStaleSocket(path, here());
    writeFileSync(path, 'precious');
    await expect(removeStaleSocket(path, here())).rejects.toThrow(/in the way/);
    expect(readdirSync(dir)).toContain('file.sock');
  });
});

describe('engine.json', () => {
  it('is read back as written, and only its user may read it', async () => {
    await writeRendezvous(dir, found);
    expect(await readRendezvous(dir)).toEqual(found);
    expect(readdirSync(dir)).toEqual(['engine.json']);
    if (process.platform !== 'win32') expect(statSync(join(dir, 'engine.json')).mode & 0o777).toBe(0o600);
  });

  it.each([['absent', null], ['empty', ''], ['cut short', '{"pid":1'], ['of another shape', '{"pid":"1"}'], ['no object', '7']])('counts as nobody’s when %s', async (_, text) => {
    if (text !== null) writeFileSync(join(dir, 'engine.json'), text);
    expect(await readRendezvous(dir)).toBeNull();
  });

  it('is removed by its own writer only', async () => {
    await writeRendezvous(dir, found);
    await removeRendezvous(dir, 'a-token-of-somebody-else');
    expect(await readRendezvous(dir)).toEqual(found);
    await removeRendezvous(dir, found.token);
    expect(await readRendezvous(dir)).toBeNull();
  });
});
