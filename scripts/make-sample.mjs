// Makes resources/samples/longhaul-sample.mp4 and its text. Needs flite (with the voice slt), ffmpeg and ffprobe on PATH.
// Run by hand when the sample is to change; the result is committed.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootDir } from './setup/paths.mjs';

/** Voice slt: of six voices tried, the one that the bundled tiny.en model understands best. */
const VOICE = 'slt';
/** A little slower than the voice's own pace: the same model then hears every word of this text. */
const STRETCH = '1.08';
const WIDTH = 854;
const HEIGHT = 480;
const FRAMES_PER_SECOND = 30;
const LEAD_IN_SECONDS = 0.8;

/** What is said, the pause after it, and the two colours behind it. The long pause shows that silence is skipped. */
const SCENES = [
  { text: 'This program is for media work that takes hours.', pauseSeconds: 1.3, colours: ['0x12355b', '0x3a86a8'] },
  { text: 'Drop in a file, choose a recipe, and walk away.', pauseSeconds: 1.2, colours: ['0x234e52', '0x5fa777'] },
  { text: 'It writes down what people say, and when they say it.', pauseSeconds: 1.6, colours: ['0x4a2545', '0xb0578d'] },
  { text: 'It converts video one piece at a time, and every finished piece is saved.', pauseSeconds: 1.4, colours: ['0x5b2a1a', '0xd08c46'] },
  { text: 'When the power fails, the work goes on from the last piece.', pauseSeconds: 1.8, colours: ['0x1f2a44', '0x7b6cb5'] },
  { text: 'Nothing is lost, and nothing is done twice.', pauseSeconds: 1.2, colours: ['0x143d2c', '0x3fa07f'] },
  { text: 'Now listen to six seconds of silence.', pauseSeconds: 6, colours: ['0x1b1b2f', '0x474b73'] },
  { text: 'Silence is skipped, and every word keeps its place.', pauseSeconds: 1.3, colours: ['0x3b1c32', '0xa64d62'] },
  { text: 'Each result is opened and checked before it counts as done.', pauseSeconds: 1.5, colours: ['0x0f3d3e', '0x4aa3a2'] },
  { text: 'This short clip was made to try all of that.', pauseSeconds: 1.2, colours: ['0x4b3413', '0xc9a13b'] },
  { text: 'Thank you for listening.', pauseSeconds: 1.5, colours: ['0x12355b', '0x8a5fa8'] },
];

const samplesDir = join(rootDir, 'resources', 'samples');
const folder = mkdtempSync(join(tmpdir(), 'longhaul-sample-'));
try {
  const scenes = SCENES.map(speak);
  writeFileSync(join(folder, 'title.txt'), 'Longhaul');
  draw(scenes);
  copyFileSync(join(folder, 'sample.mp4'), join(samplesDir, 'longhaul-sample.mp4'));
  writeFileSync(join(samplesDir, 'longhaul-sample.txt'), `${SCENES.map(({ text }) => text).join('\n')}\n`);
  process.stdout.write(`${statSync(join(folder, 'sample.mp4')).size} bytes, ${scenes.reduce((sum, scene) => sum + scene.seconds, 0).toFixed(1)} s\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Speaks one sentence into its file and counts its frames: speech and pause, the lead-in before the first. */
function speak(scene, index) {
  const file = `speech-${index}.wav`;
  run('flite', ['-voice', VOICE, '--setf', `duration_stretch=${STRETCH}`, '-t', scene.text, '-o', file]);
  const speechSeconds = Number(run('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', file]));
  const lead = index === 0 ? LEAD_IN_SECONDS : 0;
  const frames = Math.round((lead + speechSeconds + scene.pauseSeconds) * FRAMES_PER_SECOND);
  wrap(scene.text).forEach((line, n) => writeFileSync(join(folder, `line-${index}-${n}.txt`), line));
  return { ...scene, file, lead, lines: wrap(scene.text).length, frames, seconds: frames / FRAMES_PER_SECOND };
}

function draw(scenes) {
  const total = scenes.reduce((sum, scene) => sum + scene.seconds, 0);
  const pictures = scenes.flatMap((scene, index) => ['-f', 'lavfi', '-i', gradient(scene, index)]);
  const speech = scenes.flatMap(({ file }) => ['-i', file]);
  const bar = ['-f', 'lavfi', '-i', `color=c=white:s=${WIDTH}x6:r=${FRAMES_PER_SECOND}:d=${total}`];
  const n = scenes.length;
  const filters = [
    ...scenes.map((scene, i) => `[${i}:v]${captions(scene, i)}[v${i}]`),
    ...scenes.map((scene, i) => `[${n + i}:a]aresample=44100,adelay=${Math.round(scene.lead * 1000)}:all=1,apad,atrim=duration=${scene.seconds}[a${i}]`),
    `${scenes.map((_, i) => `[v${i}][a${i}]`).join('')}concat=n=${n}:v=1:a=1[picture][sound]`,
    `[${2 * n}:v]format=yuva420p,colorchannelmixer=aa=0.75[bar]`,
    `[picture]drawtext=font=DejaVu Sans:textfile=title.txt:fontsize=26:fontcolor=white@0.85:x=32:y=28[titled]`,
    `[titled][bar]overlay=x='-W+W*t/${total}':y=H-h:shortest=1,format=yuv420p[shown]`,
  ];
  run('ffmpeg', [
    '-v', 'error', '-nostdin', '-y', ...pictures, ...speech, ...bar, '-filter_complex', filters.join(';'), '-map', '[shown]', '-map', '[sound]',
    '-c:v', 'libx264', '-preset', 'slower', '-crf', '24', '-g', String(4 * FRAMES_PER_SECOND), '-threads', '2', '-pix_fmt', 'yuv420p',
    '-c:a', 'aac', '-b:a', '80k', '-ac', '1', '-metadata', 'title=Longhaul sample', '-movflags', '+faststart', '-fflags', '+bitexact', 'sample.mp4',
  ]);
}

function gradient({ seconds, colours }, seed) {
  return `gradients=s=${WIDTH}x${HEIGHT}:r=${FRAMES_PER_SECOND}:d=${seconds}:c0=${colours[0]}:c1=${colours[1]}:nb_colors=2:seed=${seed + 1}:speed=0.012:type=${seed % 3 === 2 ? 'radial' : 'linear'}`;
}

/** The sentence in the middle, fading in. */
function captions({ lines }, index) {
  const size = 34;
  const step = 48;
  return Array.from({ length: lines }, (_, n) => {
    const y = HEIGHT / 2 + (n - (lines - 1) / 2) * step - size / 2;
    return `drawtext=font=DejaVu Sans:textfile=line-${index}-${n}.txt:fontsize=${size}:fontcolor=white:shadowcolor=black@0.35:shadowx=2:shadowy=2:x=(w-text_w)/2:y=${y}:alpha='min(1,t/0.5)'`;
  }).join(',');
}

/** At most 40 characters fit in a line at this size; two lines are made about equally long. */
function wrap(text, limit = 40) {
  if (text.length <= limit) return [text];
  const breaks = [...text.matchAll(/ /g)].map(({ index }) => index);
  const middle = breaks.reduce((best, at) => (Math.abs(at - text.length / 2) < Math.abs(best - text.length / 2) ? at : best));
  return [text.slice(0, middle), text.slice(middle + 1)];
}

function run(program, args) {
  return execFileSync(program, args, { cwd: folder, encoding: 'utf8' });
}
