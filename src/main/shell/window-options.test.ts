import { describe, expect, it } from 'vitest';
import { CONTENT_SECURITY_POLICY, securePreferences } from './window-options.ts';

describe('a window', () => {
  it('is sandboxed, isolated and without Node', () => {
    expect(securePreferences('/out/preload/index.cjs')).toEqual({
      preload: '/out/preload/index.cjs', sandbox: true, contextIsolation: true, nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false,
      webSecurity: true, allowRunningInsecureContent: false, experimentalFeatures: false, webviewTag: false, navigateOnDragDrop: false, safeDialogs: true, spellcheck: false,
    });
  });

  it('runs no script but its own and reaches no other machine', () => {
    const directives = new Map(CONTENT_SECURITY_POLICY.split('; ').map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1)]));
    expect(directives.get('default-src')).toEqual(["'none'"]);
    expect(directives.get('script-src')).toEqual(["'self'"]);
    expect(directives.get('connect-src')).toEqual(["'self'", 'media:']);
    expect([...directives.values()].flat().filter((source) => /https?:|wss?:|\*|unsafe-eval/.test(source))).toEqual([]);
  });
});
