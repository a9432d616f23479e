import { describe, expect, it } from 'vitest';
import { optionsOf } from './option-choices.ts';
import { OPTION_SCHEMAS, videoConvertOptions } from './options.ts';
import { TASK_TYPES } from './task.ts';

function option(type: keyof typeof OPTION_SCHEMAS, name: string) {
  return optionsOf({ type, options: {} }).find((one) => one.name === name);
}

describe('the options for people who choose', () => {
  it.each(TASK_TYPES)('%s has each of its options, none told by a regular expression or a type of JSON', (type) => {
    const options = optionsOf({ type, options: {} });
    expect(options.map(({ name }) => name)).toEqual(Object.keys(OPTION_SCHEMAS[type].shape));
    for (const { name, takes } of options) expect(takes, name).not.toMatch(/[\^$\\]|string|integer/);
  });

  it('what can be unset says so, and keeps the limits of what it is when it is set', () => {
    expect(option('video_convert', 'loudnessLufs')).toMatchObject({ kind: 'number', takes: 'number from -40 to -5 | null', canBeUnset: true, minimum: -40, maximum: -5 });
    expect(option('maintenance', 'period')).toMatchObject({ kind: 'choice', canBeUnset: true, values: ['hour', 'month'] });
    expect(option('maintenance', 'folder')).toMatchObject({ kind: 'text', takes: 'text | null', canBeUnset: true });
    expect(option('transcribe', 'audioTrack')).toMatchObject({ kind: 'wholeNumber', takes: 'whole number from 0', canBeUnset: false, minimum: 0, maximum: null });
  });

  it('text of a form is told in the words that a wrong value is answered with', () => {
    const takes = option('video_convert', 'audioTracks')?.takes ?? '';
    expect(takes).toBe('all, none, or track numbers such as 0,2');
    expect(videoConvertOptions.shape.audioTracks.safeParse('both').error?.issues[0]?.message).toBe(`It takes ${takes}`);
  });
});
