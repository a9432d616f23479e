import { expect, test } from 'vitest';
import { mediaKind } from './media-kind.ts';

test.each([['/a/b.MP4', 'video'], ['C:\\x\\talk.mp3', 'audio'], ['a.preview.jpg', 'image'], ['talk.srt', 'text'], ['talk', 'other'], ['/a.mp4/readme', 'other'], ['.txt.exe', 'other']])('%s is %s', (path, kind) => {
  expect(mediaKind(path)).toBe(kind);
});
