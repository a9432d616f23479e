import { describe, expect, it } from 'vitest';
import { filesIn } from './open-argv.ts';

const from = (argv: readonly string[], appDir: string | null = null): string[] => filesIn({ argv: ['/opt/longhaul/longhaul', ...argv], workingDir: '/home/ann/films', appDir });

describe('the files on a command line', () => {
  it('are resolved from the folder of whoever started it', () => {
    expect(from(['a.mp4', '../b c.mov', '/mnt/c.wav'])).toEqual(['/home/ann/films/a.mp4', '/home/ann/b c.mov', '/mnt/c.wav']);
  });

  it('are told from switches, also from those that Chromium adds', () => {
    expect(from(['--hidden', '--user-data-dir=/tmp/x', '-v', 'a.mp4', '--enable-crashpad', ''])).toEqual(['/home/ann/films/a.mp4']);
  });

  it('are told from the app\'s own folder in a checkout', () => {
    expect(from(['--no-sandbox', '/home/ann/checkout', 'a.mp4'], '/home/ann/checkout')).toEqual(['/home/ann/films/a.mp4']);
    expect(from(['.'], '/home/ann/films')).toEqual([]);
  });

  it('may be file addresses, with whatever is in their names', () => {
    expect(from(['file:///home/ann/a%20b%23.mp4'])).toEqual(['/home/ann/a b#.mp4']);
  });

  it('are not links, other machines or broken addresses', () => {
    expect(from(['longhaul://add?path=/etc/passwd', 'https://example.org/a.mp4', 'file://elsewhere/a.mp4', 'file:///a%2Fb.mp4', 'javascript:alert(1)'])).toEqual([]);
  });

  it('all arrive, four hundred of them', () => {
    const many = Array.from({ length: 400 }, (_, index) => `${String(index)}.mp4`);
    expect(from(many)).toHaveLength(400);
  });
});
