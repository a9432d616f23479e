import { describe, expect, it } from 'vitest';
import { isOwnPage, PAGE } from './own-page.ts';

describe('the window\'s own page', () => {
  it.each([PAGE, 'app://longhaul/index.html#/queue', 'app://longhaul'])('is at %s', (address) => {
    expect(isOwnPage(address)).toBe(true);
  });

  it.each(['app://longhaul.example/index.html', 'app://other/index.html', 'https://longhaul/', 'file:///index.html', 'media://task/1/output/0', 'app:longhaul', 'data:text/html,x', '', 'about:blank'])('is not at %j', (address) => {
    expect(isOwnPage(address)).toBe(false);
  });
});
