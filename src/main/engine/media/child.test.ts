import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { constants, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { describeExit, runTool } from './child.ts';
import { killStamped, processStartStamp } from './process-stamp.ts';

const node = process.execPath;
const never = new AbortController().signal;

it('returns output, exit code and the last error lines of a tool', async () => {
  const result = await runTool({ path: node, args: ['-e', 'console.log("out"); console.error("what went wrong"); process.exit(3)'], signal: never });
  expect(result).toMatchObject({ exitCode: 3, exitSignal: null, stdout: 'out\n' });
  expect(describeExit(result)).toContain('exit code 3\nwhat went wrong');
});

it('gives arguments as they are, whatever they look like', async () => {
  const odd = ['$(touch x)', 'a b', '"', "'", ';', '新しい', '-x', '\n'];
  const { stdout } = await runTool({ path: node, args: ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...odd], signal: never });
  expect(JSON.parse(stdout)).toEqual(odd);
});

it('gives way to other programs on the machine', async () => {
  const wanted = Math.max(constants.priority.PRIORITY_BELOW_NORMAL, getPriority());
  // It waits until it is asked to: the priority is set when the child is there. Whoever does not give way is ended as silent.
  const script = `const timer = setInterval(() => { const own = require("node:os").getPriority(); if (own >= ${wanted}) { console.log(own); clearInterval(timer); } }, 5)`;
  const { stdout } = await runTool({ path: node, args: ['-e', script], signal: never, stallMs: 30_000 });
  expect(Number(stdout)).toBe(wanted);
});

it('splits lines at newline and carriage return, also across chunks', async () => {
  const lines: string[] = [];
  await runTool({ path: node, args: ['-e', 'process.stderr.write("a\\rb\\nc"); setTimeout(() => process.stderr.write("d\\r\\ne"), 20)'], signal: never, onStderrLine: (line) => lines.push(line) });
  expect(lines.filter((line) => line !== '')).toEqual(['a', 'b', 'cd', 'e']);
});

it('ends a child that ignores SIGTERM when it is aborted, and throws the reason', async () => {
  const abort = new AbortController();
  const reason = new Error('enough');
  const run = runTool({
    path: node, args: ['-e', 'process.on("SIGTERM", () => {}); console.log(process.pid); setInterval(() => {}, 1000)'], signal: abort.signal,
    onStdoutLine: () => abort.abort(reason),
  });
  await expect(run).rejects.toBe(reason);
});

it('ends a child that stays silent for too long as TOOL_STUCK', async () => {
  const run = runTool({ path: node, args: ['-e', 'setInterval(() => {}, 1000)'], signal: never, stallMs: 200 });
  await expect(run).rejects.toMatchObject({ code: 'TOOL_STUCK', retryable: true });
});

it('names a tool that is not there', async () => {
  await expect(runTool({ path: '/nowhere/ffmpeg', args: [], signal: never })).rejects.toMatchObject({ code: 'TOOL_MISSING' });
});

it('holds a child back while its output is being consumed, and hands over every byte', async () => {
  let bytes = 0;
  let open = 0;
  let most = 0;
  await runTool({
    path: node, args: ['-e', 'process.stdout.write(Buffer.alloc(5_000_000))'], signal: never,
    onStdout: async (chunk) => {
      open += 1;
      most = Math.max(most, open);
      bytes += chunk.length;
      await wait(1);
      open -= 1;
    },
  });
  expect(bytes).toBe(5_000_000);
  expect(most).toBe(1);
});

it('an error of the consumer ends the child and is thrown', async () => {
  const fault = new Error('disk full');
  const run = runTool({ path: node, args: ['-e', 'setInterval(() => process.stdout.write("x"), 10)'], signal: never, onStdout: () => Promise.reject(fault) });
  await expect(run).rejects.toBe(fault);
});

it.skipIf(process.platform !== 'linux')('a tool dies with the process that started it, even by SIGKILL', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-child-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const pidFile = join(dir, 'pid');
  const script = join(dir, 'parent.mts');
  await writeFile(script, `
    import { runTool } from ${JSON.stringify(join(import.meta.dirname, 'child.ts'))};
    runTool({ path: process.execPath, args: ['-e', 'require("fs").writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1000)', ${JSON.stringify(pidFile)}], signal: new AbortController().signal });
  `);
  const parent = execFile(node, [script]);
  const pid = Number(await poll(() => readFile(pidFile, 'utf8').then((text) => (text === '' ? undefined : text), () => undefined)));
  expect(await processStartStamp(pid)).not.toBeNull();
  parent.kill('SIGKILL');
  await poll(async () => ((await processStartStamp(pid)) === null ? true : undefined));
});

it('ends a process only when it is still the one that was meant', async () => {
  const child = execFile(node, ['-e', 'setInterval(() => {}, 1000)']);
  const pid = child.pid ?? 0;
  const stamp = await processStartStamp(pid);
  expect(await killStamped(pid, 'another boot:1')).toBe(false);
  expect(await processStartStamp(pid)).toBe(stamp);
  expect(await killStamped(pid, String(stamp))).toBe(true);
  await poll(async () => ((await processStartStamp(pid)) === null ? true : undefined));
});

async function poll<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await wait(20)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error('it did not happen within 30 s');
}
