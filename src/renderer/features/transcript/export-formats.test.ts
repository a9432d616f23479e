import { expect, test } from 'vitest';
import { EXPORT_FORMATS as SHARED } from '../../../shared/transcript.ts';
import en from '../../i18n/en/transcript.json' with { type: 'json' };
import { EXPORT_FORMATS } from './export-formats.ts';

test('the formats are those of the contract, each with its words', () => {
  expect(EXPORT_FORMATS).toEqual(SHARED);
  for (const format of SHARED) expect(en.export).toHaveProperty(format);
});
