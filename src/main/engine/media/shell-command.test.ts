import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { shellCommand } from './shell-command.ts';

const HARD = ['plain', '-v', 'a b', '', "it's", '"x"', '$HOME `ls` \\', "select='gt(scene,0.4)',scale=-2:72", 'a\nb', 'tab\tand\u0007bell \'quoted\' \\n', '~', '#x', '=y', 'é ü 字', '*', '-', '!1', 'a;b|c&d'];

it('is typed as short as it can be', () => {
  expect(shellCommand('/opt/tools/ffmpeg', ['-v', 'error', '-i', 'file:/videos/a b.mov', '-t', '1.5'])).toBe("ffmpeg -v error -i 'file:/videos/a b.mov' -t 1.5");
  expect(shellCommand('/tools/ffprobe.exe', [])).toBe('ffprobe');
});

it('is one line, from which a shell reads exactly the arguments again', () => {
  const shell = existsSync('/bin/bash') ? '/bin/bash' : 'sh';
  const line = shellCommand('/none/tool', HARD);
  expect(line).not.toContain('\n');
  const read = execFileSync(shell, ['-c', `tool() { printf '%s\\0' "$@"; }; ${line}`], { encoding: 'utf8' });
  expect(read.split('\0').slice(0, -1)).toEqual(HARD);
});
