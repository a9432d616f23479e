/** A host for tests: collects what is printed, with a terminal of any size. */
import type { Host, Output } from './host.ts';

export interface TestOutput extends Output {
  text: string;
}

export interface TestHost extends Host {
  readonly out: TestOutput;
  readonly err: TestOutput;
}

/** Collects text. With a size it is a terminal. */
export function testOutput(size?: { columns: number; rows: number }): TestOutput {
  return {
    text: '',
    write(text) { this.text += text; },
    isTerminal: size !== undefined,
    columns: () => size?.columns ?? Number.POSITIVE_INFINITY,
    rows: () => size?.rows ?? Number.POSITIVE_INFINITY,
  };
}

/** A host on Linux whose clock stands still. */
export function testHost(change: Partial<Omit<Host, 'out' | 'err'>> = {}): TestHost {
  return {
    env: {}, platform: 'linux', homeDir: '/home/somebody', workingDir: '/somewhere', now: () => 1_000, random: () => 0.5, version: '1.2.3',
    builtDir: '/built', resourcesDir: '/resources', listenForStop: () => new AbortController().signal,
    ...change, out: testOutput(), err: testOutput(),
  };
}
