import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerAppFile } from './app-files.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-app-'));
  await mkdir(join(folder, 'renderer', 'assets'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(folder, 'renderer', 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'renderer', 'assets', 'a b.js'), 'export {};');
});
afterAll(async () => { await rm(folder, { recursive: true, force: true }); });

const ask = (url: string, method = 'GET'): Promise<Response> => answerAppFile(join(folder, 'renderer'), { url, method });

describe('app://longhaul', () => {
  it('gives the page with its policy', async () => {
    const answer = await ask('app://longhaul/');
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([200, 'text/html; charset=utf-8', '<!doctype html>']);
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('gives parts of the page, whatever is in their names or behind them', async () => {
    const answer = await ask('app://longhaul/assets/a%20b.js?v=1#top');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
  });

  it.each([
    'app://longhaul/../secret.txt', 'app://longhaul/..%2Fsecret.txt', 'app://longhaul/assets/..%2f..%2fsecret.txt', 'app://longhaul/%2e%2e/secret.txt', 'app://longhaul//etc/passwd',
    'app://longhaul/assets', 'app://longhaul/missing.js', 'app://longhaul/%00', 'app://longhaul/%', 'app://other/index.html', 'https://longhaul/index.html',
  ])('does not give %s', async (url) => {
    expect((await ask(url)).status).toBe(404);
  });

  it('takes nothing in', async () => {
    expect((await ask('app://longhaul/index.html', 'POST')).status).toBe(404);
  });
});
